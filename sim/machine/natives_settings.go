package machine

import (
	"go/types"
	"reflect"
	"unsafe"

	"runnext/sim/machine/interp"
)

var byteType = types.Typ[types.Uint8]

// settingNatives are the methods of reflect.Value that write, and the functions
// of package reflect that make values.
func settingNatives(h *host) map[string]native {
	out := map[string]native{
		"(*reflect.MapIter).Next":  func(t *thread, a []value) status { return t.Return(interp.Bool((*walk)(a[0].P).next())) },
		"(*reflect.MapIter).Key":   func(t *thread, a []value) status { return t.Return(mirrorValue((*walk)(a[0].P).key())) },
		"(*reflect.MapIter).Value": func(t *thread, a []value) status { return t.Return(mirrorValue((*walk)(a[0].P).val())) },
		"(reflect.Kind).String":    func(t *thread, a []value) status { return t.Return(interp.String(reflect.Kind(a[0].N).String())) },
		"(reflect.StructTag).Get": func(t *thread, a []value) status {
			return t.Return(interp.String(reflect.StructTag(a[0].Str()).Get(a[1].Str())))
		},
		"(reflect.StructTag).Lookup": func(t *thread, a []value) status {
			s, ok := reflect.StructTag(a[0].Str()).Lookup(a[1].Str())
			return t.Return(interp.String(s), interp.Bool(ok))
		},
		// The second of the seven cells is PkgPath.
		"(reflect.StructField).IsExported": func(t *thread, a []value) status { return t.Return(interp.Bool(a[0].Cells(2)[1].N == 0)) },
		"reflect.Indirect": func(t *thread, a []value) status {
			m := h.mirrorOf(a[0])
			if m.typ != nil && m.typ.Kind == interp.KPointer {
				m = h.pointee(m)
			}
			return t.Return(mirrorValue(m))
		},
		"reflect.MakeSlice": func(t *thread, a []value) status {
			typ, n, c := h.typeArg(a[0]), int(a[1].Int()), int(a[2].Int())
			if n < 0 || c < n {
				return h.reflectPanic(t, "reflect.MakeSlice: len > cap")
			}
			if !t.M.Room(int64(c) * int64(t.M.Elem(typ).Size)) {
				return t.Throw(interp.OutOfMemory)
			}
			v := value{N: uint64(c)<<32 | uint64(uint32(n)), P: t.M.Elem(typ).New(max(c, 1))}
			return t.Return(mirrorValue(mirror{typ: typ, v: v}))
		},
	}
	out["reflect.PtrTo"] = func(t *thread, a []value) status { return t.Return(h.rtype("reflect", h.pointerTo(h.typeArg(a[0])))) }
	out["reflect.PointerTo"] = out["reflect.PtrTo"]
	out["reflect.SliceOf"] = func(t *thread, a []value) status {
		return t.Return(h.rtype("reflect", t.M.TypeOf(types.NewSlice(h.typeArg(a[0]).T))))
	}
	out["reflect.MapOf"] = func(t *thread, a []value) status {
		return t.Return(h.rtype("reflect", t.M.TypeOf(types.NewMap(h.typeArg(a[0]).T, h.typeArg(a[1]).T))))
	}
	out["reflect.MakeMap"] = func(t *thread, a []value) status {
		typ := h.typeArg(a[0])
		return t.Return(mirrorValue(mirror{typ: typ, v: t.M.MakeMap(typ)}))
	}
	out["reflect.MakeMapWithSize"] = out["reflect.MakeMap"]
	out["reflect.New"] = func(t *thread, a []value) status {
		typ := h.typeArg(a[0])
		return t.Return(mirrorValue(mirror{typ: h.pointerTo(typ), v: value{P: h.fresh(typ)}}))
	}
	out["reflect.Zero"] = func(t *thread, a []value) status {
		typ := h.typeArg(a[0])
		return t.Return(mirrorValue(mirror{typ: typ, v: t.M.Zero(typ)}))
	}
	set := func(name string, fits func(interp.Kind) bool, f func(t *thread, m mirror, a []value) status) {
		out["(reflect.Value)."+name] = func(t *thread, a []value) status {
			m := h.mirrorOf(a[0])
			switch {
			case m.typ == nil || !fits(m.typ.Kind):
				return h.wrongKind(t, name, m)
			case m.ro != 0:
				return h.reflectPanic(t, "reflect: reflect.Value."+name+" using value obtained using unexported field")
			case !m.addr:
				return h.reflectPanic(t, "reflect: reflect.Value."+name+" using unaddressable value")
			}
			return f(t, m, a)
		}
	}
	put := func(name string, fits func(interp.Kind) bool, f func(m mirror, x value) value) {
		set(name, fits, func(t *thread, m mirror, a []value) status {
			m.typ.Store(m.v.P, f(m, a[1]))
			return t.Return()
		})
	}
	same := func(_ mirror, x value) value { return x }
	put("SetBool", is(interp.KBool), same)
	put("SetString", is(interp.KString), same)
	put("SetBytes", is(interp.KSlice), same)
	put("SetInt", interp.Kind.Signed, func(m mirror, x value) value { return value{N: truncate(m.typ, x.N)} })
	put("SetUint", unsigned, func(m mirror, x value) value { return value{N: truncate(m.typ, x.N)} })
	put("SetFloat", float, func(m mirror, x value) value {
		if m.typ.Kind == interp.KFloat32 {
			return interp.Float32(float32(x.Float()))
		}
		return x
	})
	put("SetLen", is(interp.KSlice), func(m mirror, x value) value {
		s := m.value()
		return value{N: uint64(s.Cap())<<32 | uint64(uint32(x.N)), P: s.P}
	})
	set("SetZero", func(interp.Kind) bool { return true }, func(t *thread, m mirror, _ []value) status {
		m.typ.Store(m.v.P, t.M.Zero(m.typ))
		return t.Return()
	})
	set("Grow", is(interp.KSlice), func(t *thread, m mirror, a []value) status {
		m.v.Addr().N, m.v.Addr().P = h.grown(t.M.Elem(m.typ), m.value(), int(a[1].Int()))
		return t.Return()
	})
	set("Set", func(interp.Kind) bool { return true }, func(t *thread, m mirror, a []value) status {
		from := h.mirrorOf(a[1])
		if from.typ == nil {
			return h.reflectPanic(t, "reflect: call of reflect.Value.Set on zero Value")
		}
		if from.ro != 0 {
			return h.reflectPanic(t, "reflect: reflect.Value.Set using value obtained using unexported field")
		}
		if !types.AssignableTo(from.typ.T, m.typ.T) {
			return h.reflectPanic(t, "reflect.Set: value of type "+t.M.TypeString(from.typ)+" is not assignable to type "+t.M.TypeString(m.typ))
		}
		m.typ.Store(m.v.P, from.as(t, m.typ))
		return t.Return()
	})
	out["(reflect.Value).SetMapIndex"] = h.setMapIndex
	out["(reflect.Value).Convert"] = h.convertValue
	return out
}

