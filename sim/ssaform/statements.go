package ssaform

import (
	"go/ast"

	"golang.org/x/tools/go/ssa"
)

// element is a part of a literal.
type element struct {
	of *ast.CompositeLit
	x  ast.Expr
}

// assigned notes what is stored to, by the position that SSA gives the store.
func (r *reader) assigned(x ast.Expr) {
	x = ast.Unparen(x)
	switch y := x.(type) {
	case *ast.IndexExpr:
		r.at[y.Lbrack] = y
	case *ast.SelectorExpr:
		r.at[y.Sel.Pos()] = y
	case *ast.StarExpr:
		r.at[y.Star] = y
	}
}

// several notes the variables that an assignment of more than one value reads.
func (r *reader) several(n *ast.AssignStmt) {
	for _, x := range n.Rhs {
		if id, ok := ast.Unparen(x).(*ast.Ident); ok {
			r.sides[id.Pos()] = n
		}
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

// part moves an element of a literal that is a read to where the last one is
// stored: the compiler makes a literal when it has all of its elements.
func (r *reader) part(st *ssa.Store, e element) {
	end := r.last[e.of]
	v, computed := st.Val.(ssa.Instruction)
	addr, ok := st.Addr.(ssa.Instruction)
	if _, here := r.place[addr]; !computed || !ok || !here || end == st {
		return
	}
	if r.to = end; r.read(e.x, st.Val) && r.gone[v] {
		r.move(addr)
		r.move(st)
	}
}

// first gives the first instruction that needs an operand of i: what is assigned
// with an operation is read before it is stored.
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
