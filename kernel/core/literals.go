package core

import (
	"fmt"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/ssaform"
)

// literals finds what SSA makes of slice literals and of the arguments of
// variadic calls: an array, a store to each element, a slice of the whole.
// They are written as literals again, and where a compiled function takes
// them, as plain arguments.
type literals struct {
	elems map[*ssa.Slice][]ssa.Value // in order
	skip  map[ssa.Instruction]bool   // written with the literal
	args  map[*ssa.Slice]bool        // written as arguments of the call that takes it
}

func findLiterals(fn *ssa.Function) literals {
	l := literals{map[*ssa.Slice][]ssa.Value{}, map[ssa.Instruction]bool{}, map[*ssa.Slice]bool{}}
	for _, b := range fn.Blocks {
		for _, i := range b.Instrs {
			if s, ok := i.(*ssa.Slice); ok {
				l.slice(s)
			}
		}
	}
	return l
}

// slice looks whether s is a literal.
func (l *literals) slice(s *ssa.Slice) {
	elems, parts := ssaform.Elements(s)
	if elems == nil {
		return
	}
	l.elems[s] = elems
	for _, i := range parts {
		l.skip[i] = true
	}
	refs := *s.Referrers()
	if len(refs) != 1 {
		return
	}
	if c, ok := refs[0].(*ssa.Call); ok && c.Block() == s.Block() && !c.Call.IsInvoke() {
		if bi, ok := c.Call.Value.(*ssa.Builtin); ok && bi.Name() == "append" && c.Call.Args[1] == s && c.Call.Args[0] != s && len(elems) <= 4 {
			l.args[s] = true
			return
		}
		callee := c.Call.StaticCallee()
		if callee != nil && isCompiled(callee) && callee.Signature.Variadic() && c.Call.Args[len(c.Call.Args)-1] == s && !used(s, c.Call.Args[:len(c.Call.Args)-1]) {
			l.args[s] = true
		}
	}
}

func used(v ssa.Value, in []ssa.Value) bool {
	for _, x := range in {
		if x == v {
			return true
		}
	}
	return false
}

// literalText gives a slice literal.
func (f *function) literalText(s *ssa.Slice) string {
	var list []string
	for _, e := range f.shape.lits.elems[s] {
		list = append(list, f.x(e))
	}
	return fmt.Sprintf("%s{%s}", f.e.types.core(s.Type()), strings.Join(list, ", "))
}

// variadicArgs gives the last arguments of a call of a compiled function.
func (f *function) variadicArgs(s *ssa.Slice) []string {
	var list []string
	for _, e := range f.shape.lits.elems[s] {
		list = append(list, f.x(e))
	}
	return list
}

// plainBox tells whether putting a value into an interface may be left to the
// call that takes it: an argument of type any whose type is the same on both
// faces.
func (s *shape) plainBox(m *ssa.MakeInterface) bool {
	if i, ok := m.Type().Underlying().(*types.Interface); !ok || i.NumMethods() > 0 || !s.f.e.types.faithful(m.X.Type()) {
		return false
	}
	switch t := types.Unalias(m.X.Type()).(type) {
	case *types.Basic:
		if c, ok := m.X.(*ssa.Const); ok {
			return c.Value != nil && (t.Kind() == types.String || t.Kind() == types.Int || t.Kind() == types.Bool)
		}
	case *types.Slice, *types.Map:
		if _, ok := m.X.(*ssa.Const); ok {
			return false
		}
	default:
		return false
	}
	refs := *m.Referrers()
	if len(refs) != 1 {
		return false
	}
	return true
}

// isAppend tells whether a literal is what append is given.
func isAppend(s *ssa.Slice) bool {
	c, ok := (*s.Referrers())[0].(*ssa.Call)
	return ok && isBuiltin(c.Call.Value)
}
