package core

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

// fuse finds values that need no registers: conditions that a branch computes.
func (l *lowering) fuse() {
	l.fuseClosures()
	l.fuseAddresses()
	l.fuseAppends()
	l.fuseUpdates()
	for _, b := range l.blocks {
		if c := fusedCond(b); c != nil {
			l.shape.folded[c] = true
		}
	}
}

// fusedCond gives the comparison that the branch at the end of a block makes.
func fusedCond(b *ssa.BasicBlock) *ssa.BinOp {
	i, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return nil
	}
	c, ok := i.Cond.(*ssa.BinOp)
	if !ok || c.Block() != b || len(*c.Referrers()) != 1 || !comparison(c.Op) || isFloat(c.X.Type()) || classOf(c.X.Type()) != bytecode.Word {
		return nil
	}
	return c
}

// branch writes the end of a block.
func (l *lowering) branch(b, next *ssa.BasicBlock) {
	switch b.Instrs[len(b.Instrs)-1].(type) {
	case *ssa.Jump:
		to := b.Succs[0]
		l.moves(b, to)
		if l.inside[to] && l.onlyBranches(to) && to != b && to != next {
			l.either(to, nil) // the loop's condition once more, instead of a jump to it
			return
		}
		if to != next {
			l.jump(to)
		}
	case *ssa.If:
		l.either(b, next)
	}
}

