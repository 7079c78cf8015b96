package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"runnext/kernel/wire"
)

// FuzzDecode takes a message whose signature is right or wrong and whose parts
// are anything. What is taken can be answered and is sent on unharmed; what is
// not ends in a typed error.
func FuzzDecode(f *testing.F) {
	deep := strings.Repeat("[", 600)
	add := func(header, parent, metadata, content string) {
		f.Add([]byte("id"), []byte(header), []byte(parent), []byte(metadata), []byte(content), true)
		f.Add([]byte(wire.Delimiter), []byte(header), []byte(parent), []byte(metadata), []byte(content), true)
		f.Add([]byte{}, []byte(header), []byte(parent), []byte(metadata), []byte(content), false)
	}
	add(header, "{}", "{}", `{"code":"1"}`)
	for _, part := range []string{"", "null", "[]", `"x"`, "1", deep, `{"a":` + deep, strings.Repeat("{", 600), "{\"a\":\"\xff\"}", `{"a":1,"a":2}`,
		`{"a":` + strings.Repeat("9", 400) + `}`, `{"a":NaN}`, "{}{}", " {} "} {
		add(part, "{}", "{}", "{}")
		add(header, part, "{}", "{}")
		add(header, "{}", part, "{}")
		add(header, "{}", "{}", part)
	}
	for _, kind := range []string{"7", "null", `"../x"`, `""`, "[]"} {
		add(`{"msg_id":"1","msg_type":`+kind+`}`, "{}", "{}", "{}")
		add(`{"msg_type":"x","msg_id":`+kind+`}`, "{}", "{}", "{}")
	}
	for _, content := range []string{`{"code":1}`, `{"code":null}`, `{"code":"\u0000","cursor_pos":-1}`, `{"code":"x","cursor_pos":9007199254740992}`,
		`{"code":"😀","cursor_pos":1.5}`, `{"code":"x","cursor_pos":"2"}`, `{"code":"x","silent":"yes","user_expressions":[]}`, `{"value":3}`, `{"comm_id":{}}`} {
		add(header, "{}", "null", content)
	}
	f.Fuzz(func(t *testing.T, identity, head, parent, metadata, content []byte, honest bool) {
		codec := newCodec(t, wire.CodecConfig{})
		signature := "no"
		if honest {
			signature = sign(string(head), string(parent), string(metadata), string(content))
		}
		frames := [][]byte{identity, []byte(wire.Delimiter), []byte(signature), head, parent, metadata, content}
		before := bytes.Join(frames, nil)
		m, err := codec.Decode(frames)
		if !bytes.Equal(before, bytes.Join(frames, nil)) {
			t.Fatal("the frames have changed")
		}
		var ce *wire.ContentError
		switch {
		case errors.As(err, &ce):
			m = ce.Message
		case err != nil:
			for _, known := range []error{wire.ErrFraming, wire.ErrSignature, wire.ErrMalformed, wire.ErrTooLarge, wire.ErrTooDeep} {
				if errors.Is(err, known) {
					return
				}
			}
			t.Fatalf("untyped error %v", err)
		}
		if !honest {
			t.Fatal("a wrong signature was taken")
		}
		if m.Header.MsgID == "" || m.Header.MsgType == "" {
			t.Fatalf("header %+v", m.Header)
		}
		parseAll(m)
		answer(t, codec, m)
	})
}

// parseAll reads the content as every request there is.
func parseAll(m *wire.Message) {
	m.ParentID()
	wire.ParseExecuteMetadata(m.Metadata)
	wire.ParseExecuteRequest(m.Content)
	if r, err := wire.ParseCompleteRequest(m.Content); err == nil {
		_ = r.Code[:r.Offset()]
	}
	if r, err := wire.ParseInspectRequest(m.Content); err == nil {
		_ = r.Code[:r.Offset()]
	}
	wire.ParseIsCompleteRequest(m.Content)
	wire.ParseHistoryRequest(m.Content)
	wire.ParseShutdownRequest(m.Content)
	wire.ParseSubshellRequest(m.Content)
	wire.ParseInputReply(m.Content)
	wire.ParseCommInfoRequest(m.Content)
	wire.ParseComm(m.Content)
	wire.ParseDebugRequest(m.Content)
}

// answer replies to m and reads the reply as a client does.
func answer(t *testing.T, codec *wire.Codec, m *wire.Message) {
	t.Helper()
	reply, err := wire.NewOrigin("s", "u", stopped, nil).Reply(m, wire.TypeExecuteReply, wire.StatusReply{Status: "ok"})
	if err != nil {
		t.Fatal(err)
	}
	frames, err := codec.Encode(reply)
	if err != nil {
		t.Fatal(err)
	}
	rest := frames[len(m.Identities):]
	if string(rest[0]) != wire.Delimiter || string(rest[1]) != sign(string(rest[2]), string(rest[3]), string(rest[4]), string(rest[5])) {
		t.Fatalf("%q", rest)
	}
	for _, part := range rest[2:] {
		if !json.Valid(part) || !utf8.Valid(part) {
			t.Fatalf("part %q", part)
		}
	}
	if utf8.Valid(m.RawHeader) && !bytes.Equal(rest[3], m.RawHeader) {
		t.Fatalf("parent %q for header %q", rest[3], m.RawHeader)
	}
}

// FuzzFrames takes any sequence of frames, cut where the bytes say.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("id|<IDS|MSG>|sig|{}|{}|{}|{}"), byte('|'))
	f.Add([]byte("<IDS|MSG>\x00<IDS|MSG>\x00\x00{}\x00{}\x00{}\x00{}\x00buffer"), byte(0))
	f.Add(bytes.Repeat([]byte{0}, 500), byte(0))
	f.Add([]byte{}, byte(0))
	f.Fuzz(func(t *testing.T, data []byte, cut byte) {
		for _, key := range [][]byte{key, nil} {
			c, err := wire.NewCodec(key, wire.SchemeHMACSHA256, wire.CodecConfig{})
			if err != nil {
				t.Fatal(err)
			}
			m, err := c.Decode(bytes.Split(data, []byte{cut}))
			if key != nil && (m != nil || err == nil) {
				t.Fatal("a message without a signature was taken")
			}
			if m != nil && m.Header.MsgID == "" {
				t.Fatalf("%+v", m)
			}
		}
	})
}
