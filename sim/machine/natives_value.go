package machine

import (
	"math"
	"unsafe"

	"runnext/sim/machine/interp"
)

// valueNatives are the methods of reflect.Value that read. What they panic
// with is a string here and a *reflect.ValueError in Go; the text is the same.
func valueNatives(h *host) map[string]native {
	out := map[string]native{}
	on := func(name string, f func(t *thread, m mirror, a []value) status) {
		out["(reflect.Value)."+name] = func(t *thread, a []value) status { return f(t, h.mirrorOf(a[0]), a) }
	}
	read := func(name string, fits func(interp.Kind) bool, f func(m mirror) value) {
		on(name, func(t *thread, m mirror, _ []value) status {
			if m.typ == nil || !fits(m.typ.Kind) {
				return h.wrongKind(t, name, m)
			}
			return t.Return(f(m))
		})
	}
	plain := func(m mirror) value { return m.value() }
	read("Bool", is(interp.KBool), plain)
	read("Int", interp.Kind.Signed, plain)
	read("Uint", unsigned, plain)
	read("Float", float, func(m mirror) value { return interp.Float(toFloat(m.typ, m.value())) })
	read("Bytes", is(interp.KSlice), plain)
	read("MapRange", is(interp.KMap), func(m mirror) value { return value{P: unsafe.Pointer(h.newWalk(m))} })
	read("MapKeys", is(interp.KMap), func(m mirror) value {
		h.room(int64((2 + mirrorCells) * m.value().Map().Len()))
		var keys []value
		for w := h.newWalk(m); w.next(); {
			keys = append(keys, flat(w.key())...)
		}
		return interp.SliceOf(keys, mirrorCells)
	})
	read("UnsafePointer", pointing, func(m mirror) value { return value{P: m.value().P} })
	read("Pointer", pointing, func(m mirror) value {
		if m.typ.Kind == interp.KFunc && m.value().P != nil && m.value().Func().Fn.SSA != nil {
			fn := m.value().Func().Fn.SSA
			return value{N: h.pc(interp.Place{Fn: fn, Pos: fn.Pos()})}
		}
		return value{N: h.address(m.value().P)}
	})
	read("NumField", is(interp.KStruct), func(m mirror) value { return interp.Int(int64(m.typ.NumField())) })
	read("Addr", func(interp.Kind) bool { return true }, func(m mirror) value {
		return mirrorValue(mirror{typ: h.pointerTo(m.typ), v: value{P: m.v.P}, ro: m.ro})
	})
	on("IsValid", func(t *thread, m mirror, _ []value) status { return t.Return(interp.Bool(m.typ != nil)) })
	on("IsZero", func(t *thread, m mirror, _ []value) status {
		if m.typ == nil {
			return h.wrongKind(t, "IsZero", m)
		}
		return t.Return(interp.Bool(isZero(h.vm, m.typ, m.value())))
	})
	on("CanAddr", func(t *thread, m mirror, _ []value) status { return t.Return(interp.Bool(m.addr)) })
	on("CanSet", func(t *thread, m mirror, _ []value) status { return t.Return(interp.Bool(m.addr && m.ro == 0)) })
	on("CanInterface", func(t *thread, m mirror, _ []value) status { return t.Return(interp.Bool(m.ro == 0)) })
	can := func(name string, fits func(interp.Kind) bool) {
		on(name, func(t *thread, m mirror, _ []value) status {
			return t.Return(interp.Bool(m.typ != nil && fits(m.typ.Kind)))
		})
	}
	can("CanInt", interp.Kind.Signed)
	can("CanUint", unsigned)
	can("CanFloat", float)
	on("Interface", func(t *thread, m mirror, _ []value) status {
		if m.typ == nil {
			return h.wrongKind(t, "Interface", m)
		}
		if m.ro != 0 {
			return h.reflectPanic(t, "reflect.Value.Interface: cannot return value obtained from unexported field or method")
		}
		return t.Return(t.M.Box(m.typ, m.value()))
	})
	on("String", func(t *thread, m mirror, _ []value) status {
		switch {
		case m.typ == nil:
			return t.Return(interp.String("<invalid Value>"))
		case m.typ.Kind == interp.KString:
			return t.Return(m.value())
		}
		return t.Return(interp.String("<" + t.M.TypeString(m.typ) + " Value>"))
	})
	on("Cap", func(t *thread, m mirror, _ []value) status {
		switch m.typ.Kind {
		case interp.KSlice:
			return t.Return(interp.Int(int64(m.value().Cap())))
		case interp.KChan:
			return t.Return(interp.Int(int64(h.Cap(m.value().P))))
		}
		return t.Return(interp.Int(int64(lenOf(h, m.typ, m.value()))))
	})
	on("Equal", func(t *thread, m mirror, a []value) status {
		x, y := m.inner(t), h.mirrorOf(a[1]).inner(t)
		if x.typ == nil || y.typ == nil || x.typ != y.typ {
			return t.Return(interp.Bool(x.typ == y.typ))
		}
		eq, st := t.Equal(x.typ, x.value(), y.value())
		if st != interp.Done {
			return st
		}
		return t.Return(interp.Bool(eq))
	})
	on("Comparable", func(t *thread, m mirror, _ []value) status {
		x := m.inner(t)
		return t.Return(interp.Bool(x.typ == nil || t.M.Comparable(x.typ)))
	})
	on("Index", h.valueIndex)
	on("Field", func(t *thread, m mirror, a []value) status {
		i := int(a[1].Int())
		if m.typ == nil || m.typ.Kind != interp.KStruct {
			return h.wrongKind(t, "Field", m)
		}
		if i < 0 || i >= m.typ.NumField() {
			return h.reflectPanic(t, "reflect: Field index out of range")
		}
		return t.Return(mirrorValue(m.field(i)))
	})
	on("FieldByName", func(t *thread, m mirror, a []value) status {
		path := fieldPath(m.typ, a[1].Str())
		if path == nil {
			return t.Return(mirrorValue(mirror{}))
		}
		f, ok := h.follow(m, path)
		if !ok {
			return h.reflectPanic(t, "reflect: indirection through nil pointer to embedded struct field "+a[1].Str())
		}
		return t.Return(mirrorValue(f))
	})
	on("MapIndex", func(t *thread, m mirror, a []value) status {
		if m.typ == nil || m.typ.Kind != interp.KMap {
			return h.wrongKind(t, "MapIndex", m)
		}
		x := m.value()
		if x.P == nil {
			return t.Return(mirrorValue(mirror{}))
		}
		v, ok, st := x.Map().Get(t, h.mirrorOf(a[1]).as(t, t.M.Key(m.typ)))
		if st != interp.Done || !ok {
			if st != interp.Done {
				return st
			}
			return t.Return(mirrorValue(mirror{}))
		}
		return t.Return(mirrorValue(mirror{typ: t.M.Elem(m.typ), v: v}))
	})
	for name, f := range map[string]func(typ *interp.Type, x value) bool{
		"OverflowInt":   func(typ *interp.Type, x value) bool { return truncate(typ, x.N) != x.N },
		"OverflowUint":  func(typ *interp.Type, x value) bool { return truncate(typ, x.N) != x.N },
		"OverflowFloat": func(typ *interp.Type, x value) bool { return overflowsFloat(typ, x.Float()) },
	} {
		on(name, func(t *thread, m mirror, a []value) status { return t.Return(interp.Bool(f(m.typ, a[1]))) })
	}
	return out
}