// fresh allocates a zero value of a type.
func (h *host) fresh(typ *interp.Type) unsafe.Pointer {
	p := typ.New(1)
	typ.Store(p, h.vm.Zero(typ))
	return p
}

// grown is a slice with room for n more elements.
// go1.26.8 reflect/value.go:3838 growslice
func (h *host) grown(e *interp.Type, s value, n int) (uint64, unsafe.Pointer) {
	l, c := s.Len(), s.Cap()
	if l+n <= c {
		return s.N, s.P
	}
	c = max(h.vm.GrowCap(e, l+n, c), l+n)
	h.room(int64(c) * int64(e.Size))
	p := e.New(c)
	for i := range c {
		to := interp.Offset(p, i*e.Size)
		if i < l {
			e.Store(to, e.Load(interp.At(s, e, i)))
		} else {
			e.Store(to, h.vm.Zero(e))
		}
	}
	return uint64(c)<<32 | uint64(uint32(l)), p
}

func (h *host) setMapIndex(t *thread, a []value) status {
	m, key, elem := h.mirrorOf(a[0]), h.mirrorOf(a[1]), h.mirrorOf(a[2])
	if m.typ == nil || m.typ.Kind != interp.KMap {
		return h.wrongKind(t, "SetMapIndex", m)
	}
	x := m.value()
	k := key.as(t, t.M.Key(m.typ))
	st := interp.Done
	switch {
	case elem.typ == nil && x.P != nil:
		st = x.Map().Delete(t, k)
	case elem.typ != nil && x.P == nil:
		return t.RaisePlain("assignment to entry in nil map")
	case elem.typ != nil:
		st = x.Map().Set(t, k, elem.as(t, t.M.Elem(m.typ)))
	}
	if st != interp.Done {
		return st
	}
	return t.Return()
}

// convertValue is Value.Convert between types of one underlying type and
// between numbers.
func (h *host) convertValue(t *thread, a []value) status {
	m := h.mirrorOf(a[0])
	to := h.typeArg(a[1])
	v := m.value()
	number := func(k interp.Kind) bool { return k.Integer() || float(k) }
	switch {
	case types.Identical(m.typ.T.Underlying(), to.T.Underlying()), to.Kind == interp.KInterface && types.AssignableTo(m.typ.T, to.T):
		v = m.as(t, to)
	case m.typ.Kind.Integer() && to.Kind.Integer():
		v = value{N: truncate(to, v.N)}
	case number(m.typ.Kind) && number(to.Kind):
		v = convertNumber(m.typ, to, v)
	case m.typ.Kind == interp.KString && to.Kind == interp.KSlice && t.M.Elem(to).Kind == interp.KUint8:
		v = interp.ByteSlice([]byte(v.Str()))
	case m.typ.Kind == interp.KSlice && to.Kind == interp.KString && t.M.Elem(m.typ).Kind == interp.KUint8:
		v = interp.String(string(v.Bytes()))
	default:
		return h.reflectPanic(t, "reflect.Value.Convert: value of type "+t.M.TypeString(m.typ)+" cannot be converted to type "+t.M.TypeString(to))
	}
	return t.Return(mirrorValue(mirror{typ: to, v: v, ro: m.ro}))
}

func convertNumber(from, to *interp.Type, v value) value {
	f := toFloat(from, v)
	switch {
	case from.Kind.Signed():
		f = float64(v.Int())
	case from.Kind.Integer():
		f = float64(v.N)
	}
	switch {
	case to.Kind == interp.KFloat32:
		return interp.Float32(float32(f))
	case to.Kind == interp.KFloat64:
		return interp.Float(f)
	case to.Kind.Signed():
		return value{N: truncate(to, uint64(int64(f)))}
	}
	return value{N: truncate(to, uint64(f))}
}
