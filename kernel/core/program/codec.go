package program

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
)

// The form of a program between the two processes, which are the same binary:
// its fields in their order, numbers as varints, what has a length with that
// before it. A description of itself, as JSON has, would cost a trivial cell
// more than its compilation.

// Encode gives the form that [Decode] reads.
func (p *Program) Encode() ([]byte, error) {
	b, err := write(make([]byte, 0, 1<<10), reflect.ValueOf(p).Elem())
	if err != nil {
		return nil, fmt.Errorf("encode program: %w", err)
	}
	return b, nil
}

// Decode reads what [Program.Encode] wrote.
func Decode(b []byte) (*Program, error) {
	p := new(Program)
	rest, err := read(b, reflect.ValueOf(p).Elem())
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes too many", len(rest))
	}
	if err != nil {
		return nil, fmt.Errorf("decode program: %w", err)
	}
	return p, nil
}

func write(b []byte, v reflect.Value) ([]byte, error) {
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1), nil
		}
		return append(b, 0), nil
	case reflect.Int, reflect.Int64:
		return binary.AppendVarint(b, v.Int()), nil
	case reflect.Uint8:
		return append(b, byte(v.Uint())), nil
	case reflect.String:
		return append(binary.AppendUvarint(b, uint64(v.Len())), v.String()...), nil
	case reflect.Slice:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return append(b, v.Bytes()...), nil
		}
		var err error
		for i := 0; i < v.Len() && err == nil; i++ {
			b, err = write(b, v.Index(i))
		}
		return b, err
	case reflect.Struct:
		var err error
		for i := 0; i < v.NumField() && err == nil; i++ {
			b, err = write(b, v.Field(i))
		}
		return b, err
	}
	return nil, fmt.Errorf("no form for a %v", v.Type())
}

var errShort = errors.New("it ends too soon")

func read(b []byte, v reflect.Value) (rest []byte, err error) {
	switch v.Kind() {
	case reflect.Bool:
		if len(b) == 0 || b[0] > 1 {
			return nil, errShort
		}
		v.SetBool(b[0] == 1)
		return b[1:], nil
	case reflect.Int, reflect.Int64:
		x, n := binary.Varint(b)
		if n <= 0 {
			return nil, errShort
		}
		v.SetInt(x)
		return b[n:], nil
	case reflect.Uint8:
		if len(b) == 0 {
			return nil, errShort
		}
		v.SetUint(uint64(b[0]))
		return b[1:], nil
	case reflect.String:
		text, rest, err := lengthened(b)
		v.SetString(string(text))
		return rest, err
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			data, rest, err := lengthened(b)
			v.SetBytes(append([]byte(nil), data...))
			return rest, err
		}
		n, b, err := length(b) // each element takes a byte
		if err != nil || n == 0 {
			return b, err
		}
		v.Grow(n)
		v.SetLen(n)
		for i := 0; i < n && err == nil; i++ {
			b, err = read(b, v.Index(i))
		}
		return b, err
	case reflect.Struct:
		for i := 0; i < v.NumField() && err == nil; i++ {
			b, err = read(b, v.Field(i))
		}
		return b, err
	}
	return nil, fmt.Errorf("no form for a %v", v.Type())
}

// length reads how many bytes or elements follow.
func length(b []byte) (n int, rest []byte, err error) {
	x, k := binary.Uvarint(b)
	if k <= 0 || x > uint64(len(b)-k) {
		return 0, nil, errShort
	}
	return int(x), b[k:], nil
}

func lengthened(b []byte) (data, rest []byte, err error) {
	n, b, err := length(b)
	if err != nil {
		return nil, nil, err
	}
	return b[:n], b[n:], nil
}
