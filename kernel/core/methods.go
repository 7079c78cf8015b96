package core

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/program"
)

// bindMethods writes the methods that compiled code may call on values this
// cell puts into interfaces, until writing them brings no new types.
func (e *emitter) bindMethods() {
	done := map[int]bool{}
	for more := true; more; {
		more = false
		for _, n := range e.sortedTypes() {
			i := e.types.number(n)
			if !done[i] {
				done[i] = true
				more = true
				e.bindType(n, i)
			}
		}
	}
}

func (e *emitter) bindType(n types.Type, number int) {
	ptr := types.NewPointer(n)
	values := e.prog.MethodSets.MethodSet(n)
	pointers := e.prog.MethodSets.MethodSet(ptr)
	for i := range pointers.Len() {
		sel := pointers.At(i)
		obj := sel.Obj().(*types.Func)
		if obj.Pkg() != nil && obj.Pkg().Path() != "main" && !obj.Exported() && !types.IsInterface(obj.Signature().Recv().Type()) {
			continue // the cell cannot reach it, and compiled code does not by an interface of the cell's
		}
		b := program.Bind{Type: number, Method: obj.Name()}
		if !obj.Exported() {
			b.Path = obj.Pkg().Path()
		}
		if v := values.Lookup(obj.Pkg(), obj.Name()); v != nil {
			fn := e.prog.MethodValue(v)
			b.Direct = e.callable(fn)
			b.Value = e.bytecodeOf(fn)
			b.Pointer = e.throughPointer(fn, b.Direct)
			b.Word = b.Pointer
			if e.isWord(n) {
				b.Word = b.Direct
			}
		} else {
			b.Pointer = e.callable(e.prog.MethodValue(sel))
			b.Address = e.bytecodeOf(e.prog.MethodValue(sel))
		}
		e.binds = append(e.binds, b)
	}
}

// bytecodeOf gives 1 more than the number of a function's bytecode, or 0.
func (e *emitter) bytecodeOf(fn *ssa.Function) int {
	if isCompiled(fn) || !e.asCode(fn) {
		return 0
	}
	return e.codeOf(fn) + 1
}

// callable gives the name of a function of the source for any function.
func (e *emitter) callable(fn *ssa.Function) string {
	if isCompiled(fn) {
		return e.compiled(fn, token.NoPos)
	}
	return e.need(fn)
}

// throughPointer writes the function that calls a method of T on what a
// pointer leads to.
func (e *emitter) throughPointer(fn *ssa.Function, direct string) string {
	sig := signatureOf(fn)
	var params, args, results []string
	i := 0
	for v := range sig.Params().Variables() {
		t := e.types.core(v.Type())
		if i == 0 {
			t = "*" + t
		}
		params = append(params, fmt.Sprintf("p%d %s", i, t))
		args = append(args, fmt.Sprintf("p%d", i))
		i++
	}
	for v := range sig.Results().Variables() {
		results = append(results, e.types.core(v.Type()))
	}
	recv := e.types.core(sig.Params().At(0).Type())
	args[0] = "v"
	ret := ""
	if len(results) > 0 {
		ret = "return "
	}
	name := "w" + strings.TrimPrefix(strings.TrimPrefix(direct, "h."), "f")
	e.out = append(e.out, fmt.Sprintf("func %s(%s)%s {\n\tvar v %s\n\tif p0 == nil { h.NilValue(%q, %q) }\n\tv = *p0\n\t%s\n}\n",
		name, strings.Join(params, ", "), resultText(results, false), recv, shownRecv(sig), fn.Name(),
		throughText(fn, fmt.Sprintf("%s%s(%s)", ret, direct, strings.Join(args, ", ")), len(results))))
	return name
}

// shownRecv gives the type of a method's receiver as Go's errors name it.
func shownRecv(sig *types.Signature) string {
	return shownName(types.TypeString(sig.Params().At(0).Type(), (*types.Package).Name))
}

// isWord tells whether an interface holds a value of the type itself and not a
// pointer to a copy: it is one pointer and nothing else.
func (e *emitter) isWord(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Array:
		return u.Len() == 1 && e.isWord(u.Elem())
	case *types.Struct:
		words := 0
		for v := range u.Fields() {
			switch {
			case e.isWord(v.Type()):
				words++
			case !isEmpty(v.Type()):
				return false
			}
		}
		if n := u.NumFields(); n > 0 && isEmpty(u.Field(n-1).Type()) {
			return false // padded
		}
		return words == 1
	}
	return false
}

// isEmpty tells whether values of a type take no memory.
func isEmpty(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for v := range u.Fields() {
			if !isEmpty(v.Type()) {
				return false
			}
		}
		return true
	case *types.Array:
		return u.Len() == 0 || isEmpty(u.Elem())
	}
	return false
}

func (e *emitter) addSelect(flags string, chans []types.Type) string {
	return e.addHelper(program.Helper{Op: "select", Types: e.numbers(chans), Name: flags})
}
