package core

import (
	"go/token"
	"math"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
	"runnext/sim/ssaform"
)

// inPlace is x += y, or x -= y, where x is in memory: one instruction.
type inPlace struct {
	op bytecode.Op
	y  ssa.Value
}

// fuseUpdates finds stores of a sum of what was there and something else.
func (l *lowering) fuseUpdates() {
	for _, b := range l.blocks {
		for i, instr := range b.Instrs {
			if s, ok := instr.(*ssa.Store); ok {
				l.fuseUpdate(s, b.Instrs[:i])
			}
		}
	}
}

func (l *lowering) fuseUpdate(s *ssa.Store, before []ssa.Instruction) {
	if l.shape.folded[s.Addr] {
		if _, field := s.Addr.(*ssa.FieldAddr); !field {
			return // an element, which has instructions of its own
		}
	}
	sum, ok := s.Val.(*ssa.BinOp)
	if !ok || sum.Block() != s.Block() || len(*sum.Referrers()) != 1 || l.shape.folded[sum] {
		return
	}
	kind, _ := kindOf(sum.Type())
	if sizes.Sizeof(sum.Type().Underlying()) != 8 || kind == reflect.Float64 {
		return
	}
	x, y, op := sum.X, sum.Y, bytecode.AddM
	switch sum.Op {
	case token.ADD:
		if !isLoad(x, s.Addr) {
			x, y = y, x
		}
	case token.SUB:
		op = bytecode.SubM
	default:
		return
	}
	was, ok := x.(*ssa.UnOp)
	if !ok || !isLoad(x, s.Addr) || was.Block() != s.Block() || len(*was.Referrers()) != 1 || l.shape.folded[was] {
		return
	}
	for i := len(before) - 1; before[i] != ssa.Instruction(was); i-- {
		if !l.harmless(before[i]) {
			return
		}
	}
	l.update[s] = inPlace{op, y}
	l.shape.folded[sum], l.shape.folded[was] = true, true
}

// isLoad tells whether a value is what an address leads to.
func isLoad(v ssa.Value, addr ssa.Value) bool {
	u, ok := v.(*ssa.UnOp)
	return ok && u.Op == token.MUL && u.X == addr
}

// harmless tells whether an instruction can neither write memory nor fail, nor
// let others do so.
func (l *lowering) harmless(i ssa.Instruction) bool {
	switch i := i.(type) {
	case *ssa.DebugRef:
		return true
	case *ssa.BinOp:
		return !ssaform.MayFail(i)
	case *ssa.Convert:
		return classOf(i.X.Type()) == bytecode.Word && classOf(i.Type()) == bytecode.Word
	case *ssa.UnOp:
		switch i.Op {
		case token.NOT, token.SUB, token.XOR:
			return true
		case token.MUL:
			switch i.X.(type) {
			case *ssa.Global, *ssa.Alloc:
				return true
			}
		}
	}
	return false
}

// counted makes one instruction of a comparison at an index and the addition
// before it, as loops end with, and gives its index.
func (l *lowering) counted(at int) int {
	branch := l.code[at]
	if at == 0 || l.start[l.block] == at { // one may come here without the addition
		return at
	}
	inc := l.code[at-1]
	if inc.Op != bytecode.AddI || inc.A != inc.B || inc.A != branch.A {
		return at
	}
	if op, ok := incI[branch.Op]; ok && inc.Imm >= math.MinInt16 && inc.Imm <= math.MaxInt16 {
		l.code[at-1] = bytecode.Instr{Op: op, A: branch.A, B: uint16(int16(inc.Imm)), Imm: branch.Imm}
	} else if op, ok := incS[branch.Op]; ok && branch.B != branch.A {
		l.code[at-1] = bytecode.Instr{Op: op, A: branch.A, B: branch.B, Imm: inc.Imm}
	} else {
		return at
	}
	l.code = l.code[:at]
	return at - 1
}

var (
	incI = map[bytecode.Op]bytecode.Op{bytecode.BrLtSI: bytecode.IncLtSI, bytecode.BrLeSI: bytecode.IncLeSI, bytecode.BrGtSI: bytecode.IncGtSI, bytecode.BrGeSI: bytecode.IncGeSI}
	incS = map[bytecode.Op]bytecode.Op{bytecode.BrLtS: bytecode.IncLtS, bytecode.BrLeS: bytecode.IncLeS}
)
