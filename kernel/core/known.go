package core

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// known is what checks in blocks written so far have established. Checks give
// a failure Go's own text and the place it happened at: package reflect, which
// the interpreter stands on, knows neither.
type known struct {
	notNil  map[ssa.Value][]*ssa.BasicBlock
	inRange map[[2]ssa.Value][]*ssa.BasicBlock
}

func newKnown() known {
	return known{map[ssa.Value][]*ssa.BasicBlock{}, map[[2]ssa.Value][]*ssa.BasicBlock{}}
}

func holds(blocks []*ssa.BasicBlock, b *ssa.BasicBlock) bool {
	for _, k := range blocks {
		if k.Dominates(b) {
			return true
		}
	}
	return false
}

// loadPos gives where a pointer is followed. The load of a receiver, which no
// star stands for, has the place of the call.
func loadPos(v *ssa.UnOp) token.Pos {
	if v.Pos().IsValid() {
		return v.Pos()
	}
	for _, r := range *v.Referrers() {
		if r.Pos().IsValid() {
			return r.Pos()
		}
	}
	return token.NoPos
}

// checkNil writes the check that a pointer leads somewhere.
func (f *function) checkNil(v ssa.Value, pos token.Pos) {
	if f.neverNil(v) || holds(f.known.notNil[v], f.block) {
		return
	}
	f.known.notNil[v] = append(f.known.notNil[v], f.block)
	f.line("if %s == nil { h.Nil(%d) }", f.x(v), f.e.site(pos))
}

func (f *function) neverNil(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Alloc, *ssa.Global, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.MakeMap, *ssa.MakeChan, *ssa.MakeSlice, *ssa.MakeClosure, *ssa.Function:
		return true
	case *ssa.FreeVar:
		// Captured variables are addresses; a bound receiver may be nil.
		return f.fn.Parent() != nil
	case *ssa.Const:
		return false
	case *ssa.Phi:
		return false
	case *ssa.Parameter:
		_ = v
	}
	return false
}

// checkIndex writes the check that an index is in range.
func (f *function) checkIndex(x, index ssa.Value, pos token.Pos) {
	length, fixed := fixedLen(x.Type())
	if c, ok := index.(*ssa.Const); ok && fixed && c.Int64() >= 0 && c.Int64() < length {
		return
	}
	key := [2]ssa.Value{x, index}
	if holds(f.known.inRange[key], f.block) {
		return
	}
	f.known.inRange[key] = append(f.known.inRange[key], f.block)
	low, high := f.guards(x, index)
	i := f.intText(index)
	n := "len(" + f.x(x) + ")"
	if fixed {
		n = fmt.Sprint(length)
	}
	fail := "Index"
	if wideUnsigned(index.Type()) {
		fail = "IndexU"
	}
	if !low {
		f.line("if %s < 0 { h.%s(%d, %s, %s) }", i, fail, f.e.site(pos), i, n)
	}
	if !high {
		f.line("if %s >= %s { h.%s(%d, %s, %s) }", i, n, fail, f.e.site(pos), i, n)
	}
}

// wideUnsigned tells whether an int does not hold all values of a type.
func wideUnsigned(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && (b.Kind() == types.Uint || b.Kind() == types.Uint64 || b.Kind() == types.Uintptr)
}

// fixedLen gives the length of an array or of what a pointer to one leads to.
func fixedLen(t types.Type) (int64, bool) {
	t = t.Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	if a, ok := t.(*types.Array); ok {
		return a.Len(), true
	}
	return 0, false
}

// intText gives an integer operand as an int.
func (f *function) intText(v ssa.Value) string {
	if c, ok := v.(*ssa.Const); ok {
		return c.Value.ExactString()
	}
	if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Kind() == types.Int {
		return f.x(v)
	}
	return "int(" + f.x(v) + ")"
}

// guards tells which side of the range of an index a loop or a condition
// around it has settled already.
func (f *function) guards(x, index ssa.Value) (low, high bool) {
	low = notNegative(index, 0)
	for b := f.block; b != nil && !high; b = b.Idom() {
		d := b.Idom()
		if d == nil || len(b.Preds) != 1 || b.Preds[0] != d {
			continue
		}
		cond, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		if !ok || d.Succs[0] != b || d.Succs[1] == b {
			continue
		}
		cmp, ok := cond.Cond.(*ssa.BinOp)
		if ok && cmp.Op == token.LSS && cmp.X == index && isLenOf(cmp.Y, x) {
			high = true
		}
	}
	return low, high
}

// notNegative tells whether a value is at least 0 by the way it is made:
// a counter that starts at 0 or above, or at -1 and is raised before use.
func notNegative(v ssa.Value, depth int) bool {
	if depth > 4 {
		return false
	}
	if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsUnsigned != 0 && b.Kind() != types.Uint64 && b.Kind() != types.Uint && b.Kind() != types.Uintptr {
		return true
	}
	switch v := v.(type) {
	case *ssa.Const:
		return v.Value != nil && v.Value.Kind() == constant.Int && constant.Sign(v.Value) >= 0
	case *ssa.BinOp:
		c, ok := v.Y.(*ssa.Const)
		if v.Op == token.REM {
			return notNegative(v.X, depth+1)
		}
		if v.Op != token.ADD || !ok || c.Value == nil || c.Value.Kind() != constant.Int || constant.Sign(c.Value) <= 0 {
			return false
		}
		if phi, ok := v.X.(*ssa.Phi); ok && startsAt(phi, v, -1) {
			return true
		}
		return false
	case *ssa.Phi:
		for _, e := range v.Edges {
			if b, ok := e.(*ssa.BinOp); ok && b.Op == token.ADD && b.X == v {
				if c, ok := b.Y.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.Int && constant.Sign(c.Value) >= 0 {
					continue
				}
			}
			if c, ok := e.(*ssa.Const); ok && notNegative(c, depth+1) {
				continue
			}
			return false
		}
		return true
	}
	return false
}

// startsAt tells whether a phi is step or a constant not below least.
func startsAt(phi *ssa.Phi, step ssa.Value, least int64) bool {
	for _, e := range phi.Edges {
		if e == step {
			continue
		}
		if c, ok := e.(*ssa.Const); !ok || c.Value == nil || c.Value.Kind() != constant.Int || c.Int64() < least {
			return false
		}
	}
	return true
}

// isLenOf tells whether n is the length of x.
func isLenOf(n, x ssa.Value) bool {
	if length, ok := fixedLen(x.Type()); ok {
		c, isConst := n.(*ssa.Const)
		return isConst && c.Value != nil && c.Int64() <= length
	}
	call, ok := n.(*ssa.Call)
	if !ok {
		return false
	}
	b, ok := call.Call.Value.(*ssa.Builtin)
	return ok && b.Name() == "len" && call.Call.Args[0] == x
}

// hostCompared tells whether == must be asked of the host: interfaces, structs
// and arrays, whose comparison may fail or goes through parts.
func hostCompared(v *ssa.BinOp) bool {
	if isNil(v.X) || isNil(v.Y) {
		return false
	}
	switch v.X.Type().Underlying().(type) {
	case *types.Interface, *types.Struct, *types.Array:
		return true
	}
	_, iface := v.Y.Type().Underlying().(*types.Interface)
	return iface
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value != nil {
		return false
	}
	switch c.Type().Underlying().(type) {
	case *types.Struct, *types.Array, *types.Basic:
		b, basic := c.Type().Underlying().(*types.Basic)
		return basic && b.Kind() == types.UntypedNil || basic && b.Kind() == types.UnsafePointer
	}
	return true
}
