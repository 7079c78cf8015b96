package wire_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"runnext/kernel/wire"
)

var key = []byte("a0436f6c-1916-498b-8eb9-e81ab9368e84")

func newCodec(t testing.TB, config wire.CodecConfig) *wire.Codec {
	t.Helper()
	c, err := wire.NewCodec(key, "hmac-sha256", config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sign is the signature as the specification words it, apart from the code
// under test.
func sign(parts ...string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(h.Sum(nil))
}

const header = `{"msg_id":"m1","session":"s1","username":"u","date":"2026-01-02T03:04:05Z","msg_type":"execute_request","version":"5.4","x":1.50}`

// signed gives the frames of a message with one identity and a right signature.
func signed(parts ...string) [][]byte {
	frames := [][]byte{[]byte("client"), []byte(wire.Delimiter), []byte(sign(parts...))}
	for _, p := range parts {
		frames = append(frames, []byte(p))
	}
	return frames
}

func TestNewCodecScheme(t *testing.T) {
	for _, scheme := range []string{"", "hmac-md5", "HMAC-SHA256", "hmac-sha512"} {
		if _, err := wire.NewCodec(key, scheme, wire.CodecConfig{}); !errors.Is(err, wire.ErrScheme) {
			t.Errorf("scheme %q: %v", scheme, err)
		}
	}
}

func TestDecode(t *testing.T) {
	frames := signed(header, `{"msg_id":"p"}`, `{"cellId":"c"}`, `{"code":"1"}`)
	frames = append([][]byte{{0}, {}}, frames...)
	frames = append(frames, []byte("buffer"))
	m, err := newCodec(t, wire.CodecConfig{}).Decode(frames)
	if err != nil {
		t.Fatal(err)
	}
	want := wire.Header{MsgID: "m1", Session: "s1", Username: "u", Date: "2026-01-02T03:04:05Z", MsgType: "execute_request", Version: "5.4"}
	if m.Header != want {
		t.Errorf("header %+v", m.Header)
	}
	if got := fmt.Sprintf("%q", m.Identities); got != `["\x00" "" "client"]` {
		t.Errorf("identities %s", got)
	}
	if string(m.RawHeader) != header || string(m.Content) != `{"code":"1"}` || string(m.Metadata) != `{"cellId":"c"}` {
		t.Errorf("parts %s %s %s", m.RawHeader, m.Metadata, m.Content)
	}
	if m.ParentID() != "p" || len(m.Buffers) != 1 || string(m.Buffers[0]) != "buffer" {
		t.Errorf("parent %q buffers %q", m.ParentID(), m.Buffers)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := []string{header, `{}`, `{}`, `{}`}
	with := func(i int, part string) [][]byte {
		parts := append([]string(nil), good...)
		parts[i] = part
		return signed(parts...)
	}
	signature := func(s string) [][]byte {
		f := signed(good...)
		f[2] = []byte(s)
		return f
	}
	right := sign(good...)
	deep := strings.Repeat(`{"a":`, 600) + "1" + strings.Repeat("}", 600)
	for _, tt := range []struct {
		name   string
		frames [][]byte
		want   error
	}{
		{"no frames", nil, wire.ErrFraming},
		{"one frame", [][]byte{[]byte("x")}, wire.ErrFraming},
		{"no delimiter", signed(good...)[2:], wire.ErrFraming},
		{"delimiter alone", [][]byte{[]byte(wire.Delimiter)}, wire.ErrFraming},
		{"four frames", signed(good...)[:6], wire.ErrFraming},
		{"delimiter as identity", append([][]byte{[]byte(wire.Delimiter)}, signed(good...)...), wire.ErrSignature},
		{"no signature", signature(""), wire.ErrSignature},
		{"upper case", signature(strings.ToUpper(right)), wire.ErrSignature},
		{"cut", signature(right[:63]), wire.ErrSignature},
		{"longer", signature(right + "0"), wire.ErrSignature},
		{"another's", signature(sign("x")), wire.ErrSignature},
		{"header null", with(0, "null"), wire.ErrMalformed},
		{"header array", with(0, "[]"), wire.ErrMalformed},
		{"header string", with(0, `"x"`), wire.ErrMalformed},
		{"header number", with(0, "1"), wire.ErrMalformed},
		{"header empty", with(0, ""), wire.ErrMalformed},
		{"header empty object", with(0, "{}"), wire.ErrMalformed},
		{"header twice", with(0, header+header), wire.ErrMalformed},
		{"no type", with(0, `{"msg_id":"1"}`), wire.ErrMalformed},
		{"type null", with(0, `{"msg_id":"1","msg_type":null}`), wire.ErrMalformed},
		{"type number", with(0, `{"msg_id":"1","msg_type":7}`), wire.ErrMalformed},
		{"id in other case", with(0, `{"MSG_ID":"1","msg_type":"x"}`), wire.ErrMalformed},
		{"header deep", with(0, deep), wire.ErrTooDeep},
		{"header huge", with(0, `{"a":"`+strings.Repeat("x", 70000)+`"}`), wire.ErrTooLarge},
		{"parent array", with(1, "[]"), wire.ErrMalformed},
		{"metadata string", with(2, `"x"`), wire.ErrMalformed},
		{"metadata NaN", with(2, `{"a":NaN}`), wire.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := newCodec(t, wire.CodecConfig{}).Decode(tt.frames)
			if !errors.Is(err, tt.want) || m != nil {
				t.Errorf("got %v, %v, want %v", m, err, tt.want)
			}
		})
	}
}

func TestDecodeContentError(t *testing.T) {
	for _, tt := range []struct {
		content string
		want    error
	}{
		{"null", wire.ErrMalformed},
		{"[]", wire.ErrMalformed},
		{"", wire.ErrMalformed},
		{" ", wire.ErrMalformed},
		{strings.Repeat("{", 100000), wire.ErrTooDeep},
		{strings.Repeat("[", 100000), wire.ErrTooDeep},
		{`{"a":` + strings.Repeat("[", 400), wire.ErrMalformed},
	} {
		_, err := newCodec(t, wire.CodecConfig{}).Decode(signed(header, "{}", "{}", tt.content))
		var ce *wire.ContentError
		if !errors.As(err, &ce) || !errors.Is(err, tt.want) {
			t.Errorf("content %.20q: %v", tt.content, err)
			continue
		}
		if ce.Message.Header.MsgID != "m1" || string(ce.Message.Identities[0]) != "client" || string(ce.Message.Content) != "{}" {
			t.Errorf("content %.20q: message %+v", tt.content, ce.Message)
		}
	}
}

func TestDecodeTolerates(t *testing.T) {
	for name, parts := range map[string][]string{
		"nulls":             {header, "null", "null", "{}"},
		"space":             {" \n" + header + "\n", " {}", "{} ", "\t{}"},
		"unknown type":      {`{"msg_id":"1","msg_type":"../x"}`, "{}", "{}", "{}"},
		"wrong types":       {`{"msg_id":"1","msg_type":"x","session":1,"date":null,"username":[],"version":{},"subshell_id":null}`, "{}", "{}", "{}"},
		"huge number":       {header, "{}", "{}", `{"a":1e999,"b":` + strings.Repeat("9", 5000) + `}`},
		"duplicate key":     {`{"msg_id":"0","msg_id":"1","msg_type":"x"}`, "{}", "{}", "{}"},
		"brackets in text":  {header, "{}", "{}", `{"a":"` + strings.Repeat(`[\"`, 5000) + `"}`},
		"broken UTF-8":      {header, "{}", "{}", "{\"a\":\"\xff\xfe\"}"},
		"lone surrogate":    {header, "{}", "{}", `{"a":"\ud800"}`},
		"deep but not much": {header, "{}", "{}", `{"a":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := newCodec(t, wire.CodecConfig{}).Decode(signed(parts...))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range [][]byte{m.RawHeader, m.ParentHeader, m.Metadata, m.Content} {
				if p := bytes.TrimSpace(p); !json.Valid(p) || p[0] != '{' {
					t.Errorf("part %q", p)
				}
			}
			if name == "broken UTF-8" && string(m.Content) != "{\"a\":\"\uFFFD\"}" {
				t.Errorf("content %q", m.Content)
			}
		})
	}
}

func TestManyIdentities(t *testing.T) {
	var frames [][]byte
	for i := range 500 {
		frames = append(frames, fmt.Appendf(nil, "%d", i))
	}
	m, err := newCodec(t, wire.CodecConfig{}).Decode(append(frames, signed(header, "{}", "{}", "{}")...))
	if err != nil || len(m.Identities) != 501 {
		t.Fatalf("%d identities, %v", len(m.Identities), err)
	}
}

func TestReplay(t *testing.T) {
	message := func(i int) [][]byte {
		return signed(fmt.Sprintf(`{"msg_id":"%d","msg_type":"x"}`, i), "{}", "{}", "{}")
	}
	c := newCodec(t, wire.CodecConfig{History: 100})
	for i := range 1000 {
		if _, err := c.Decode(message(i)); err != nil {
			t.Fatal(i, err)
		}
		for _, back := range []int{0, 1, 50, 89} {
			if i < back {
				continue
			}
			if _, err := c.Decode(message(i - back)); !errors.Is(err, wire.ErrReplay) {
				t.Fatalf("message %d again after %d: %v", i-back, i, err)
			}
		}
	}
	if _, err := c.Decode(message(0)); err != nil {
		t.Errorf("a message forgotten long ago: %v", err)
	}
	off := newCodec(t, wire.CodecConfig{History: -1})
	for range 2 {
		if _, err := off.Decode(message(1)); err != nil {
			t.Errorf("without history: %v", err)
		}
	}
}

func TestUnsigned(t *testing.T) {
	c, err := wire.NewCodec(nil, "hmac-sha256", wire.CodecConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := c.Decode([][]byte{[]byte(wire.Delimiter), []byte("any"), []byte(header), []byte("{}"), []byte("{}"), []byte("{}")}); err != nil {
			t.Error(err)
		}
	}
	frames, err := c.Encode(&wire.Message{RawHeader: []byte(header)})
	if err != nil || len(frames) != 6 || len(frames[1]) != 0 {
		t.Errorf("%q %v", frames, err)
	}
}

func TestEncode(t *testing.T) {
	c := newCodec(t, wire.CodecConfig{})
	frames, err := c.Encode(&wire.Message{
		Identities: [][]byte{[]byte("a"), []byte("b")},
		RawHeader:  []byte(header),
		Content:    []byte("{\"a\":\"\xff\"}"),
		Buffers:    [][]byte{{1}, {2}},
	})
	if err != nil {
		t.Fatal(err)
	}
	fixed := "{\"a\":\"\uFFFD\"}"
	want := []string{"a", "b", wire.Delimiter, sign(header, "{}", "{}", fixed), header, "{}", "{}", fixed, "\x01", "\x02"}
	if got := fmt.Sprintf("%q", frames); got != fmt.Sprintf("%q", want) {
		t.Errorf("got  %s\nwant %q", got, want)
	}
	if _, err := c.Encode(&wire.Message{}); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("no header: %v", err)
	}
}
