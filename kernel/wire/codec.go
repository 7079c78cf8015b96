package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"sync"
	"unicode/utf8"
)

// SchemeHMACSHA256 is the one signature scheme there is.
const SchemeHMACSHA256 = "hmac-sha256"

// Errors of [NewCodec] and [Codec.Decode]. All are found with errors.Is; the
// text says which part of the message is meant. A message that ends in any of
// them but a [ContentError] is dropped without an answer.
var (
	ErrScheme    = errors.New("unsupported signature scheme")
	ErrFraming   = errors.New("not a jupyter message")
	ErrSignature = errors.New("wrong signature")
	ErrReplay    = errors.New("message was seen before")
	ErrMalformed = errors.New("malformed")
	ErrTooLarge  = errors.New("too large")
	ErrTooDeep   = errors.New("nested too deep")
)

// ContentError says that a message is signed and its header sound, but its
// content is not a JSON object. Message holds everything but the content, so
// that the request can be answered with an error instead of silence.
type ContentError struct {
	Message *Message
	Err     error
}

// Error tells which request is meant and what is wrong with its content.
func (e *ContentError) Error() string {
	return fmt.Sprintf("%s %s: %v", e.Message.Header.MsgType, e.Message.Header.MsgID, e.Err)
}

// Unwrap gives [ErrMalformed], [ErrTooLarge] or [ErrTooDeep], wrapped.
func (e *ContentError) Unwrap() error { return e.Err }

// CodecConfig holds the limits of a [Codec]. The zero value is a kernel's.
type CodecConfig struct {
	History   int // signatures remembered against replay; 0 means 65536, negative none
	MaxHeader int // bytes of a header, which travels in every answer; 0 means 64 KiB
	MaxPart   int // bytes of each other JSON part; 0 means 64 MiB
	MaxDepth  int // nesting of JSON; 0 means 512
}

func (c CodecConfig) withDefaults() CodecConfig {
	if c.History == 0 {
		c.History = 1 << 16
	}
	if c.MaxHeader == 0 {
		c.MaxHeader = 64 << 10
	}
	if c.MaxPart == 0 {
		c.MaxPart = 64 << 20
	}
	if c.MaxDepth == 0 {
		c.MaxDepth = 512
	}
	return c
}

// Codec turns frames into messages and messages into frames, with one key. All
// channels of a kernel share one Codec, so a message replayed on another
// channel is found too. Its methods may be called from any goroutine.
type Codec struct {
	config CodecConfig
	signed bool
	macs   sync.Pool // of *mac
	seen   history
}

// mac is a keyed hash with room for its result, kept because the key schedule
// costs more than the hashing of a short message.
type mac struct {
	hash hash.Hash
	sum  [sha256.Size]byte
}

// NewCodec gives a codec for the key and scheme of a connection file. An empty
// key means that nothing is signed and nothing is checked. Any scheme but
// [SchemeHMACSHA256] is [ErrScheme].
func NewCodec(key []byte, scheme string, config CodecConfig) (*Codec, error) {
	if scheme != SchemeHMACSHA256 {
		return nil, fmt.Errorf("signature scheme %q: %w (%s is the one there is)", scheme, ErrScheme, SchemeHMACSHA256)
	}
	key = append([]byte(nil), key...)
	c := &Codec{config: config.withDefaults(), signed: len(key) > 0}
	c.macs.New = func() any { return &mac{hash: hmac.New(sha256.New, key)} }
	c.seen.limit = c.config.History
	return c, nil
}

