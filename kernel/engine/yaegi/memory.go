package yaegi

import (
	"reflect"
	"unicode/utf8"

	"runnext/kernel/core/program"
)

func makeMakeSlice(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	return makeFunc(list(intType, intType, intType), list(t), func(in []reflect.Value) []reflect.Value {
		n, m := int(in[1].Int()), int(in[2].Int())
		size := int(max(t.Elem().Size(), 1))
		if n < 0 || n > maxAlloc/size {
			c.raise(int(in[0].Int()), caught(func() { _ = make([]byte, outOfRange) }))
		}
		if m < n || m > maxAlloc/size {
			c.raise(int(in[0].Int()), caught(func() { _ = make([]byte, 0, outOfRange) }))
		}
		return values(reflect.MakeSlice(t, n, m))
	})
}

// outOfRange is a size that make refuses.
var outOfRange = -1

// maxAlloc is what one make may ask for: go1.26.8 runtime/malloc.go maxAlloc.
const maxAlloc = 1 << 48

func makeMakeMap(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	return makeFunc(list(intType), list(t), func(in []reflect.Value) []reflect.Value {
		return values(reflect.MakeMapWithSize(t, int(max(in[0].Int(), 0))))
	})
}

// makeSlice makes func(site, x, low, high, max) []T; the flags in Name tell
// which of the three are given.
func makeSlice(c *cell, d program.Helper) reflect.Value {
	from, to := c.core(d, 0), c.core(d, 1)
	ptr := from.Kind() == reflect.Pointer
	if !ptr {
		return retyped(c.shapedSlice(d, from.Elem().Size()), list(intType, from, intType, intType, intType), list(to))
	}
	return makeFunc(list(intType, from, intType, intType, intType), list(to), func(in []reflect.Value) []reflect.Value {
		x := in[1].Elem()
		b := bounds{d.Name, int(in[2].Int()), int(in[3].Int()), int(in[4].Int())}
		b.fill(x.Len())
		if err := b.check(x.Cap(), true); err != nil {
			c.raiseSlice(d, b, int(in[0].Int()), err)
		}
		if d.Name[2] != '-' {
			return values(x.Slice3(b.low, b.high, b.limit).Convert(to))
		}
		return values(x.Slice(b.low, b.high).Convert(to))
	})
}

// raiseSlice panics with what is wrong with bounds.
func (c *cell) raiseSlice(d program.Helper, b bounds, site int, err any) {
	switch {
	case d.Name[1] == 'm' && b.high < 0: // make with a constant capacity
		err = caught(func() { _ = make([]byte, outOfRange) })
	case d.Name[1] == 'm':
		err = caught(func() { _ = make([]byte, 0, outOfRange) })
	}
	c.raise(site, err)
}

func makeSliceString(c *cell, d program.Helper) reflect.Value {
	return reflect.ValueOf(func(site int, s string, low, high int) string {
		b := bounds{flags: d.Name, low: low, high: high}
		b.fill(len(s))
		if err := b.check(len(s), true); err != nil {
			c.raise(site, err)
		}
		return s[b.low:b.high]
	})
}

func makeAppend(c *cell, d program.Helper) reflect.Value {
	s, t := c.core(d, 0), c.core(d, 1)
	return makeFunc(list(s, t), list(s), func(in []reflect.Value) []reflect.Value {
		if in[1].Len() == 0 {
			return values(in[0])
		}
		return values(reflect.AppendSlice(in[0], in[1].Convert(s)))
	})
}

func makeAppendString(c *cell, d program.Helper) reflect.Value {
	s, t := c.core(d, 0), c.core(d, 1)
	return makeFunc(list(s, t), list(s), func(in []reflect.Value) []reflect.Value {
		b := in[0].Bytes()
		return values(reflect.ValueOf(append(b, in[1].String()...)).Convert(s))
	})
}

func makeCopy(c *cell, d program.Helper) reflect.Value {
	return makeFunc(list(c.core(d, 0), c.core(d, 1)), list(intType), func(in []reflect.Value) []reflect.Value {
		return values(reflect.ValueOf(reflect.Copy(in[0], in[1])))
	})
}

// stringIter is a range over a string.
type stringIter struct {
	s string
	i int
}

func rangeString(s string) any { return &stringIter{s: s} }

func nextRune(x any) (ok bool, i int, r rune) {
	it := x.(*stringIter)
	if it.i >= len(it.s) {
		return false, 0, 0
	}
	r, n := utf8.DecodeRuneInString(it.s[it.i:])
	i = it.i
	it.i += n
	return true, i, r
}

func makeComplex(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	out := reflect.TypeFor[complex128]()
	if t.Kind() == reflect.Float32 {
		out = reflect.TypeFor[complex64]()
	}
	return makeFunc(list(t, t), list(out), func(in []reflect.Value) []reflect.Value {
		return values(reflect.ValueOf(complex(in[0].Float(), in[1].Float())).Convert(out))
	})
}

func makeReal(c *cell, d program.Helper) reflect.Value {
	return complexPart(c, d, func(x complex128) float64 { return real(x) })
}

func makeImag(c *cell, d program.Helper) reflect.Value {
	return complexPart(c, d, func(x complex128) float64 { return imag(x) })
}

func complexPart(c *cell, d program.Helper, part func(complex128) float64) reflect.Value {
	t := c.core(d, 0)
	out := reflect.TypeFor[float64]()
	if t.Kind() == reflect.Complex64 {
		out = reflect.TypeFor[float32]()
	}
	return makeFunc(list(t), list(out), func(in []reflect.Value) []reflect.Value {
		return values(reflect.ValueOf(part(in[0].Complex())).Convert(out))
	})
}

func floatMin(x ...float64) float64 {
	m := x[0]
	for _, v := range x[1:] {
		m = min(m, v)
	}
	return m
}

func floatMax(x ...float64) float64 {
	m := x[0]
	for _, v := range x[1:] {
		m = max(m, v)
	}
	return m
}
