package machine

import (
	"unsafe"

	"runnext/sim/machine/interp"
)

// deepEqual is one reflect.DeepEqual.
type deepEqual struct {
	h     *host
	t     *thread
	seen  map[comparison]bool
	depth int
}

// comparison is a pair that is being compared, or was: met again, it is taken
// for equal. So circular values come to an end, and what is shared is looked at
// once.
// go1.26.8 reflect/deepequal.go:18 visit struct
type comparison struct {
	x, y   unsafe.Pointer
	nx, ny uint64
	typ    *interp.Type
}

// deepest is how deep values may lie within values.
const deepest = 1 << 19

// go1.26.8 reflect/deepequal.go:27 deepValueEqual
func (d *deepEqual) equal(typ *interp.Type, x, y value) bool {
	d.t.M.Toil(1)
	if d.depth++; d.depth > deepest {
		panic(interp.Stop{Text: interp.StackOverflow})
	}
	defer func() { d.depth-- }()
	switch typ.Kind {
	case interp.KPointer, interp.KMap, interp.KSlice, interp.KInterface:
		if x.P == nil || y.P == nil {
			break
		}
		k := comparison{x.P, y.P, x.N, y.N, typ}
		if d.seen[k] {
			return true
		}
		d.h.room(comparisonCells)
		d.seen[k] = true
	}
	switch typ.Kind {
	case interp.KInterface:
		if x.N != y.N || x.N == 0 {
			return x.N == y.N
		}
		dyn, a := d.t.M.Unbox(x)
		_, b := d.t.M.Unbox(y)
		return d.equal(dyn, a, b)
	case interp.KPointer:
		if x.P == y.P || x.P == nil || y.P == nil {
			return x.P == y.P
		}
		e := d.t.M.Elem(typ)
		return d.equal(e, e.Part(x.P, 0), e.Part(y.P, 0))
	case interp.KStruct:
		for i := range typ.NumField() {
			f, off, _ := typ.Field(i)
			if !d.equal(f, f.Part(x.P, off), f.Part(y.P, off)) {
				return false
			}
		}
		return true
	case interp.KSlice, interp.KArray:
		return d.list(typ, x, y)
	case interp.KMap:
		return d.maps(typ, x, y)
	case interp.KFunc:
		return x.P == nil && y.P == nil
	}
	eq, _ := d.t.Equal(typ, x, y)
	return eq
}

// comparisonCells is what it takes to remember one.
const comparisonCells = 6

func (d *deepEqual) list(typ *interp.Type, x, y value) bool {
	n := lenOf(d.h, typ, x)
	if typ.Kind == interp.KSlice {
		switch {
		case n != y.Len() || (x.P == nil) != (y.P == nil):
			return false
		case x.P == y.P:
			return true
		}
	}
	e := d.t.M.Elem(typ)
	for i := range n {
		if !d.equal(e, e.Part(x.P, i*e.Size), e.Part(y.P, i*e.Size)) {
			return false
		}
	}
	return true
}

func (d *deepEqual) maps(typ *interp.Type, x, y value) bool {
	if x.Map().Len() != y.Map().Len() || (x.P == nil) != (y.P == nil) {
		return false
	}
	same := true
	if x.P != nil && x.P != y.P {
		x.Map().Entries(func(k, v value) {
			if same {
				w, ok, _ := y.Map().Get(d.t, k)
				same = ok && d.equal(d.t.M.Elem(typ), v, w)
			}
		})
	}
	return same
}
