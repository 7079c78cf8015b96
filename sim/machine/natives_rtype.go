package machine

import (
	"go/types"
	"strings"

	"runnext/sim/machine/interp"
	"runnext/sim/typename"
)

// typeArg is the type behind a reflect.Type of the program.
func (h *host) typeArg(v value) *interp.Type {
	_, p := h.vm.Unbox(v)
	return interp.TypeOfHandle(p.P)
}

func (h *host) pointerTo(t *interp.Type) *interp.Type { return h.vm.TypeOf(types.NewPointer(t.T)) }

// pointee is what a pointer points to; the zero mirror for nil.
func (h *host) pointee(m mirror) mirror {
	p := m.value()
	if p.P == nil {
		return mirror{}
	}
	return mirror{typ: h.vm.Elem(m.typ), v: value{P: p.P}, addr: true, ro: m.ro}
}

// typeMethods are the methods of reflect.Type beyond those that the sources of
// errors and sort use.
func (h *host) typeMethods() map[string]native {
	self := func(f func(t *thread, x *interp.Type, a []value) status) native {
		return func(t *thread, a []value) status { return f(t, interp.TypeOfHandle(a[0].P), a) }
	}
	flag := func(f func(x *interp.Type, v value) bool) native {
		return self(func(t *thread, x *interp.Type, a []value) status { return t.Return(interp.Bool(f(x, a[1]))) })
	}
	give := func(typ types.Type) value { return h.rtype("reflect", h.vm.TypeOf(typ)) }
	return map[string]native{
		"Key":  self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(h.rtype("reflect", t.M.Key(x))) }),
		"Bits": self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(interp.Int(8 * x.Bytes)) }),
		"Len": self(func(t *thread, x *interp.Type, _ []value) status {
			arr, ok := x.T.Underlying().(*types.Array)
			if !ok {
				return h.reflectPanic(t, "reflect: Len of non-array type "+t.M.TypeString(x))
			}
			return t.Return(interp.Int(arr.Len()))
		}),
		"Field": self(func(t *thread, x *interp.Type, a []value) status {
			i := int(a[1].Int())
			if x.Kind != interp.KStruct {
				return h.reflectPanic(t, "reflect: Field of non-struct type "+t.M.TypeString(x))
			}
			if i < 0 || i >= x.NumField() {
				return h.reflectPanic(t, "reflect: Field index out of bounds")
			}
			return t.Return(h.structField(x, []int{i}))
		}),
		"FieldByName": self(func(t *thread, x *interp.Type, a []value) status {
			path := fieldPath(x, a[1].Str())
			if path == nil {
				return t.Return(interp.Cells(make([]value, fieldCells)), interp.Bool(false))
			}
			return t.Return(h.structField(x, path), interp.Bool(true))
		}),
		"NumMethod": self(func(t *thread, x *interp.Type, _ []value) status {
			return t.Return(interp.Int(int64(h.numMethod(x))))
		}),
		"Method":  self(h.typeMethod),
		"CanSeq":  self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(interp.Bool(ranges(x, 1))) }),
		"CanSeq2": self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(interp.Bool(ranges(x, 2))) }),
		"ChanDir": self(func(t *thread, x *interp.Type, _ []value) status {
			if x.Kind != interp.KChan {
				return h.reflectPanic(t, "reflect: ChanDir of non-chan type "+t.M.TypeString(x))
			}
			return t.Return(interp.Int([...]int64{types.SendRecv: 3, types.SendOnly: 2, types.RecvOnly: 1}[chanDir(x)]))
		}),
		"MethodByName":  self(h.typeMethodByName),
		"OverflowInt":   flag(func(x *interp.Type, v value) bool { return truncate(x, v.N) != v.N }),
		"OverflowUint":  flag(func(x *interp.Type, v value) bool { return truncate(x, v.N) != v.N }),
		"OverflowFloat": flag(func(x *interp.Type, v value) bool { return overflowsFloat(x, v.Float()) }),
		"ConvertibleTo": flag(func(x *interp.Type, v value) bool { return types.ConvertibleTo(x.T, h.typeArg(v).T) }),
		"NumIn": self(func(t *thread, x *interp.Type, _ []value) status {
			return t.Return(interp.Int(int64(x.Signature().Params().Len())))
		}),
		"NumOut": self(func(t *thread, x *interp.Type, _ []value) status {
			return t.Return(interp.Int(int64(x.Signature().Results().Len())))
		}),
		"In": self(func(t *thread, x *interp.Type, a []value) status {
			return t.Return(give(x.Signature().Params().At(int(a[1].Int())).Type()))
		}),
		"Out": self(func(t *thread, x *interp.Type, a []value) status {
			return t.Return(give(x.Signature().Results().At(int(a[1].Int())).Type()))
		}),
		"IsVariadic": self(func(t *thread, x *interp.Type, _ []value) status {
			return t.Return(interp.Bool(x.Signature().Variadic()))
		}),
	}
}

