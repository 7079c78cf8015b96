package machine

import (
	"go/types"
	"maps"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/machine/interp"
)

// methodsOf gives the declared methods of a named type.
func methodsOf(prog *ssa.Program, t *ssa.Type) []*ssa.Function {
	var out []*ssa.Function
	n, ok := t.Type().(*types.Named)
	if !ok {
		return nil
	}
	for i := range n.NumMethods() {
		if f := prog.FuncValue(n.Method(i)); f != nil {
			out = append(out, f)
		}
	}
	return out
}

// global finds a package-level variable of the program, nil if it is not there.
func (h *host) global(pkg, name string) *value {
	p := h.vm.Prog.ImportedPackage(pkg)
	if p == nil {
		return nil
	}
	g, ok := p.Members[name].(*ssa.Global)
	if !ok {
		return nil
	}
	return (*value)(h.vm.Global(g))
}

// textError is the type of an error that is a text: errors.New's.
func (h *host) textError() *interp.Type {
	if p := h.vm.Prog.ImportedPackage("errors"); p != nil && p.Type("errorString") != nil {
		return h.vm.TypeOf(types.NewPointer(p.Type("errorString").Type()))
	}
	return h.nativeType("errors", "errorString", map[string]native{
		"Error": func(t *thread, a []value) status { return t.Return(*a[0].Addr()) },
	})
}

// nativeType makes a pointer type of the standard library once.
func (h *host) nativeType(path, name string, methods map[string]native) *interp.Type {
	key := path + "." + name
	if v, ok := h.once[key]; ok {
		return h.vm.ByID(v.N)
	}
	t := h.vm.NativeType(path, name, true, methods)
	h.once[key] = value{N: t.ID}
	return t
}

// rtype boxes a type as the reflect.Type it is for the program.
func (h *host) rtype(path string, t *interp.Type) value {
	if t == nil {
		return value{}
	}
	// What fmt looks for is declared; the rest is found by name.
	methods := h.rtypeMethods(path)
	rt := h.nativeType(path, "rtype", map[string]native{"String": methods["String"]})
	if rt.NativeMethods() == 1 {
		rt.SetNativeMethods(methods)
		rt.SetNativeMethods(h.typeMethods())
	}
	return h.vm.Box(rt, value{P: t.Handle()})
}

func (h *host) rtypeMethods(path string) map[string]native {
	self := func(f func(t *thread, x *interp.Type, a []value) status) native {
		return func(t *thread, a []value) status { return f(t, interp.TypeOfHandle(a[0].P), a) }
	}
	return map[string]native{
		"String": self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(interp.String(t.M.TypeString(x))) }),
		"Name":   self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(interp.String(typeName(x))) }),
		"PkgPath": self(func(t *thread, x *interp.Type, _ []value) status {
			if n, ok := x.T.(*types.Named); ok && n.Obj().Pkg() != nil {
				return t.Return(interp.String(n.Obj().Pkg().Path()))
			}
			return t.Return(interp.String(""))
		}),
		"Size":       self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(interp.Int(x.Bytes)) }),
		"Kind":       self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(value{N: reflectKind(x)}) }),
		"Comparable": self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(interp.Bool(t.M.Comparable(x))) }),
		"Elem":       self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(h.rtype(path, t.M.Elem(x))) }),
		"NumField":   self(func(t *thread, x *interp.Type, _ []value) status { return t.Return(interp.Int(int64(x.NumField()))) }),
		"AssignableTo": self(func(t *thread, x *interp.Type, a []value) status {
			return t.Return(interp.Bool(types.AssignableTo(x.T, h.typeArg(a[1]).T)))
		}),
		"Implements": self(func(t *thread, x *interp.Type, a []value) status {
			ok, _ := t.M.Implements(x, h.typeArg(a[1]))
			return t.Return(interp.Bool(ok))
		}),
	}
}

// reflectKind is a type's reflect.Kind.
func reflectKind(t *interp.Type) uint64 {
	switch u := t.T.Underlying().(type) {
	case *types.Basic:
		for i, k := range []types.BasicKind{types.Invalid, types.Bool, types.Int, types.Int8, types.Int16, types.Int32, types.Int64,
			types.Uint, types.Uint8, types.Uint16, types.Uint32, types.Uint64, types.Uintptr, types.Float32, types.Float64,
			types.Complex64, types.Complex128} {
			if u.Kind() == k {
				return uint64(i)
			}
		}
		if u.Kind() == types.UnsafePointer {
			return 26
		}
		return 24 // string
	case *types.Array:
		return 17
	case *types.Chan:
		return 18
	case *types.Signature:
		return 19
	case *types.Interface:
		return 20
	case *types.Map:
		return 21
	case *types.Pointer:
		return 22
	case *types.Slice:
		return 23
	}
	return 25 // struct
}

// A reflect.Value of a simulated program is three cells: the type's number,
// the value or the address it can be set through, and whether it can.
type mirror struct {
	typ  *interp.Type
	v    value
	addr bool
	ro   uint8 // how it was reached through an unexported field
}

// What has been reached through an unexported field cannot be set; through an
// embedded one, only itself.
const (
	roSticky = 1 + iota
	roEmbed
)

// mirrorCells is how many cells a reflect.Value has.
const mirrorCells = 3

func (h *host) mirrorOf(v value) mirror {
	c := v.Cells(mirrorCells)
	return mirror{h.vm.ByID(c[0].N), c[1], c[2].N&1 != 0, uint8(c[2].N >> 1)}
}

