package machine

import (
	"go/types"

	"runnext/sim/machine/interp"
)

// reflectSlices are what package reflect does with slices as a whole, and ways
// to fields that are not one step long.
func reflectSlices(h *host) map[string]native {
	out := map[string]native{
		"reflect.Append": func(t *thread, a []value) status { return h.reflectAppend(t, a[0], mirrors(a[1])) },
		"reflect.AppendSlice": func(t *thread, a []value) status {
			m := h.mirrorOf(a[1])
			if m.typ == nil || m.typ.Kind != interp.KSlice {
				return h.wrongKind(t, "AppendSlice", m)
			}
			var more []value
			e, s := t.M.Elem(m.typ), m.value()
			h.room(int64(s.Len() * mirrorCells))
			for i := range s.Len() {
				more = append(more, mirrorValue(mirror{typ: e, v: value{P: interp.At(s, e, i)}, addr: true}))
			}
			return h.reflectAppend(t, a[0], more)
		},
		"reflect.Copy": func(t *thread, a []value) status {
			to, from := h.mirrorOf(a[0]), h.mirrorOf(a[1])
			if to.typ == nil || to.typ.Kind != interp.KSlice || from.typ != to.typ {
				return h.wrongKind(t, "Copy", to)
			}
			x, y, e := to.value(), from.value(), t.M.Elem(to.typ)
			n := min(x.Len(), y.Len())
			t.M.Toil(n * e.Size)
			copy(x.Cells(n*e.Size), y.Cells(n*e.Size))
			return t.Return(interp.Int(int64(n)))
		},
	}
	on := func(name string, f func(t *thread, m mirror, a []value) status) {
		out["(reflect.Value)."+name] = func(t *thread, a []value) status {
			m := h.mirrorOf(a[0])
			if m.typ == nil {
				return h.wrongKind(t, name, m)
			}
			return f(t, m, a)
		}
	}
	on("Slice", h.reflectSlice)
	on("Clear", func(t *thread, m mirror, _ []value) status {
		switch m.typ.Kind {
		case interp.KMap:
			m.value().Map().Clear()
		case interp.KSlice:
			n := m.value().Len() * t.M.Elem(m.typ).Size
			t.M.Toil(n)
			clear(m.value().Cells(n))
		default:
			return h.wrongKind(t, "Clear", m)
		}
		return t.Return()
	})
	on("CanConvert", func(t *thread, m mirror, a []value) status {
		return t.Return(interp.Bool(types.ConvertibleTo(m.typ.T, h.typeArg(a[1]).T)))
	})
	on("FieldByIndex", func(t *thread, m mirror, a []value) status {
		f, ok := h.follow(m, indices(a[1]))
		if !ok {
			return h.reflectPanic(t, "reflect: indirection through nil pointer to embedded struct")
		}
		return t.Return(mirrorValue(f))
	})
	on("FieldByIndexErr", func(t *thread, m mirror, a []value) status {
		f, ok := h.follow(m, indices(a[1]))
		if !ok {
			text := interp.String("reflect: indirection through nil pointer to embedded struct field")
			return t.Return(mirrorValue(mirror{}), t.M.Box(h.textError(), interp.Pointer(&text)))
		}
		return t.Return(mirrorValue(f), value{})
	})
	return out
}

// mirrors reads a []reflect.Value.
func mirrors(v value) []value {
	var out []value
	cells := v.Cells(v.Len() * mirrorCells)
	for i := range v.Len() {
		out = append(out, interp.Cells(cells[i*mirrorCells:]))
	}
	return out
}

// indices reads a []int.
func indices(v value) []int {
	var out []int
	for _, i := range list(v) {
		out = append(out, int(i.Int()))
	}
	return out
}

// reflectAppend gives a slice with more values behind it.
// go1.26.8 reflect/value.go:2789 Append
func (h *host) reflectAppend(t *thread, to value, more []value) status {
	m := h.mirrorOf(to)
	if m.typ == nil || m.typ.Kind != interp.KSlice {
		return h.wrongKind(t, "Append", m)
	}
	s, e := m.value(), t.M.Elem(m.typ)
	if s.Len()+len(more) > s.Cap() {
		s.N, s.P = h.grown(e, s, len(more))
	}
	for i, v := range more {
		x := h.mirrorOf(v)
		if x.typ == nil {
			return h.wrongKind(t, "Set", x)
		}
		if !types.AssignableTo(x.typ.T, e.T) {
			return h.reflectPanic(t, "reflect.Set: value of type "+t.M.TypeString(x.typ)+" is not assignable to type "+t.M.TypeString(e))
		}
		e.Store(interp.At(value{P: s.P}, e, s.Len()+i), x.as(t, e))
	}
	s.N += uint64(len(more))
	return t.Return(mirrorValue(mirror{typ: m.typ, v: s}))
}

// reflectSlice is (reflect.Value).Slice.
// go1.26.8 reflect/value.go:2324 Slice
func (h *host) reflectSlice(t *thread, m mirror, a []value) status {
	i, j := a[1].Int(), a[2].Int()
	v := m.value()
	switch m.typ.Kind {
	case interp.KString:
		if i < 0 || j < i || j > int64(v.N) {
			return h.reflectPanic(t, "reflect.Value.Slice: string slice index out of bounds")
		}
		return t.Return(mirrorValue(mirror{typ: m.typ, v: interp.String(v.Str()[i:j]), ro: m.ro}))
	case interp.KSlice:
		if i < 0 || j < i || j > int64(v.Cap()) {
			return h.reflectPanic(t, "reflect.Value.Slice: slice index out of bounds")
		}
		s := value{N: uint64(int64(v.Cap())-i)<<32 | uint64(uint32(j-i)), P: v.P}
		if i < int64(v.Cap()) {
			s.P = interp.At(v, t.M.Elem(m.typ), int(i))
		}
		return t.Return(mirrorValue(mirror{typ: m.typ, v: s, ro: m.ro}))
	case interp.KArray:
		if !m.addr {
			return h.reflectPanic(t, "reflect.Value.Slice: slice of unaddressable array")
		}
		n := int64(lenOf(h, m.typ, v))
		if i < 0 || j < i || j > n {
			return h.reflectPanic(t, "reflect.Value.Slice: slice index out of bounds")
		}
		e := t.M.Elem(m.typ)
		s := value{N: uint64(n-i)<<32 | uint64(uint32(j-i)), P: interp.Offset(m.v.P, int(min(i, max(n-1, 0)))*e.Size)}
		return t.Return(mirrorValue(mirror{typ: t.M.TypeOf(types.NewSlice(e.T)), v: s, ro: m.ro}))
	}
	return h.wrongKind(t, "Slice", m)
}

// ranges tells whether a loop over a value of a type can have n variables.
// go1.26.8 reflect/type.go:904 CanSeq
func ranges(x *interp.Type, n int) bool {
	switch u := x.T.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || n == 1 && u.Info()&types.IsInteger != 0
	case *types.Array, *types.Slice, *types.Map:
		return true
	case *types.Chan:
		return n == 1
	case *types.Pointer:
		_, ok := u.Elem().Underlying().(*types.Array)
		return ok
	case *types.Signature:
		if u.Params().Len() != 1 || u.Results().Len() != 0 {
			return false
		}
		yield, ok := u.Params().At(0).Type().Underlying().(*types.Signature)
		if !ok || yield.Params().Len() != n || yield.Results().Len() != 1 {
			return false
		}
		b, ok := yield.Results().At(0).Type().Underlying().(*types.Basic)
		return ok && b.Kind() == types.Bool
	}
	return false
}
