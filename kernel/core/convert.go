package core

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/program"
	"runnext/sim/ssaform"
)

// makeInterface puts a value into an interface, with the type that Go gives
// it, and not the one it has here.
func (f *function) makeInterface(i *ssa.MakeInterface) {
	if f.shape.reg(i) == "" {
		return // written as it is, or not used
	}
	t := i.X.Type()
	f.e.meets(t, map[int]bool{})
	f.set(i, "%s(%s)", f.e.helper("box", t, i.Type()), f.x(i.X))
}

// meets notes the named types whose methods compiled code may find in a value.
func (e *emitter) meets(t types.Type, seen map[int]bool) {
	t = types.Unalias(t)
	n := e.types.number(t)
	if seen[n] {
		return
	}
	seen[n] = true
	switch t := t.(type) {
	case *types.Named:
		if _, ok := isCarried(t); ok {
			return
		}
		e.boxed[n] = true
		e.meets(t.Underlying(), seen)
	case *types.Pointer:
		e.meets(t.Elem(), seen)
	case *types.Slice:
		e.meets(t.Elem(), seen)
	case *types.Array:
		e.meets(t.Elem(), seen)
	case *types.Chan:
		e.meets(t.Elem(), seen)
	case *types.Map:
		e.meets(t.Key(), seen)
		e.meets(t.Elem(), seen)
	case *types.Struct:
		e.boxed[n] = true
		for v := range t.Fields() {
			e.meets(v.Type(), seen)
		}
	case *types.Signature:
		for v := range t.Params().Variables() {
			e.meets(v.Type(), seen)
		}
		for v := range t.Results().Variables() {
			e.meets(v.Type(), seen)
		}
	}
}

func (f *function) typeAssert(i *ssa.TypeAssert) {
	if ssaform.IsNilCheck(i) {
		if _, null := i.X.(*ssa.Const); null {
			f.line("h.Nil(%d)", f.e.site(i.Pos()))
		} else {
			f.line("if %s == nil { h.Nil(%d) }", f.x(i.X), f.e.site(i.Pos()))
		}
		return
	}
	f.e.types.number(i.AssertedType)
	if i.CommaOk {
		f.setTuple(i, fmt.Sprintf("%s(%s)", f.e.helper("assert2", i.X.Type(), i.AssertedType), f.x(i.X)))
		return
	}
	f.set(i, "%s(%d, %s)", f.e.helper("assert", i.X.Type(), i.AssertedType), f.e.site(i.Pos()), f.x(i.X))
}

// changeType gives a value another type of the same underlying one. Most such
// types are one here.
func (f *function) changeType(i *ssa.ChangeType) {
	r := f.shape.reg(i)
	if r == "" {
		return
	}
	from, to := f.e.types.core(i.X.Type()), f.e.types.core(i.Type())
	if from == to {
		f.line("%s = %s", r, f.x(i.X))
		return
	}
	if b, ok := i.Type().Underlying().(*types.Basic); ok && b.Kind() != types.UnsafePointer {
		f.line("%s = %s(%s)", r, to, f.x(i.X))
		return
	}
	f.assign(r, i.Type(), fmt.Sprintf("%s(%s)", f.e.helper("retype", i.X.Type(), i.Type()), f.x(i.X)))
}

// convert writes a conversion that changes a value's form.
func (f *function) convert(i *ssa.Convert) {
	if f.shape.folded[i] {
		return
	}
	r := f.shape.reg(i)
	if r == "" {
		return
	}
	if isNumeric(i.Type()) && isNumeric(i.X.Type()) {
		if _, isConst := i.X.(*ssa.Const); !isConst {
			f.line("%s = %s(%s)", r, f.e.types.core(i.Type()), f.x(i.X))
			return
		}
	}
	f.line("%s = %s(%s)", r, f.e.helper("convert", i.X.Type(), i.Type()), f.x(i.X))
}

// slice writes x[low:high:max].
func (f *function) slice(i *ssa.Slice) {
	if f.shape.lits.elems[i] != nil {
		if !f.shape.lits.args[i] {
			f.set(i, "%s", f.literalText(i))
		}
		return
	}
	_, isString := i.X.Type().Underlying().(*types.Basic)
	if _, ptr := i.X.Type().Underlying().(*types.Pointer); ptr {
		f.checkNil(i.X, i.Pos())
	}
	if i.Low == nil && i.High == nil && i.Max == nil {
		switch i.X.Type().Underlying().(type) {
		case *types.Slice, *types.Basic:
			if r := f.shape.reg(i); r != "" {
				f.line("%s = %s", r, f.x(i.X))
			}
			return
		}
	}
	part := func(v ssa.Value) string {
		if v == nil {
			return "-1"
		}
		return f.intText(v)
	}
	flags := ""
	for _, v := range []ssa.Value{i.Low, i.High, i.Max} {
		switch {
		case v == nil:
			flags += "-"
		case wideUnsigned(v.Type()):
			flags += "u"
		default:
			flags += "x"
		}
	}
	if a, ok := i.X.(*ssa.Alloc); ok && a.Comment == "makeslice" {
		flags = flags[:1] + "m" + flags[2:]
	}
	if isString {
		f.set(i, "%s(%d, %s, %s, %s)", f.e.addHelper(program.Helper{Op: "slicestring", Name: flags}), f.e.site(i.Pos()), f.x(i.X), part(i.Low), part(i.High))
		return
	}
	h := f.e.addHelper(program.Helper{Op: "slice", Types: f.e.numbers([]types.Type{i.X.Type(), i.Type()}), Name: flags})
	f.set(i, "%s(%d, %s, %s, %s, %s)", h, f.e.site(i.Pos()), f.x(i.X), part(i.Low), part(i.High), part(i.Max))
}
