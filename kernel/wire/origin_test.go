package wire_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"runnext/kernel/wire"
)

func stopped() time.Time {
	return time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("KST", 9*3600))
}

func TestOrigin(t *testing.T) {
	n := 0
	o := wire.NewOrigin("s\"1", "üser", stopped, func() string { n++; return "id" + strconv.Itoa(n) })
	parent := &wire.Message{
		Identities: [][]byte{[]byte("a"), []byte("b")},
		RawHeader:  json.RawMessage(`{"msg_id":"p", "subshell_id":null ,"unknown":1.50}`),
		Metadata:   json.RawMessage(`{"x":1}`),
	}
	m, err := o.Reply(parent, wire.TypeShutdownReply, wire.ShutdownReply{Status: "ok"})
	if err != nil {
		t.Fatal(err)
	}
	const header = `{"msg_id":"id1","session":"s\"1","username":"üser","date":"2026-01-01T18:04:05.678900Z","msg_type":"shutdown_reply","version":"` + wire.ProtocolVersion + `"}`
	if string(m.RawHeader) != header {
		t.Errorf("header %s", m.RawHeader)
	}
	var read wire.Header
	if err := json.Unmarshal(m.RawHeader, &read); err != nil || read != m.Header {
		t.Errorf("%+v and %+v, %v", read, m.Header, err)
	}
	if string(m.ParentHeader) != string(parent.RawHeader) || string(m.Metadata) != "{}" || string(m.Content) != `{"status":"ok","restart":false}` {
		t.Errorf("%s %s %s", m.ParentHeader, m.Metadata, m.Content)
	}
	if len(m.Identities) != 2 || string(m.Identities[1]) != "b" {
		t.Errorf("identities %q", m.Identities)
	}
	m, err = o.Publish(parent, "stream.stdout", wire.TypeStream, wire.Stream{Name: "stdout"})
	if err != nil || string(m.ParentHeader) != string(parent.RawHeader) || len(m.Identities) != 1 || string(m.Identities[0]) != "stream.stdout" || m.Header.MsgID != "id2" {
		t.Errorf("%+v %v", m, err)
	}
	m, err = o.Publish(nil, "", wire.TypeIOPubWelcome, wire.Welcome{})
	if err != nil || string(m.ParentHeader) != "{}" || len(m.Identities) != 1 {
		t.Errorf("%+v %v", m, err)
	}
	m, err = o.Reply(&wire.Message{}, "x", nil)
	if err != nil || string(m.ParentHeader) != "{}" || string(m.Content) != "{}" {
		t.Errorf("%+v %v", m, err)
	}
	if o.Session() != `s"1` || wire.FormatDate(stopped()) != "2026-01-01T18:04:05.678900Z" {
		t.Error("session or date")
	}
}

// TestFreshIDs takes ids in two goroutines: clients drop a repeated one.
func TestFreshIDs(t *testing.T) {
	o := wire.NewOrigin("life", "u", nil, nil)
	ids := make(chan string)
	for range 2 {
		go func() {
			for range 1000 {
				m, _ := o.Publish(nil, "", wire.TypeStatus, wire.Status{})
				ids <- m.Header.MsgID
			}
		}()
	}
	seen := make(map[string]bool)
	for range 2000 {
		id := <-ids
		if seen[id] || !strings.HasPrefix(id, "life_") {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}

// TestRoundTrip sends what an Origin makes through both halves of a Codec.
func TestRoundTrip(t *testing.T) {
	o := wire.NewOrigin("s", "u", nil, nil)
	c := newCodec(t, wire.CodecConfig{})
	parent := &wire.Message{Identities: [][]byte{[]byte("me")}, RawHeader: json.RawMessage(header)}
	m, err := o.Reply(parent, wire.TypeExecuteReply, wire.ExecuteReply{Status: "ok"})
	if err != nil {
		t.Fatal(err)
	}
	frames, err := c.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	back, err := c.Decode(frames)
	if err != nil || back.Header != m.Header || back.ParentID() != "m1" || string(back.Content) != string(m.Content) {
		t.Errorf("%+v %v", back, err)
	}
}

func BenchmarkStreamMessage(b *testing.B) {
	o := wire.NewOrigin("0d8f2d4e-5c1e-4a8e-9f0a-1d7f3f6f2b11", "user", nil, nil)
	c := newCodec(b, wire.CodecConfig{})
	parent := &wire.Message{RawHeader: json.RawMessage(header)}
	content := wire.Stream{Name: "stdout", Text: strings.Repeat("a line of text\n", 7)}
	b.ReportAllocs()
	for b.Loop() {
		m, err := o.Publish(parent, "stream.stdout", wire.TypeStream, content)
		if err == nil {
			_, err = c.Encode(m)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeExecute(b *testing.B) {
	c := newCodec(b, wire.CodecConfig{History: -1})
	frames := signed(header, "{}", "{}", `{"code":"fmt.Println(1)","silent":false,"store_history":true,"user_expressions":{},"allow_stdin":true,"stop_on_error":true}`)
	b.ReportAllocs()
	for b.Loop() {
		m, err := c.Decode(frames)
		if err == nil {
			_, err = wire.ParseExecuteRequest(m.Content)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