// as gives the value as one of type to: what Go assigns without a conversion.
func (m mirror) as(t *thread, to *interp.Type) value {
	v := m.value()
	if to.Kind == interp.KInterface && m.typ != nil {
		return t.M.Box(m.typ, v)
	}
	return v
}

// inner is what an interface holds, and any other value itself.
func (m mirror) inner(t *thread) mirror {
	if m.typ == nil || m.typ.Kind != interp.KInterface {
		return m
	}
	v := m.value()
	if v.N == 0 {
		return mirror{}
	}
	typ, in := t.M.Unbox(v)
	return mirror{typ: typ, v: in, ro: m.ro}
}

// field is a struct's i-th field. What an unexported field leads to cannot be
// set, but for the fields of an embedded struct.
// go1.26.8 reflect/value.go:1264 Field
func (m mirror) field(i int) mirror {
	typ, off, v := m.typ.Field(i)
	f := mirror{typ: typ, addr: m.addr}
	if m.ro == roSticky {
		f.ro = roSticky
	}
	if !v.Exported() {
		f.ro = roSticky
		if v.Embedded() {
			f.ro = roEmbed
		}
	}
	if m.addr {
		f.v.P = interp.Offset(m.v.P, off)
	} else {
		f.v = typ.Part(m.v.P, off)
	}
	return f
}

// follow goes down a path of fields, through pointers to embedded structs.
func (h *host) follow(m mirror, path []int) (mirror, bool) {
	for n, i := range path {
		if n > 0 && m.typ.Kind == interp.KPointer {
			p := m.value()
			if p.P == nil {
				return m, false
			}
			m = mirror{typ: h.vm.Elem(m.typ), v: p, addr: true, ro: m.ro}
		}
		m = m.field(i)
	}
	return m, true
}

