package program

import (
	"bytes"
	"math/rand"
	"reflect"
	"testing"
	"testing/quick"
)

// What is read is what was written, for any program.
func TestCodec(t *testing.T) {
	same := func(p Program) bool {
		b, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		q, err := Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		again, err := q.Encode()
		return err == nil && bytes.Equal(b, again)
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 200, Rand: rand.New(rand.NewSource(1))}); err != nil {
		t.Error(err)
	}
	full := Program{
		Source: "package main", Types: []Type{{}, {Kind: Array, Elem: 1, Len: -1 << 40, Variadic: true, In: []int{-7}, Fields: []Field{{Name: "x", Embedded: true}}}},
		Sites: []Site{{}, {1, 2, 3}}, Results: []int{1},
	}
	b, err := full.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Decode(b); err != nil || !reflect.DeepEqual(*got, full) {
		t.Errorf("%+v, %v", got, err)
	}
}

// Whatever comes, Decode gives an error or a program that it would write so.
func FuzzDecode(f *testing.F) {
	p := Program{Source: "x", Helpers: []Helper{{Op: "box", Types: []int{1, 2}}}, Code: nil}
	b, err := p.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)-1])
	f.Add(append(b, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Decode(b)
		if err != nil {
			return
		}
		again, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if q, err := Decode(again); err != nil || !reflect.DeepEqual(p, q) {
			t.Errorf("%+v, %v", q, err)
		}
	})
}
