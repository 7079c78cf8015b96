package ssaform

import (
	"go/ast"

	"golang.org/x/tools/go/ssa"
)

// part is what is stored: an element of a literal, or the target of an
// assignment.
type part struct {
	of     ast.Node
	x      ast.Expr
	target bool
}

func (r *reader) elements(n *ast.CompositeLit) {
	for _, x := range n.Elts {
		p := part{of: n, x: x}
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			p.x = kv.Value
			r.parts[kv.Colon] = p
		}
		r.parts[x.Pos()] = p
	}
}

// assigned notes what is stored to, and the variables that are read for one of
// several values.
func (r *reader) assigned(n *ast.AssignStmt) {
	for _, x := range n.Lhs {
		p := part{n, ast.Unparen(x), true}
		switch y := p.x.(type) {
		case *ast.IndexExpr:
			r.parts[y.Lbrack] = p
		case *ast.SelectorExpr:
			r.parts[y.Sel.Pos()] = p
		case *ast.StarExpr:
			r.parts[y.Star] = p
		case *ast.Ident:
			r.parts[y.Pos()] = p
		}
	}
	for _, x := range n.Rhs {
		if id, ok := ast.Unparen(x).(*ast.Ident); ok && len(n.Rhs) > 1 {
			r.sides[id.Pos()] = n
		}
	}
}

// store notes the first store of a statement or literal behind its calls. What
// is read late is read before it: what is assigned together is stored when all
// is there.
func (r *reader) store(i ssa.Instruction) {
	switch i.(type) {
	case *ssa.Store, *ssa.MapUpdate:
	default:
		return
	}
	p, ok := r.parts[i.Pos()]
	if !ok {
		return
	}
	first := r.stores[p.of]
	if first == nil || len(r.calls) > 0 && r.place[first] < r.calls[len(r.calls)-1] {
		r.stores[p.of] = i
	}
}

// stored moves the address that is stored to, or an element that is a read.
func (r *reader) stored(st *ssa.Store) {
	p, ok := r.parts[st.Pos()]
	switch {
	case !ok:
	case p.target:
		r.to = r.first(st.Addr, r.stores[p.of])
		r.leads(p.x, st.Addr)
	default:
		r.element(st, p)
	}
}

// beside moves the read of a variable, which is one of several values that a
// statement assigns, behind the statement's calls.
func (r *reader) beside(b *ssa.BasicBlock, load *ssa.UnOp) {
	n := r.sides[load.Pos()]
	if n == nil || r.gone[load] {
		return
	}
	switch load.X.(type) {
	case *ssa.Global, *ssa.Alloc, *ssa.FreeVar:
	default:
		return
	}
	behind := -1
	for _, c := range r.calls {
		if p := b.Instrs[c].Pos(); n.Pos() <= p && p < n.End() {
			behind = c + 1
		}
	}
	if behind <= r.place[load] {
		return
	}
	r.to = b.Instrs[behind]
	for _, ref := range *load.Referrers() {
		if at, here := r.place[ref]; here && at < behind {
			return
		}
	}
	r.move(load)
}

// element moves an element of a literal that is a read behind the literal's
// calls, and its store with it.
func (r *reader) element(st *ssa.Store, p part) {
	r.to = r.stores[p.of]
	v, computed := st.Val.(ssa.Instruction)
	addr, ok := st.Addr.(ssa.Instruction)
	if _, here := r.place[addr]; !computed || !ok || !here {
		return
	}
	if r.read(p.x, st.Val) && r.gone[v] && r.place[st] < r.place[r.to] {
		r.move(addr)
		r.move(st)
	}
}

// first gives the first instruction that needs an operand of a store, i or one
// before it: what is assigned with an operation is read before it is stored.
func (r *reader) first(v ssa.Value, i ssa.Instruction) ssa.Instruction {
	if v.Referrers() == nil {
		return i
	}
	to := i
	for _, ref := range *v.Referrers() {
		if at, here := r.place[ref]; here && at < r.place[to] {
			to = ref
		}
	}
	return to
}

// needed tells whether nothing needs a value before it will be there. What alone
// needs it is moved with it.
func (r *reader) needed(v ssa.Value) bool {
	to, same := r.place[r.to]
	if !same {
		return false
	}
	refs := *v.Referrers()
	for _, ref := range refs {
		if at, here := r.place[ref]; len(refs) > 1 && (!here || at < to) {
			return false
		}
	}
	return true
}
