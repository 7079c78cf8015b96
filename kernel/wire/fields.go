package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"unicode/utf8"
)

// FieldError says that a field which has no default is missing or of the
// wrong type. A session answers it with an error reply.
type FieldError struct {
	Field string
	Want  string // "a string"
	Got   string // "nothing", "null", "a number", …
}

// Error names the field, what it must be and what it is.
func (e *FieldError) Error() string {
	return fmt.Sprintf("field %q must be %s and is %s", e.Field, e.Want, e.Got)
}

// fields is a JSON object with its values unread. Names are compared exactly,
// which encoding/json's structs do not do; of duplicates the last one counts.
type fields map[string]json.RawMessage

func readFields(raw json.RawMessage) (fields, error) {
	var f fields
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return f, nil
}

// text gives a string, or def when there is none.
func (f fields) text(name, def string) string {
	if s, ok := f.textOK(name); ok {
		return s
	}
	return def
}

func (f fields) textOK(name string) (string, bool) {
	raw := f[name]
	if kind(raw) != "a string" {
		return "", false
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}

// flag gives a boolean, or def when there is none: "yes" and 1 are not true.
func (f fields) flag(name string, def bool) bool {
	switch string(f[name]) {
	case "true":
		return true
	case "false":
		return false
	}
	return def
}

// integer gives a number cut towards zero and clamped to int32's range, or def
// when there is none. What it is used for counts characters, lines or cells.
func (f fields) integer(name string, def int) int {
	raw := f[name]
	if kind(raw) != "a number" {
		return def
	}
	var x float64
	if err := json.Unmarshal(raw, &x); err != nil {
		// A number out of float64's range: 1e999.
		x = math.MaxInt32
		if raw[0] == '-' {
			x = math.MinInt32
		}
	}
	return int(max(math.MinInt32, min(math.MaxInt32, x)))
}

// texts gives the strings of an array, without what is not a string.
func (f fields) texts(name string) []string {
	var raws []json.RawMessage
	if kind(f[name]) != "an array" || json.Unmarshal(f[name], &raws) != nil {
		return nil
	}
	var all []string
	for _, raw := range raws {
		if s, ok := (fields{"": raw}).textOK(""); ok {
			all = append(all, s)
		}
	}
	return all
}

// object gives a field that must be an object, {} when it is anything else.
func (f fields) object(name string) json.RawMessage {
	if kind(f[name]) != "an object" {
		return emptyObject()
	}
	return f[name]
}

func (f fields) wrong(name, want string) error {
	return &FieldError{Field: name, Want: want, Got: kind(f[name])}
}

// kind names the JSON type of a valid value.
func kind(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

func emptyObject() json.RawMessage { return json.RawMessage("{}") }

func toValidUTF8(b []byte) []byte {
	return bytes.ToValidUTF8(b, []byte("\uFFFD"))
}

// object checks that part is one JSON object of bounded nesting and returns
// it, in valid UTF-8. With null allowed, null is {}.
func object(part []byte, maxDepth int, null bool) (json.RawMessage, error) {
	if !utf8.Valid(part) {
		part = toValidUTF8(part)
	}
	if tooDeep(part, maxDepth) {
		return nil, fmt.Errorf("more than %d levels: %w", maxDepth, ErrTooDeep)
	}
	if !json.Valid(part) {
		return nil, fmt.Errorf("not JSON: %w", ErrMalformed)
	}
	trimmed := bytes.TrimLeft(part, " \t\r\n")
	switch {
	case trimmed[0] == '{':
		return part, nil
	case null && trimmed[0] == 'n':
		return emptyObject(), nil
	}
	return nil, fmt.Errorf("%s, not an object: %w", kind(trimmed), ErrMalformed)
}

// tooDeep counts brackets outside strings. It is right for valid JSON and
// errs on any side for the rest, which is refused anyway.
func tooDeep(part []byte, limit int) bool {
	depth := 0
	for i := 0; i < len(part); i++ {
		switch part[i] {
		case '{', '[':
			if depth++; depth > limit {
				return true
			}
		case '}', ']':
			depth--
		case '"':
			i = endOfString(part, i+1)
		}
	}
	return false
}

// endOfString gives the index of the quote that ends the string starting at i,
// or the length of part.
func endOfString(part []byte, i int) int {
	for i < len(part) {
		n := bytes.IndexAny(part[i:], `"\`)
		if n < 0 {
			return len(part)
		}
		if part[i+n] == '"' {
			return i + n
		}
		i += n + 2
	}
	return len(part)
}
