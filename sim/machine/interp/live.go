package interp

import (
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// layout tells of a compiled function what its registers hold, and which of
// them matter at a place: a register that is written before it is read again
// is left out.
type layout struct {
	holds  []holds
	starts []int32  // where each SSA instruction begins
	before []regset // registers that are read at or after the instruction
	after  []regset // those read behind it, without what it gives itself
}

// holds is what a register holds.
type holds struct {
	t    types.Type
	typ  *Type // found when it is first asked for
	iter bool  // a walk over a map or a string
	skip bool  // the machine's own record
}

// regset is a set of registers.
type regset []uint64

func (b regset) has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }
func (b regset) add(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b regset) drop(i int)     { b[i>>6] &^= 1 << (i & 63) }

// join adds what o has, and reports whether that was news.
func (b regset) join(o regset) (news bool) {
	for i, w := range o {
		news = news || w&^b[i] != 0
		b[i] |= w
	}
	return news
}

// layoutOf finds the layout of a compiled function.
func (f *Func) layoutOf() *layout {
	if f.layout != nil {
		return f.layout
	}
	body := withBody(f.SSA)
	l := &layout{holds: make([]holds, f.nregs), starts: f.starts}
	for v, r := range f.values {
		l.hold(v, r)
	}
	words := (f.nregs + 63) / 64
	empty := func() regset { return make(regset, words) }
	in, out := make([]regset, len(body.Blocks)), make([]regset, len(body.Blocks))
	for i := range body.Blocks {
		in[i], out[i] = empty(), empty()
	}
	for changed := true; changed; {
		changed = false
		for i := len(body.Blocks) - 1; i >= 0; i-- {
			b := body.Blocks[i]
			for _, to := range b.Succs {
				changed = out[i].join(in[to.Index]) || changed
				f.edge(b, to, out[i])
			}
			live := append(regset(nil), out[i]...)
			for j := len(b.Instrs) - 1; j >= 0; j-- {
				f.across(b.Instrs[j], live)
			}
			changed = in[i].join(live) || changed
		}
	}
	always := empty()
	if body.Recover != nil {
		always.join(in[body.Recover.Index])
	}
	for i, b := range body.Blocks {
		n := len(l.before)
		l.before = append(l.before, make([]regset, len(b.Instrs))...)
		l.after = append(l.after, make([]regset, len(b.Instrs))...)
		live := append(regset(nil), out[i]...)
		live.join(always)
		for j := len(b.Instrs) - 1; j >= 0; j-- {
			l.after[n+j] = append(regset(nil), live...)
			f.given(b.Instrs[j], l.after[n+j].drop)
			f.across(b.Instrs[j], live)
			live.join(always)
			l.before[n+j] = append(regset(nil), live...)
		}
	}
	f.layout = l
	return l
}

// edge adds what the phis of to take when entered from from.
func (f *Func) edge(from, to *ssa.BasicBlock, live regset) {
	for i, p := range to.Preds {
		if p != from {
			continue
		}
		for _, in := range to.Instrs {
			phi, ok := in.(*ssa.Phi)
			if !ok {
				break
			}
			if r, ok := f.values[phi.Edges[i]]; ok {
				live.add(int(r))
			}
		}
	}
}

// across turns what is read behind an instruction into what is read before it.
func (f *Func) across(in ssa.Instruction, live regset) {
	f.given(in, live.drop)
	switch in.(type) {
	case *ssa.Extract, *ssa.Phi: // another name, and what the edges move
		return
	}
	var room [8]*ssa.Value
	for _, p := range in.Operands(room[:0]) {
		if *p == nil {
			continue
		}
		if r, ok := f.values[*p]; ok {
			for i := range width(*p) {
				live.add(int(r) + i)
			}
		}
	}
}

// given calls do for each register that an instruction writes.
func (f *Func) given(in ssa.Instruction, do func(int)) {
	v, ok := in.(ssa.Value)
	if _, name := in.(*ssa.Extract); !ok || name {
		return
	}
	if r, ok := f.values[v]; ok {
		for i := range width(v) {
			do(int(r) + i)
		}
	}
}

func width(v ssa.Value) int {
	if t, ok := v.Type().(*types.Tuple); ok {
		return max(t.Len(), 1)
	}
	return 1
}

func (l *layout) hold(v ssa.Value, r int32) {
	if _, ok := v.(*ssa.Range); ok {
		l.holds[r].iter = true
		return
	}
	t, ok := v.Type().(*types.Tuple)
	if !ok {
		l.holds[r] = holds{t: v.Type(), skip: strings.Contains(v.Type().String(), "deferStack")}
		return
	}
	for i := range t.Len() {
		if h := &l.holds[int(r)+i]; h.t == nil {
			h.t = t.At(i).Type()
		}
	}
}

// at finds the SSA instruction that pc belongs to.
func (l *layout) at(pc int32) int {
	return sort.Search(len(l.starts), func(i int) bool { return l.starts[i] > pc }) - 1
}