func (h *host) valueIndex(t *thread, m mirror, a []value) status {
	i := int(a[1].Int())
	if m.typ == nil {
		return h.wrongKind(t, "Index", m)
	}
	n := 0
	switch m.typ.Kind {
	case interp.KSlice, interp.KArray, interp.KString:
		n = lenOf(h, m.typ, m.value())
	default:
		return h.wrongKind(t, "Index", m)
	}
	if i < 0 || i >= n {
		what := map[interp.Kind]string{interp.KSlice: "slice", interp.KArray: "array", interp.KString: "string"}[m.typ.Kind]
		return h.reflectPanic(t, "reflect: "+what+" index out of range")
	}
	e := t.M.Elem(m.typ)
	switch {
	case m.typ.Kind == interp.KString:
		return t.Return(mirrorValue(mirror{typ: t.M.TypeOf(byteType), v: value{N: uint64(m.value().Str()[i])}, ro: m.ro}))
	case m.typ.Kind == interp.KSlice:
		return t.Return(mirrorValue(mirror{typ: e, v: value{P: interp.At(m.value(), e, i)}, addr: true, ro: m.ro}))
	case m.addr:
		return t.Return(mirrorValue(mirror{typ: e, v: value{P: interp.Offset(m.v.P, i*e.Size)}, addr: true, ro: m.ro}))
	}
	return t.Return(mirrorValue(mirror{typ: e, v: e.Part(m.v.P, i*e.Size), ro: m.ro}))
}

func is(k interp.Kind) func(interp.Kind) bool { return func(x interp.Kind) bool { return x == k } }

func unsigned(k interp.Kind) bool { return k.Integer() && !k.Signed() }

func float(k interp.Kind) bool { return k == interp.KFloat32 || k == interp.KFloat64 }

func pointing(k interp.Kind) bool {
	switch k {
	case interp.KPointer, interp.KMap, interp.KSlice, interp.KChan, interp.KFunc, interp.KUnsafe:
		return true
	}
	return false
}

func toFloat(typ *interp.Type, v value) float64 {
	if typ.Kind == interp.KFloat32 {
		return float64(math.Float32frombits(uint32(v.N)))
	}
	return v.Float()
}

// truncate brings a number to the size of an integer type.
func truncate(typ *interp.Type, n uint64) uint64 {
	shift := 64 - 8*uint(typ.Bytes)
	if typ.Kind.Signed() {
		return uint64(int64(n<<shift) >> shift)
	}
	return n << shift >> shift
}

// go1.26.8 reflect/value.go:1987 overflowFloat32
func overflowsFloat(typ *interp.Type, f float64) bool {
	x := math.Abs(f)
	return typ.Kind == interp.KFloat32 && math.MaxFloat32 < x && x <= math.MaxFloat64
}

// isZero tells whether a value is its type's zero.
func isZero(vm *interp.Machine, typ *interp.Type, v value) bool {
	switch typ.Kind {
	case interp.KStruct:
		for i := range typ.NumField() {
			if f, off, _ := typ.Field(i); !isZero(vm, f, f.Part(v.P, off)) {
				return false
			}
		}
		return true
	case interp.KArray:
		e := vm.Elem(typ)
		vm.Toil(typ.Size)
		for off := 0; off < typ.Size; off += max(e.Size, 1) {
			if !isZero(vm, e, e.Part(v.P, off)) {
				return false
			}
		}
		return true
	case interp.KComplex64, interp.KComplex128:
		return v.P == nil || v.Complex() == 0
	case interp.KString, interp.KInterface:
		return v.N == 0
	}
	return v.N == 0 && v.P == nil
}

// walk is a reflect.MapIter: the entries as they were when it was made.
type walk struct {
	key_, elem *interp.Type
	keys, vals []value
	at         int
}

func (h *host) newWalk(m mirror) *walk {
	w := &walk{key_: h.vm.Key(m.typ), elem: h.vm.Elem(m.typ), at: -1}
	if x := m.value(); x.P != nil {
		h.room(int64(2 * x.Map().Len()))
		x.Map().Entries(func(k, v value) { w.keys, w.vals = append(w.keys, k), append(w.vals, v) })
	}
	if n := len(w.keys); n > 1 {
		s := int(h.s.Rand(uint32(n)))
		w.keys = append(w.keys[s:n:n], w.keys[:s]...)
		w.vals = append(w.vals[s:n:n], w.vals[:s]...)
	}
	return w
}

func (w *walk) next() bool {
	w.at++
	return w.at < len(w.keys)
}

func (w *walk) key() mirror { return mirror{typ: w.key_, v: w.keys[w.at]} }
func (w *walk) val() mirror { return mirror{typ: w.elem, v: w.vals[w.at]} }
