package interp

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// The runtime's error types. They carry their text; programs see them through
// runtime.Error, by their method, or by %T.
type rtKind int

const (
	rtError  rtKind = iota // "runtime error: " and the text
	rtBounds               // the same, for indices
	rtPlain                // the text alone
	rtAssert
	rtPanicNil
	rtUnhashable // the text alone; a key that an empty map cannot be asked for
	rtKinds
)

type runtimeTypes [rtKinds]*Type

func newRuntimeTypes(m *Machine) runtimeTypes {
	var out runtimeTypes
	pkg := types.NewPackage("runtime", "runtime")
	for k, name := range [rtKinds]string{"errorString", "boundsError", "plainError", "TypeAssertionError", "PanicNilError", "unhashableTypeError"} {
		pkg := pkg
		if k == int(rtUnhashable) {
			pkg = types.NewPackage("internal/runtime/maps", "maps")
		}
		obj := types.NewTypeName(token.NoPos, pkg, name, nil)
		n := types.NewNamed(obj, types.Typ[types.String], nil)
		var t types.Type = n
		if k == int(rtAssert) || k == int(rtPanicNil) {
			t = types.NewPointer(n)
			if p := m.Prog.ImportedPackage("runtime"); p != nil {
				if o, ok := p.Pkg.Scope().Lookup(name).(*types.TypeName); ok {
					t = types.NewPointer(o.Type())
					n = o.Type().(*types.Named)
				}
			}
		}
		if n.NumMethods() == 0 {
			recv := types.NewVar(token.NoPos, pkg, "e", t)
			str := types.NewTuple(types.NewVar(token.NoPos, nil, "", types.Typ[types.String]))
			n.AddMethod(types.NewFunc(token.NoPos, pkg, "Error", types.NewSignatureType(recv, nil, nil, nil, str, false)))
			n.AddMethod(types.NewFunc(token.NoPos, pkg, "RuntimeError", types.NewSignatureType(recv, nil, nil, nil, nil, false)))
		}
		x := m.types.of(t)
		prefix := "runtime error: "
		if k != int(rtError) && k != int(rtBounds) {
			prefix = ""
		}
		x.natives = map[string]*Func{
			"Error": {Name: name + ".Error", results: 1, recover: -1, native: func(t *Thread, args []Value) Status {
				s := args[0]
				if x.Kind == KPointer {
					s = *s.Addr()
				}
				return t.Return(String(prefix + s.Str()))
			}},
			"RuntimeError": {Name: name + ".RuntimeError", recover: -1, native: func(t *Thread, _ []Value) Status { return t.Return() }},
		}
		out[k] = x
	}
	return out
}

// NativeType makes a named type of the standard library whose package has no
// bodies here. Its values are one cell; its methods are natives. With pointer
// it is the pointer to a type of that name.
func (m *Machine) NativeType(path, name string, pointer bool, methods map[string]Native) *Type {
	pkg := types.NewPackage(path, path[strings.LastIndexByte(path, '/')+1:])
	n := types.NewNamed(types.NewTypeName(token.NoPos, pkg, name, nil), types.Typ[types.Uintptr], nil)
	var t types.Type = n
	if pointer {
		t = types.NewPointer(n)
	}
	str := types.NewTuple(types.NewVar(token.NoPos, nil, "", types.Typ[types.String]))
	fns := map[string]*Func{}
	for _, id := range slices.Sorted(maps.Keys(methods)) {
		results := types.NewTuple()
		switch id {
		case "Error", "String":
			results = str
		case "Unwrap":
			results = types.NewTuple(types.NewVar(token.NoPos, nil, "", types.Universe.Lookup("error").Type()))
		}
		sig := types.NewSignatureType(types.NewVar(token.NoPos, pkg, "x", t), nil, nil, nil, results, false)
		n.AddMethod(types.NewFunc(token.NoPos, pkg, id, sig))
		fns[id] = &Func{Name: name + "." + id, recover: -1, results: 1, native: methods[id]}
	}
	x := m.types.of(t)
	x.natives = fns
	return x
}

// runtimeError makes an error of the runtime as an interface value.
func (m *Machine) runtimeError(k rtKind, text string) Value {
	t := m.rterr[k]
	if t.Kind == KPointer {
		cells := make([]Value, 8)
		cells[0] = String(text)
		return m.Box(t, Pointer(&cells[0]))
	}
	return m.Box(t, String(text))
}

// raise starts a panic with one of the runtime's errors.
func (t *Thread) raise(k rtKind, text string) Status {
	return t.Panic(t.M.runtimeError(k, text))
}

// RaiseError starts a panic with a runtime error of that text.
func (t *Thread) RaiseError(text string) Status { return t.raise(rtError, text) }

// RaisePlain starts a panic with a runtime error whose text has no prefix.
func (t *Thread) RaisePlain(text string) Status { return t.raise(rtPlain, text) }

func (t *Thread) nilDeref() Status {
	return t.raise(rtError, "invalid memory address or nil pointer dereference")
}

// Zero is the zero value of a type.
func (m *Machine) Zero(t *Type) Value {
	if t.Kind.agg() {
		return m.zeroCells(t)
	}
	return Value{}
}
