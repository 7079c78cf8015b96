package core

import (
	"fmt"

	"golang.org/x/tools/go/ssa"
)

// liveness knows where the values of a function are still needed.
type liveness struct {
	s    *shape
	out  map[*ssa.BasicBlock]map[ssa.Value]bool
	in   map[*ssa.BasicBlock]map[ssa.Value]bool
	def  map[ssa.Value]point
	last map[*ssa.BasicBlock]map[ssa.Value]int // last use inside the block
	pin  map[ssa.Value]bool                    // read by the block that recovers, after any other
}

// point is a place in a function; index -1 is the start of the block.
type point struct {
	block *ssa.BasicBlock
	index int
}

func newLiveness(s *shape) *liveness {
	fn := s.f.fn
	l := &liveness{
		s: s, out: map[*ssa.BasicBlock]map[ssa.Value]bool{}, in: map[*ssa.BasicBlock]map[ssa.Value]bool{},
		def: map[ssa.Value]point{}, last: map[*ssa.BasicBlock]map[ssa.Value]int{},
		pin: map[ssa.Value]bool{},
	}
	for _, p := range fn.Params {
		l.def[p] = point{fn.Blocks[0], -1}
	}
	for _, b := range fn.Blocks {
		l.last[b], l.out[b], l.in[b] = map[ssa.Value]int{}, map[ssa.Value]bool{}, map[ssa.Value]bool{}
		for i, instr := range b.Instrs {
			v, isValue := instr.(ssa.Value)
			switch instr := instr.(type) {
			case *ssa.Phi:
				l.def[v] = point{b, -1}
				continue
			case *ssa.Extract:
				l.def[v] = l.tupleAt(instr)
				continue
			}
			if isValue {
				l.def[v] = point{b, i}
				if s.folded[v] {
					// Checks read the operands here, the value is written later.
					l.uses(b, i, instr)
					continue
				}
			}
			l.uses(b, i, instr)
		}
	}
	if fn.Recover != nil {
		for _, instr := range fn.Recover.Instrs {
			for _, op := range instr.Operands(nil) {
				if *op != nil {
					s.leaves(*op, func(v ssa.Value) { l.pin[v] = true })
				}
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for k := len(fn.Blocks) - 1; k >= 0; k-- {
			changed = l.flow(fn.Blocks[k]) || changed
		}
	}
	return l
}

// tupleAt gives where the parts of a tuple are set: with the tuple.
func (l *liveness) tupleAt(x *ssa.Extract) point {
	t := x.Tuple.(ssa.Instruction)
	for i, instr := range t.Block().Instrs {
		if instr == t {
			return point{t.Block(), i}
		}
	}
	return point{t.Block(), 0}
}

func (l *liveness) uses(b *ssa.BasicBlock, i int, instr ssa.Instruction) {
	if l.s.lits.skip[instr] {
		return
	}
	if lit, ok := instr.(*ssa.Slice); ok && l.s.lits.elems[lit] != nil {
		for _, e := range l.s.lits.elems[lit] {
			l.s.leaves(e, func(v ssa.Value) { l.last[b][v] = i })
		}
		return
	}
	for _, op := range instr.Operands(nil) {
		if *op == nil {
			continue
		}
		l.s.leaves(*op, func(v ssa.Value) { l.last[b][v] = i })
	}
}

// flow brings what successors need into a block.
func (l *liveness) flow(b *ssa.BasicBlock) bool {
	changed := false
	add := func(m map[ssa.Value]bool, v ssa.Value) {
		if !m[v] {
			m[v] = true
			changed = true
		}
	}
	for _, s := range b.Succs {
		for v := range l.in[s] {
			add(l.out[b], v)
		}
		for k, p := range s.Preds {
			if p != b {
				continue
			}
			for _, i := range s.Instrs {
				phi, ok := i.(*ssa.Phi)
				if !ok {
					break
				}
				l.s.leaves(phi.Edges[k], func(v ssa.Value) { add(l.out[b], v) })
			}
		}
	}
	for v := range l.out[b] {
		if l.def[v].block != b {
			add(l.in[b], v)
		}
	}
	for v := range l.last[b] {
		if d, ok := l.def[v]; ok && d.block != b {
			add(l.in[b], v)
		}
	}
	return changed
}

// after tells whether v is needed after p, where v is set already.
func (l *liveness) after(v ssa.Value, p point) bool {
	d, ok := l.def[v]
	if !ok {
		return false
	}
	if d.block == p.block {
		if d.index > p.index {
			return false
		}
	} else if !l.in[p.block][v] {
		return false
	}
	return l.out[p.block][v] || l.last[p.block][v] > p.index
}

// collide tells whether two values are ever needed at once.
func (l *liveness) collide(a, b ssa.Value) bool {
	da, db := l.def[a], l.def[b]
	if da == db || l.pin[a] || l.pin[b] {
		return true
	}
	return l.after(b, da) || l.after(a, db)
}

// group is values that share a register.
type group struct {
	values []ssa.Value
	typ    string
	name   string
}

type groups struct {
	s     *shape
	of    map[ssa.Value]*group
	order []*group
}

func newGroups(s *shape) *groups {
	g := &groups{s: s, of: map[ssa.Value]*group{}}
	add := func(v ssa.Value) {
		grp := &group{values: []ssa.Value{v}, typ: s.f.e.types.core(v.Type())}
		g.of[v] = grp
		g.order = append(g.order, grp)
	}
	for _, p := range s.f.fn.Params {
		add(p)
	}
	for _, b := range s.f.fn.Blocks {
		for _, i := range b.Instrs {
			if v, ok := i.(ssa.Value); ok && s.needsRegister(v) {
				add(v)
			}
		}
	}
	return g
}

// join puts two values into one register when they are never needed at once.
func (g *groups) join(a, b ssa.Value) {
	ga, gb := g.of[a], g.of[b]
	if ga == nil || gb == nil || ga == gb || ga.typ != gb.typ || !g.fits(ga, gb) {
		return
	}
	if _, ok := gb.values[0].(*ssa.Parameter); ok {
		ga, gb = gb, ga
	}
	if _, ok := gb.values[0].(*ssa.Parameter); ok {
		return // two parameters stay two
	}
	for _, v := range gb.values {
		g.of[v] = ga
	}
	ga.values = append(ga.values, gb.values...)
	gb.values = nil
}

func (g *groups) fits(a, b *group) bool {
	for _, x := range a.values {
		for _, y := range b.values {
			if g.s.live.collide(x, y) {
				return false
			}
		}
	}
	return true
}

// maxColored is the number of registers up to which sharing is looked for: it
// takes the square of it in time.
const maxColored = 400

// color names the registers; values of one type share where they can.
func (g *groups) color() {
	var named []*group
	for _, grp := range g.order {
		if len(grp.values) == 0 {
			continue
		}
		if grp.name == "" && len(g.order) <= maxColored && !g.s.f.deferred {
			for _, o := range named {
				if o.typ == grp.typ && o.name[0] == 't' && g.fits(o, grp) {
					for _, v := range grp.values {
						g.of[v] = o
					}
					o.values = append(o.values, grp.values...)
					grp.values = nil
					break
				}
			}
			if grp.values == nil {
				continue
			}
		}
		if grp.name == "" {
			grp.name = fmt.Sprintf("t%d", len(g.s.declared))
			g.s.declared = append(g.s.declared, register{grp.name, grp.typ})
		}
		named = append(named, grp)
	}
	for v, grp := range g.of {
		g.s.regs[v] = grp.name
	}
}