func isReflectValue(x *interp.Type) bool {
	n, ok := x.T.(*types.Named)
	return ok && n.Obj().Name() == "Value" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "reflect"
}

// numMethod counts the methods of an interface, or the exported ones of another
// type.
func (h *host) numMethod(x *interp.Type) int {
	if i, ok := x.T.Underlying().(*types.Interface); ok {
		return i.NumMethods()
	}
	n := 0
	set := h.vm.Prog.MethodSets.MethodSet(x.T)
	for i := range set.Len() {
		if set.At(i).Obj().Exported() {
			n++
		}
	}
	return n
}

// fieldCells is how many cells a reflect.StructField has.
const fieldCells = 7

// structField makes a reflect.StructField.
// go1.26.8 reflect/type.go:1081 StructField
func (h *host) structField(x *interp.Type, path []int) value {
	index := make([]value, len(path))
	for n, i := range path {
		index[n] = interp.Int(int64(i))
	}
	for _, i := range path[:len(path)-1] {
		if x, _, _ = x.Field(i); x.Kind == interp.KPointer {
			x = h.vm.Elem(x)
		}
	}
	i := path[len(path)-1]
	typ, _, v := x.Field(i)
	st := x.T.Underlying().(*types.Struct)
	pkg := ""
	if !v.Exported() {
		pkg = v.Pkg().Path()
	}
	return interp.Cells([]value{interp.String(v.Name()), interp.String(pkg), h.rtype("reflect", typ),
		interp.String(st.Tag(i)), interp.Int(x.ByteOffset(i)), interp.Slice(index), interp.Bool(v.Embedded())})
}

// fieldPath finds a field by its name, also through embedded structs, nil when
// there is none or more than one.
func fieldPath(x *interp.Type, name string) []int {
	if x == nil || x.Kind != interp.KStruct {
		return nil
	}
	var pkg *types.Package
	if n, ok := x.T.(*types.Named); ok {
		pkg = n.Obj().Pkg()
	}
	obj, path, _ := types.LookupFieldOrMethod(x.T, true, pkg, name)
	if v, ok := obj.(*types.Var); !ok || !v.IsField() {
		return nil
	}
	return path
}

// typeName is a type's name without its package, empty for a type literal.
func typeName(x *interp.Type) string {
	switch n := x.T.(type) {
	case *types.Named:
		s := typename.Of(n)
		if p := n.Obj().Pkg(); p != nil {
			s = strings.TrimPrefix(s, p.Name()+".")
		}
		return s
	case *types.Basic:
		return n.Name()
	}
	return ""
}

// reflectGenerics are the generic functions of package reflect: each instance
// has a native of its own.
func reflectGenerics(h *host) map[string]func(*interp.Machine, []types.Type) native {
	return map[string]func(*interp.Machine, []types.Type) native{
		"reflect.TypeFor": func(vm *interp.Machine, args []types.Type) native {
			return func(t *thread, _ []value) status { return t.Return(h.rtype("reflect", vm.TypeOf(args[0]))) }
		},
		"reflect.TypeAssert": func(vm *interp.Machine, args []types.Type) native {
			want := vm.TypeOf(args[0])
			return func(t *thread, a []value) status { return h.typeAssert(t, want, h.mirrorOf(a[0])) }
		},
	}
}

// go1.26.8 reflect/value.go:1518 TypeAssert
func (h *host) typeAssert(t *thread, want *interp.Type, m mirror) status {
	if m.typ == nil {
		return h.wrongKind(t, "Interface", m)
	}
	if m.ro != 0 {
		return h.reflectPanic(t, "reflect.TypeAssert: cannot return value obtained from unexported field or method")
	}
	v := m.value()
	typ := m.typ
	if typ.Kind == interp.KInterface {
		if v.N == 0 {
			return t.Return(t.M.Zero(want), interp.Bool(false))
		}
		typ, v = t.M.Unbox(v)
	}
	if want.Kind == interp.KInterface {
		if ok, _ := t.M.Implements(typ, want); ok {
			return t.Return(t.M.Box(typ, v), interp.Bool(true))
		}
	} else if typ == want {
		return t.Return(v, interp.Bool(true))
	}
	return t.Return(t.M.Zero(want), interp.Bool(false))
}

// reflectPanic panics with a text.
func (h *host) reflectPanic(t *thread, text string) status {
	return t.Panic(t.M.Box(t.M.TypeOf(types.Typ[types.String]), interp.String(text)))
}

// go1.26.8 reflect/value.go:174 ValueError
func (h *host) wrongKind(t *thread, method string, m mirror) status {
	kind := "zero"
	if m.typ != nil {
		kind = kindName(m.typ)
	}
	return h.reflectPanic(t, "reflect: call of reflect.Value."+method+" on "+kind+" Value")
}
