package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"unicode/utf8"
)

// Marshal gives the JSON of a content struct or of any value encoding/json
// takes, without HTML escapes. Strings that are not UTF-8 are repaired. Inside
// a [MIME] or a map[string]any, numbers JSON does not have (NaN, the
// infinities) become null; elsewhere they are an error, as are channels and
// functions.
func Marshal(v any) (json.RawMessage, error) {
	switch v := v.(type) {
	case nil:
		return emptyObject(), nil
	case appender:
		return v.appendJSON(nil), nil
	case map[string]any:
		return MIME(v).MarshalJSON()
	}
	return marshal(v)
}

// appender is a content struct that is sent so often that it is written by
// hand.
type appender interface {
	appendJSON(dst []byte) []byte
}

func marshal(v any) (json.RawMessage, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode content: %w", err)
	}
	return json.RawMessage(bytes.TrimSuffix(buf.Bytes(), []byte("\n"))), nil
}

// MIME maps MIME types, or names of metadata, to values: text as string, JSON
// types as values encoding/json accepts.
type MIME map[string]any

// MarshalJSON writes {} for a nil map and null for numbers JSON does not have.
func (m MIME) MarshalJSON() ([]byte, error) {
	if m == nil {
		return emptyObject(), nil
	}
	raw, err := marshal(map[string]any(m))
	var unsupported *json.UnsupportedValueError
	if errors.As(err, &unsupported) && unsupported.Value.CanFloat() {
		var f finite
		if v := f.copy(reflect.ValueOf(map[string]any(m)), 0); !f.cyclic {
			raw, err = marshal(v)
		}
	}
	return raw, err
}

// finite copies maps, slices and pointers, with null where a number is not
// finite.
type finite struct {
	cyclic bool // or too deep to tell; the copy is then worth nothing
}

const maxCopyDepth = 500

func (f *finite) copy(v reflect.Value, depth int) any {
	f.cyclic = f.cyclic || depth > maxCopyDepth
	if !v.IsValid() || f.cyclic {
		return nil
	}
	if _, ok := v.Interface().(json.Marshaler); ok {
		return v.Interface()
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		if x := v.Float(); math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
	case reflect.Interface, reflect.Pointer:
		return f.copy(v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 || v.Kind() == reflect.Slice && v.IsNil() {
			break // base64 and null, as encoding/json has it
		}
		all := make([]any, v.Len())
		for i := range all {
			all[i] = f.copy(v.Index(i), depth+1)
		}
		return all
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String || v.IsNil() {
			break
		}
		all := make(map[string]any, v.Len())
		for it := v.MapRange(); it.Next(); {
			all[it.Key().String()] = f.copy(it.Value(), depth+1)
		}
		return all
	}
	return v.Interface()
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. It escapes what JSON demands and
// U+2028 and U+2029, which a JavaScript reader may trip over; bytes that are
// not UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b < utf8.RuneSelf {
			if b >= ' ' && b != '"' && b != '\\' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, b)
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, s[start:i]...)
			dst = append(dst, "\uFFFD"...)
			start = i + n
		case r == '\u2028' || r == '\u2029':
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\u202`...)
			dst = append(dst, hexDigits[r&0xF])
			start = i + n
		}
		i += n
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&0xF])
}
