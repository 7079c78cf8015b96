package core

import (
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// Panics that go/ssa puts in for an iterator that does not keep the rules of a
// loop over a function (golang.org/x/tools/go/ssa builder.go buildYieldFunc,
// rangeFunc).
const (
	yieldsOn = "yield function called after range loop exit"
	losesOne = "iterator call did not preserve panic"
)

// iterationPanic writes one of these panics in Go's words, which are chosen by
// the state of the loop.
func (f *function) iterationPanic(p *ssa.Panic) bool {
	m, ok := p.X.(*ssa.MakeInterface)
	if !ok || p.Pos().IsValid() || len(p.Block().Preds) != 1 {
		return false
	}
	c, ok := m.X.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.String {
		return false
	}
	switch constant.StringVal(c.Value) {
	case losesOne:
		f.line("h.LostPanic(%d)", f.e.site(f.fn.Pos()))
	case yieldsOn:
		from := p.Block().Preds[0]
		cond, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
		if !ok {
			return false
		}
		cmp, ok := cond.Cond.(*ssa.BinOp)
		if !ok || cmp.Op != token.EQL {
			return false
		}
		f.line("h.Iteration(%d, %s)", f.e.site(f.fn.Pos()), f.x(cmp.X))
	default:
		return false
	}
	f.unreachable()
	return true
}
