// Package ssaform knows what the SSA form of a function stands for in its
// source, and mends the form where go/ssa and the compiler differ. It knows
// nothing of who runs it: kernel/core writes it as core Go, sim/machine executes
// it.
package ssaform

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Elements gives, in order, what a slice literal or the arguments of a variadic
// call hold, and the instructions that make it: SSA has an array, a store to
// each element, a slice of the whole. elems is nil when s is something else.
func Elements(s *ssa.Slice) (elems []ssa.Value, parts []ssa.Instruction) {
	a, ok := s.X.(*ssa.Alloc)
	if !ok || s.Low != nil || s.High != nil || s.Max != nil || a.Block() != s.Block() {
		return nil, nil
	}
	array, ok := a.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array)
	if !ok || array.Len() == 0 {
		return nil, nil
	}
	elems = make([]ssa.Value, array.Len())
	parts = []ssa.Instruction{a}
	for _, r := range *a.Referrers() {
		if r == s {
			continue
		}
		at, ok := r.(*ssa.IndexAddr)
		if !ok || at.Block() != s.Block() || len(*at.Referrers()) != 1 {
			return nil, nil
		}
		k, known := at.Index.(*ssa.Const)
		st, stored := (*at.Referrers())[0].(*ssa.Store)
		if !known || !stored || st.Addr != at || st.Block() != s.Block() || elems[k.Int64()] != nil {
			return nil, nil
		}
		elems[k.Int64()] = st.Val
		parts = append(parts, at, st)
	}
	if slices.Contains(elems, nil) {
		return nil, nil
	}
	return elems, parts
}

// MayFail tells whether an operation can panic.
func MayFail(v *ssa.BinOp) bool {
	c, known := v.Y.(*ssa.Const)
	b, _ := v.Y.Type().Underlying().(*types.Basic)
	switch v.Op {
	case token.QUO, token.REM:
		return b.Info()&types.IsInteger != 0 && (!known || constant.Sign(c.Value) == 0)
	case token.SHL, token.SHR:
		return b.Info()&types.IsUnsigned == 0 && (!known || constant.Sign(c.Value) < 0)
	}
	return false
}

// IsNilCheck tells whether a type assertion is only there to fail for a method
// value of a nil interface, which Go does as for a nil pointer.
func IsNilCheck(i *ssa.TypeAssert) bool {
	if i.CommaOk || len(*i.Referrers()) > 0 {
		return false
	}
	return slices.ContainsFunc(i.Block().Instrs, func(r ssa.Instruction) bool {
		c, ok := r.(*ssa.MakeClosure)
		return ok && c.Pos() == i.Pos()
	})
}

// IsWrapper tells whether a function is one that go/ssa makes up to call a
// method: of an embedded field, of a method value, of a method expression.
func IsWrapper(fn *ssa.Function) bool {
	for _, kind := range []string{"wrapper for ", "bound method wrapper for ", "thunk for "} {
		if strings.HasPrefix(fn.Synthetic, kind) {
			return true
		}
	}
	return false
}