// kindName is what reflect calls the kind of a type.
func kindName(t *interp.Type) string { return reflect.Kind(reflectKind(t)).String() }

func (m mirror) value() value {
	if m.addr {
		return m.typ.Load(m.v.P)
	}
	return m.v
}

func mirrorValue(m mirror) value { return interp.Cells(flat(m)) }

func flat(m mirror) []value {
	c := []value{{}, m.v, {N: uint64(m.ro) << 1}}
	if m.addr {
		c[2].N |= 1
	}
	if m.typ != nil {
		c[0].N = m.typ.ID
	}
	return c
}

// reflectNatives are the parts of reflection that the sources of errors, sort
// and context use, and what programs ask of types.
func reflectNatives(h *host) map[string]native {
	out := map[string]native{}
	for _, p := range []string{"internal/reflectlite", "reflect"} {
		out[p+".TypeOf"] = func(t *thread, a []value) status { return t.Return(h.rtype(p, t.M.Dynamic(a[0]))) }
		out[p+".ValueOf"] = func(t *thread, a []value) status {
			if a[0].N == 0 {
				return t.Return(mirrorValue(mirror{}))
			}
			typ, v := t.M.Unbox(a[0])
			return t.Return(mirrorValue(mirror{typ: typ, v: v}))
		}
		on := func(name string, f func(t *thread, m mirror, a []value) status) {
			out["("+p+".Value)."+name] = func(t *thread, a []value) status { return f(t, h.mirrorOf(a[0]), a) }
		}
		on("NumMethod", func(t *thread, m mirror, _ []value) status { return t.Return(interp.Int(int64(h.numMethod(m.typ)))) })
		on("Type", func(t *thread, m mirror, _ []value) status { return t.Return(h.rtype(p, m.typ)) })
		on("Kind", func(t *thread, m mirror, _ []value) status {
			if m.typ == nil {
				return t.Return(value{})
			}
			return t.Return(value{N: reflectKind(m.typ)})
		})
		on("IsNil", func(t *thread, m mirror, _ []value) status {
			v := m.value()
			return t.Return(interp.Bool(v.P == nil && (m.typ.Kind != interp.KInterface || v.N == 0)))
		})
		on("Len", func(t *thread, m mirror, _ []value) status {
			return t.Return(interp.Int(int64(lenOf(h, m.typ, m.value()))))
		})
		on("Elem", func(t *thread, m mirror, _ []value) status {
			v := m.value()
			if m.typ.Kind == interp.KInterface {
				if v.N == 0 {
					return t.Return(mirrorValue(mirror{}))
				}
				typ, in := t.M.Unbox(v)
				return t.Return(mirrorValue(mirror{typ: typ, v: in, ro: m.ro}))
			}
			if m.typ.Kind != interp.KPointer {
				return h.wrongKind(t, "Elem", m)
			}
			return t.Return(mirrorValue(h.pointee(m)))
		})
		on("Set", func(t *thread, m mirror, a []value) status {
			from := h.mirrorOf(a[1])
			v := from.value()
			if m.typ.Kind == interp.KInterface {
				v = t.M.Box(from.typ, v)
			}
			m.typ.Store(m.v.P, v)
			return t.Return()
		})
		out[p+".Swapper"] = func(t *thread, a []value) status {
			typ, s := t.M.Unbox(a[0])
			e := t.M.Elem(typ)
			return t.Return(interp.FuncValue(interp.NativeFunc("reflect.Swapper", 0, func(t *thread, a []value) status {
				x, y := interp.At(s, e, int(a[0].Int())), interp.At(s, e, int(a[1].Int()))
				vx, vy := e.Load(x), e.Load(y)
				e.Store(x, vy)
				e.Store(y, vx)
				return t.Return()
			})))
		}
	}
	maps.Copy(out, valueNatives(h))
	maps.Copy(out, settingNatives(h))
	maps.Copy(out, reflectChans(h))
	maps.Copy(out, reflectCalls(h))
	maps.Copy(out, reflectSlices(h))
	out["context.contextName"] = h.contextName
	out["reflect.DeepEqual"] = func(t *thread, a []value) status {
		d := deepEqual{h: h, t: t, seen: map[comparison]bool{}}
		return t.Return(interp.Bool(d.equal(t.M.TypeOf(anyType), a[0], a[1])))
	}
	return out
}

// contextName is the name of a context in the text of another: what String
// gives, or the type.
// go1.26.8 context/context.go:535 contextName
func (h *host) contextName(t *thread, a []value) status {
	typ := t.M.Dynamic(a[0])
	if ok, _ := t.M.Implements(typ, t.M.TypeOf(stringerType)); ok {
		_, recv := t.M.Unbox(a[0])
		return t.Call(interp.Method(t.M, typ, "String"), []value{recv}, func(t *thread) status { return interp.Done })
	}
	return t.Return(interp.String(t.M.TypeString(typ)))
}

func lenOf(h *host, t *interp.Type, v value) int {
	switch t.Kind {
	case interp.KString:
		return int(v.N)
	case interp.KMap:
		return v.Map().Len()
	case interp.KChan:
		return h.s.Len(h.cur, chanOf(v.P))
	case interp.KArray:
		return int(t.T.Underlying().(*types.Array).Len())
	}
	return v.Len()
}
