package interp

import (
	"go/types"

	"runnext/sim/typename"
)

// method finds what a call of an interface's method runs, and its receiver.
func (t *Thread) method(x *extra, v Value) (*Func, Value, Status) {
	if v.N == 0 {
		return nil, Value{}, t.nilDeref()
	}
	dyn, recv := t.M.Unbox(v)
	if x.cacheT == v.N {
		return x.cacheF, recv, Done
	}
	fn := t.M.Method(dyn, x.call.Method.Pkg(), x.call.Method.Name())
	if fn == nil {
		return nil, Value{}, t.Fail(&MissingError{Name: t.M.TypeString(dyn) + "." + x.call.Method.Name()})
	}
	x.cacheT, x.cacheF = v.N, fn
	return fn, recv, Done
}

// Method finds the method of a dynamic type, nil when it has none of that name.
func (m *Machine) Method(t *Type, pkg *types.Package, name string) *Func {
	id := types.Id(pkg, name)
	if f, ok := t.methods[id]; ok {
		return f
	}
	var f *Func
	if t.natives != nil {
		f = t.natives[id]
	} else if sel := m.Prog.MethodSets.MethodSet(t.T).Lookup(pkg, name); sel != nil {
		if fn := m.Prog.MethodValue(sel); fn != nil {
			f = m.Func(fn)
		}
	}
	if t.methods == nil {
		t.methods = map[string]*Func{}
	}
	t.methods[id] = f
	return f
}

// Implements tells whether t has all methods of the interface, and which one is
// missing.
func (m *Machine) Implements(t, iface *Type) (bool, string) {
	if r, ok := iface.implements[t]; ok {
		return r.ok, r.missing
	}
	var r methodSet
	if fn, _ := types.MissingMethod(t.T, iface.T.Underlying().(*types.Interface), true); fn != nil {
		r.missing = fn.Name()
	} else {
		r.ok = true
	}
	if iface.implements == nil {
		iface.implements = map[*Type]methodSet{}
	}
	iface.implements[t] = r
	return r.ok, r.missing
}

// assert is x.(T), in both forms.
func (t *Thread) assert(in *inst, regs []Value, v Value) Status {
	want, from := in.x.typ, in.x.to
	ok, missing := false, ""
	out := Value{}
	if v.N != 0 {
		dyn, inner := t.M.Unbox(v)
		if want.Kind == KInterface {
			if ok, missing = t.M.Implements(dyn, want); ok {
				out = v
			}
		} else if dyn == want {
			ok, out = true, inner
		}
	}
	if in.ok {
		if !ok {
			out = t.M.Zero(want)
		}
		regs[in.dst], regs[in.dst+1] = out, Bool(ok)
		return Done
	}
	if ok {
		regs[in.dst] = out
		return Done
	}
	return t.raise(rtAssert, t.assertText(from, want, v, missing))
}

// assertText is what a failed assertion says.
// go1.26.8 runtime/error.go:44 Error
func (t *Thread) assertText(from, want *Type, v Value, missing string) string {
	w := t.M.TypeString(want)
	if v.N == 0 {
		return "interface conversion: " + ifaceName(t.M, from, want) + " is nil, not " + w
	}
	dyn, _ := t.M.Unbox(v)
	have := t.M.TypeString(dyn)
	if missing != "" {
		return "interface conversion: " + have + " is not " + w + ": missing method " + missing
	}
	text := "interface conversion: " + ifaceName(t.M, from, nil) + " is " + have + ", not " + w
	if have == w {
		text += " (types from different scopes)"
	}
	return text
}

func ifaceName(m *Machine, from, want *Type) string {
	if want != nil && want.Kind == KInterface {
		return "interface"
	}
	return m.TypeString(from)
}

// Comparable tells whether values of a type can be compared without a panic of
// the type itself.
func (m *Machine) Comparable(t *Type) bool {
	if t.comparable == 0 {
		t.comparable = -1
		if types.Comparable(t.T) {
			t.comparable = 1
		}
	}
	return t.comparable > 0
}

// TypeString writes a type as the runtime does: packages by their names, any
// spelled out.
func (m *Machine) TypeString(t *Type) string {
	if t == nil {
		return "<nil>"
	}
	return typename.Of(t.T)
}

// pointers tells whether values of t hold pointers.
func (m *Machine) pointers(t *Type) bool {
	if t.pointers == 0 {
		t.pointers = -1
		if m.holdsPointers(t) {
			t.pointers = 1
		}
	}
	return t.pointers > 0
}

func (m *Machine) holdsPointers(t *Type) bool {
	switch t.Kind {
	case KBool, KFloat32, KFloat64, KComplex64, KComplex128:
		return false
	case KStruct:
		for _, f := range t.fields {
			if m.pointers(f.typ) {
				return true
			}
		}
		return false
	case KArray:
		return m.pointers(t.elem)
	}
	return !t.Kind.integer()
}

func arrayLen(t *Type) int64 { return t.T.Underlying().(*types.Array).Len() }
