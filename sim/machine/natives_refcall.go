package machine

import (
	"fmt"
	"go/types"

	"runnext/sim/machine/interp"
)

// reflectCalls are what package reflect does with functions and methods.
func reflectCalls(h *host) map[string]native {
	return map[string]native{
		"(reflect.Value).Call": h.reflectCall,
		"(reflect.Value).Method": func(t *thread, a []value) status {
			m := h.mirrorOf(a[0])
			if m.typ == nil {
				return h.wrongKind(t, "Method", m)
			}
			list := h.methods(m.typ)
			if i := a[1].Int(); i >= 0 && i < int64(len(list)) {
				return h.bound(t, m, list[i])
			}
			return h.reflectPanic(t, "reflect: Method index out of range")
		},
		"(reflect.Value).MethodByName": func(t *thread, a []value) status {
			m := h.mirrorOf(a[0])
			if m.typ == nil {
				return h.wrongKind(t, "MethodByName", m)
			}
			for _, f := range h.methods(m.typ) {
				if f.Name() == a[1].Str() {
					return h.bound(t, m, f)
				}
			}
			return t.Return(mirrorValue(mirror{}))
		},
	}
}

// reflectCall is (reflect.Value).Call.
// go1.26.8 reflect/value.go:390 call
func (h *host) reflectCall(t *thread, a []value) status {
	m := h.mirrorOf(a[0])
	switch {
	case m.typ == nil || m.typ.Kind != interp.KFunc:
		return h.wrongKind(t, "Call", m)
	case m.ro != 0:
		return h.reflectPanic(t, "reflect: reflect.Value.Call using value obtained using unexported field")
	case m.value().Func() == nil:
		return h.reflectPanic(t, "reflect.Value.Call: call of nil function")
	}
	sig, n := m.typ.Signature(), a[1].Len()
	params := sig.Params().Len()
	fixed := params
	if sig.Variadic() {
		fixed--
	}
	if n < fixed {
		return h.reflectPanic(t, "reflect: Call with too few input arguments")
	}
	if n > fixed && !sig.Variadic() {
		return h.reflectPanic(t, "reflect: Call with too many input arguments")
	}
	var args, rest []value
	for i, in := range mirrors(a[1]) {
		to := sig.Params().At(min(i, params-1)).Type()
		if i >= fixed {
			to = to.Underlying().(*types.Slice).Elem()
		}
		x, typ := h.mirrorOf(in), t.M.TypeOf(to)
		if x.typ == nil {
			return h.reflectPanic(t, "reflect: Call using zero Value argument")
		}
		if !types.AssignableTo(x.typ.T, to) {
			return h.reflectPanic(t, fmt.Sprintf("reflect: Call using %s as type %s", t.M.TypeString(x.typ), t.M.TypeString(typ)))
		}
		if v := x.as(t, typ); i < fixed {
			args = append(args, v)
		} else {
			list := make([]value, max(typ.Size, 1))
			typ.Store(interp.Cells(list).P, v)
			rest = append(rest, list[:typ.Size]...)
		}
	}
	if sig.Variadic() {
		e := t.M.Elem(t.M.TypeOf(sig.Params().At(params - 1).Type()))
		args = append(args, interp.SliceOf(rest, max(e.Size, 1)))
	}
	return t.Call(m.value().Func(), args, func(t *thread) status {
		var out []value
		for i := range sig.Results().Len() {
			out = append(out, flat(mirror{typ: t.M.TypeOf(sig.Results().At(i).Type()), v: t.R[i]})...)
		}
		return t.Return(interp.SliceOf(out, mirrorCells))
	})
}

// methods are a type's exported methods, or all of an interface, in the order
// of their names.
func (h *host) methods(x *interp.Type) []*types.Func {
	var out []*types.Func
	set := h.vm.Prog.MethodSets.MethodSet(x.T)
	for i := range set.Len() {
		if f := set.At(i).Obj().(*types.Func); f.Exported() {
			out = append(out, f)
		}
	}
	return out
}

// bound is a method of a value as a function.
func (h *host) bound(t *thread, m mirror, f *types.Func) status {
	sig := f.Signature()
	typ := t.M.TypeOf(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))
	x := m.inner(t)
	if x.typ == nil {
		return h.reflectPanic(t, "reflect: Method on nil interface value")
	}
	call, recv := interp.Method(t.M, x.typ, f.Name()), x.value()
	return t.Return(mirrorValue(mirror{typ: typ, ro: m.ro, v: interp.FuncValue(
		interp.NativeFunc("reflect.methodValueCall", sig.Results().Len(), func(t *thread, a []value) status {
			return t.Call(call, append([]value{recv}, a...), func(t *thread) status { return interp.Done })
		}))}))
}

// method makes the reflect.Method of a type's i-th method; its function takes
// the receiver first.
// go1.26.8 reflect/type.go:470 Method
func (h *host) method(t *thread, x *interp.Type, f *types.Func, i int) value {
	sig := f.Signature()
	list := []*types.Var{}
	fn := value{}
	if x.Kind != interp.KInterface {
		list = append(list, types.NewParam(0, nil, "", x.T))
		fn = interp.FuncValue(interp.Method(t.M, x, f.Name()))
	}
	for p := range sig.Params().Variables() {
		list = append(list, p)
	}
	typ := t.M.TypeOf(types.NewSignatureType(nil, nil, nil, types.NewTuple(list...), sig.Results(), sig.Variadic()))
	m := mirror{}
	if fn.P != nil {
		m = mirror{typ: typ, v: fn}
	}
	cells := []value{interp.String(f.Name()), interp.String(""), h.rtype("reflect", typ)}
	return interp.Cells(append(append(cells, flat(m)...), interp.Int(int64(i))))
}

// methodCells is how many cells a reflect.Method has.
const methodCells = 4 + mirrorCells

// typeMethod and typeMethodByName are methods of reflect.Type.
func (h *host) typeMethod(t *thread, x *interp.Type, a []value) status {
	list, i := h.methods(x), int(a[1].Int())
	if i < 0 || i >= len(list) {
		return h.reflectPanic(t, "reflect: Method index out of range")
	}
	return t.Return(h.method(t, x, list[i], i))
}

func (h *host) typeMethodByName(t *thread, x *interp.Type, a []value) status {
	for i, f := range h.methods(x) {
		if f.Name() == a[1].Str() {
			return t.Return(h.method(t, x, f, i), interp.Bool(true))
		}
	}
	return t.Return(interp.Cells(make([]value, methodCells)), interp.Bool(false))
}