// Decode checks and reads one multipart message. The message refers to the
// memory of frames. Errors are those above; a [ContentError] comes with the
// message inside it and a nil first result.
func (c *Codec) Decode(frames [][]byte) (*Message, error) {
	at := -1
	for i, f := range frames {
		if string(f) == Delimiter {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("%d frames without %s: %w", len(frames), Delimiter, ErrFraming)
	}
	rest := frames[at+1:]
	if len(rest) < 5 {
		return nil, fmt.Errorf("%d frames after %s, 5 needed: %w", len(rest), Delimiter, ErrFraming)
	}
	parts := rest[1:5]
	for i, p := range parts {
		limit := c.config.MaxPart
		if i < 2 {
			limit = c.config.MaxHeader
		}
		if len(p) > limit {
			return nil, fmt.Errorf("%s of %d bytes, limit %d: %w", partNames[i], len(p), limit, ErrTooLarge)
		}
	}
	if err := c.verify(rest[0], parts); err != nil {
		return nil, err
	}
	return c.read(frames[:at:at], parts, rest[5:])
}

var partNames = [4]string{"header", "parent_header", "metadata", "content"}

// verify compares in constant time over the bytes as they came (jupyter
// messaging 5.5, the wire protocol), then looks for a repeat.
func (c *Codec) verify(signature []byte, parts [][]byte) error {
	if !c.signed {
		return nil
	}
	var want [2 * sha256.Size]byte
	digest := c.sign(want[:], parts)
	if subtle.ConstantTimeCompare(signature, want[:]) != 1 {
		return ErrSignature
	}
	if !c.seen.add(digest) {
		return ErrReplay
	}
	return nil
}

// sign writes the signature of parts as lower-case hex to dst and returns the
// digest itself.
func (c *Codec) sign(dst []byte, parts [][]byte) [sha256.Size]byte {
	m := c.macs.Get().(*mac)
	m.hash.Reset()
	for _, p := range parts {
		m.hash.Write(p)
	}
	m.hash.Sum(m.sum[:0])
	digest := m.sum
	c.macs.Put(m)
	hex.Encode(dst, digest[:])
	return digest
}

func (c *Codec) read(identities, parts, buffers [][]byte) (*Message, error) {
	m := &Message{Identities: identities, Buffers: buffers}
	var err error
	if m.RawHeader, err = object(parts[0], c.config.MaxDepth, false); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if m.Header, err = readHeader(m.RawHeader); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if m.ParentHeader, err = object(parts[1], c.config.MaxDepth, true); err != nil {
		return nil, fmt.Errorf("parent_header: %w", err)
	}
	if m.Metadata, err = object(parts[2], c.config.MaxDepth, true); err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	if m.Content, err = object(parts[3], c.config.MaxDepth, false); err != nil {
		m.Content = emptyObject()
		return nil, &ContentError{Message: m, Err: fmt.Errorf("content: %w", err)}
	}
	return m, nil
}

// readHeader takes what a kernel needs: an id and a type. The other fields are
// taken when they are strings and left empty when they are anything else.
func readHeader(raw json.RawMessage) (Header, error) {
	f, err := readFields(raw)
	if err != nil {
		return Header{}, err
	}
	h := Header{
		MsgID:      f.text("msg_id", ""),
		Session:    f.text("session", ""),
		Username:   f.text("username", ""),
		Date:       f.text("date", ""),
		MsgType:    f.text("msg_type", ""),
		Version:    f.text("version", ""),
		SubshellID: f.text("subshell_id", ""),
	}
	for _, name := range []string{"msg_id", "msg_type"} {
		if f.text(name, "") == "" {
			return Header{}, fmt.Errorf("%w: %w", f.wrong(name, "a string"), ErrMalformed)
		}
	}
	return h, nil
}

// Encode gives the frames of a message: identities, delimiter, signature, the
// four JSON parts and the buffers. A part that is empty is sent as {}; bytes
// that are not UTF-8 are replaced by U+FFFD. The frames refer to the memory of
// m. A RawHeader that is missing is [ErrMalformed].
func (c *Codec) Encode(m *Message) ([][]byte, error) {
	if len(m.RawHeader) == 0 {
		return nil, fmt.Errorf("encode message: no header: %w", ErrMalformed)
	}
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, []byte(Delimiter), nil)
	first := len(frames)
	frames = append(frames, clean(m.RawHeader), clean(m.ParentHeader), clean(m.Metadata), clean(m.Content))
	var signature []byte
	if c.signed {
		signature = make([]byte, 2*sha256.Size)
		c.sign(signature, frames[first:])
	}
	frames[first-1] = signature
	return append(frames, m.Buffers...), nil
}

func clean(part json.RawMessage) []byte {
	switch {
	case len(part) == 0:
		return emptyObject()
	case utf8.Valid(part):
		return part
	}
	return toValidUTF8(part)
}
