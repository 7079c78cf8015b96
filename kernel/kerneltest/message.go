package kerneltest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// Message is one message as a client reads it.
type Message struct {
	Channel   Channel
	Topic     string // iopub only
	ID, Type  string
	Session   string
	ParentID  string // "" without a parent
	Parent    json.RawMessage
	Metadata  map[string]any
	Content   map[string]any
	Signature string
}

func (m *Message) String() string {
	content, err := json.Marshal(m.Content)
	if err != nil {
		content = []byte(err.Error())
	}
	if len(content) > 300 {
		content = append(content[:300:300], "…"...)
	}
	return fmt.Sprintf("%-7s %-20s of %-10s %s", m.Channel, m.Type, m.ParentID, content)
}

// text gives a string of the content, "" when there is none.
func (m *Message) text(name string) string {
	s, ok := m.Content[name].(string)
	if !ok {
		return ""
	}
	return s
}

// count gives execution_count.
func (m *Message) count() (int, bool) {
	n, ok := m.Content["execution_count"].(float64)
	return int(n), ok
}

var delimiter = []byte("<IDS|MSG>")

func sign(key []byte, parts [][]byte) string {
	if len(key) == 0 {
		return ""
	}
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// encode gives the frames of a message without identities.
func encode(key []byte, header, parent, metadata, content json.RawMessage) [][]byte {
	parts := [][]byte{header, parent, metadata, content}
	return append([][]byte{delimiter, []byte(sign(key, parts))}, parts...)
}

// decode reads a message and checks all that concerns the message alone, but
// its content.
func decode(key []byte, ch Channel, frames [][]byte) (*Message, error) {
	at := -1
	for i, f := range frames {
		if bytes.Equal(f, delimiter) {
			at = i
			break
		}
	}
	m := &Message{Channel: ch}
	switch {
	case at < 0 || len(frames) < at+6:
		return nil, fmt.Errorf("%d frames, delimiter at %d", len(frames), at)
	case ch == IOPub && at > 1, ch != IOPub && at != 0:
		return nil, fmt.Errorf("%d frames before the delimiter on %s", at, ch)
	case at == 1:
		m.Topic = string(frames[0])
	}
	parts := frames[at+2 : at+6]
	m.Signature = string(frames[at+1])
	if want := sign(key, parts); m.Signature != want {
		return nil, fmt.Errorf("signature %q, want %q", m.Signature, want)
	}
	for i, p := range parts {
		if !utf8.Valid(p) || !bytes.HasPrefix(p, []byte("{")) {
			return nil, fmt.Errorf("part %d is no JSON object in UTF-8: %q", i, p)
		}
	}
	var h header
	if err := strict(parts[0], &h); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	m.ID, m.Type, m.Session = h.ID, h.Type, h.Session
	var parent header
	if err := json.Unmarshal(parts[1], &parent); err != nil {
		return nil, fmt.Errorf("parent_header: %w", err)
	}
	m.Parent, m.ParentID = parts[1], parent.ID
	return m, errors.Join(h.check(),
		json.Unmarshal(parts[2], &m.Metadata), json.Unmarshal(parts[3], &m.Content))
}

type header struct {
	ID       string `json:"msg_id"`
	Session  string `json:"session"`
	Username string `json:"username"`
	Date     string `json:"date"`
	Type     string `json:"msg_type"`
	Version  string `json:"version"`
	Subshell string `json:"subshell_id,omitempty"`
}

// check holds a kernel's header against jupyter messaging 5.5, message header.
func (h header) check() error {
	for name, v := range map[string]string{"msg_id": h.ID, "session": h.Session, "msg_type": h.Type, "version": h.Version} {
		if v == "" {
			return fmt.Errorf("header without %s", name)
		}
	}
	if _, err := time.Parse(time.RFC3339Nano, h.Date); err != nil {
		return fmt.Errorf("header date: %w", err)
	}
	return nil
}

func strict(raw []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(to)
}