// onlyBranches tells whether a block does nothing but choose where to go.
func (l *lowering) onlyBranches(b *ssa.BasicBlock) bool {
	c := fusedCond(b)
	if c == nil {
		return false
	}
	for _, i := range b.Instrs {
		switch i := i.(type) {
		case *ssa.Phi, *ssa.If, *ssa.DebugRef:
		case *ssa.BinOp:
			if i != c {
				return false
			}
		case *ssa.Call:
			if !l.shape.folded[i] {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// either writes the two ways out of a block.
func (l *lowering) either(b, next *ssa.BasicBlock) {
	yes, no := b.Succs[0], b.Succs[1]
	not := false
	if yes == next {
		yes, no, not = no, yes, true
	}
	at := l.conditional(b, not)
	if l.busy(b, yes) {
		l.stubs = append(l.stubs, stub{at, edge{b, yes}})
	} else {
		l.jumps = append(l.jumps, jump{at, yes})
	}
	l.moves(b, no)
	if no != next {
		l.jump(no)
	}
}

// busy tells whether an edge has work to do.
func (l *lowering) busy(from, to *ssa.BasicBlock) bool {
	return !l.inside[to] || len(l.phiMoves(from, to)) > 0
}

// jump goes to a block, or leaves the loop.
func (l *lowering) jump(to *ssa.BasicBlock) {
	if !l.inside[to] {
		return // moves has left
	}
	l.jumps = append(l.jumps, jump{l.put(bytecode.Jmp, 0, 0, 0, 0), to})
}

// conditional writes the branch at the end of a block, to a target that is
// filled in later, and gives its index.
func (l *lowering) conditional(b *ssa.BasicBlock, not bool) int {
	cond := b.Instrs[len(b.Instrs)-1].(*ssa.If).Cond
	c := fusedCond(b)
	if c == nil {
		op := bytecode.BrT
		if not {
			op = bytecode.BrF
		}
		return l.put(op, l.w(cond), 0, 0, 0)
	}
	x, y, op := c.X, c.Y, c.Op
	if _, ok := x.(*ssa.Const); ok {
		x, y, op = y, x, swapped[op]
	}
	if not {
		op = opposite[op]
	}
	signed := isSigned(x.Type())
	if k, ok := y.(*ssa.Const); ok && (signed || op == token.EQL || op == token.NEQ) {
		if _, both := x.(*ssa.Const); !both {
			return l.counted(l.put(branchI[op], l.w(x), 0, 0, bits(k)))
		}
	}
	if op == token.GTR || op == token.GEQ {
		x, y, op = y, x, swapped[op]
	}
	code := branchS[op]
	if !signed {
		code = branchU[op]
	}
	a := l.w(x)
	return l.counted(l.put(code, a, l.w(y), 0, 0))
}

var (
	swapped  = map[token.Token]token.Token{token.EQL: token.EQL, token.NEQ: token.NEQ, token.LSS: token.GTR, token.GTR: token.LSS, token.LEQ: token.GEQ, token.GEQ: token.LEQ}
	opposite = map[token.Token]token.Token{token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR}
	branchI  = map[token.Token]bytecode.Op{token.EQL: bytecode.BrEqI, token.NEQ: bytecode.BrNeI, token.LSS: bytecode.BrLtSI, token.LEQ: bytecode.BrLeSI, token.GTR: bytecode.BrGtSI, token.GEQ: bytecode.BrGeSI}
	branchS  = map[token.Token]bytecode.Op{token.EQL: bytecode.BrEq, token.NEQ: bytecode.BrNe, token.LSS: bytecode.BrLtS, token.LEQ: bytecode.BrLeS}
	branchU  = map[token.Token]bytecode.Op{token.EQL: bytecode.BrEq, token.NEQ: bytecode.BrNe, token.LSS: bytecode.BrLtU, token.LEQ: bytecode.BrLeU}
)

func isSigned(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0 && b.Info()&types.IsUnsigned == 0
}

// phiMove is what a phi takes along an edge.
type phiMove struct {
	to, from place
	class    byte
	source   ssa.Value
}

func (l *lowering) phiMoves(from, to *ssa.BasicBlock) []phiMove {
	k := edgeIndex(from, to)
	var out []phiMove
	for _, i := range to.Instrs {
		phi, ok := i.(*ssa.Phi)
		if !ok {
			break
		}
		if l.shape.reg(phi) == "" {
			continue
		}
		m := phiMove{to: l.place(phi), class: classOf(phi.Type()), source: phi.Edges[k]}
		switch m.source.(type) {
		case *ssa.Const, *ssa.Global, *ssa.Function:
		default:
			if m.from = l.place(m.source); samePlace(m.from, m.to, m.class) {
				continue
			}
			m.source = nil
		}
		out = append(out, m)
	}
	return out
}

// moves writes what happens along an edge, as if at once; out of a loop that is
// the end of its code.
func (l *lowering) moves(from, to *ssa.BasicBlock) {
	if !l.inside[to] {
		l.leave(from, to)
		return
	}
	spoils := func(m, o phiMove) bool { return o.source == nil && m.overlaps(o) }
	atOnce(l.phiMoves(from, to), spoils, l.take, func(m phiMove, todo []phiMove) {
		tmp := l.fresh(m.class)
		l.copy(tmp, m.to, m.class)
		for i := range todo {
			if todo[i].source == nil && todo[i].class == m.class && samePlace(todo[i].from, m.to, m.class) {
				todo[i].from = tmp
			}
		}
	})
}

// overlaps tells whether m writes what o reads.
func (m phiMove) overlaps(o phiMove) bool {
	if m.class != o.class {
		return false // registers are shared within a type
	}
	return samePlace(m.to, o.from, m.class)
}

// samePlace tells whether values of a class lie in the same registers. Those of
// one class never lie half in each other's.
func samePlace(x, y place, class byte) bool {
	w, p := bytecode.Slots(class)
	return (w == 0 || x.w == y.w) && (p == 0 || x.p == y.p)
}

func (l *lowering) take(m phiMove) {
	switch c := m.source.(type) {
	case nil:
		l.copy(m.to, m.from, m.class)
	case *ssa.Const:
		l.set(m.to, c)
	default:
		l.copy(m.to, l.place(m.source), m.class)
	}
}

// set gives a constant to registers.
func (l *lowering) set(to place, c *ssa.Const) {
	switch class := classOf(c.Type()); class {
	case bytecode.Word:
		l.put(bytecode.Const, to.w, 0, 0, bits(c))
	case bytecode.String:
		l.put(bytecode.Text, to.w, to.p, 0, l.text(c))
	case bytecode.Memory:
		l.put(bytecode.New, to.p, 0, 0, int64(l.e.types.number(c.Type())))
	default: // nil
		words, ptrs := bytecode.Slots(class)
		for i := range words {
			l.put(bytecode.Const, to.w+uint16(i), 0, 0, 0)
		}
		for i := range ptrs {
			l.put(bytecode.NilP, to.p+uint16(i), 0, 0, 0)
		}
	}
}
