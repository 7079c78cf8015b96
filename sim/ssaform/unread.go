package ssaform

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Unread takes out the reads of arrays that a loop only counts: with one
// variable or none, what such a loop ranges over is not evaluated, unless it has
// a call or a receive in it (the specification of range clauses). go/ssa reads
// the whole array, through a nil pointer too, and besides whoever writes an
// element meanwhile.
func Unread(fn *ssa.Function) {
	if fn.Syntax() == nil {
		return
	}
	counted := countedIn(fn.Syntax())
	if len(counted) == 0 {
		return
	}
	for _, b := range slices.Backward(fn.Blocks) {
		for n, i := range slices.Backward(b.Instrs) {
			if !isRead(i) || len(*i.(ssa.Value).Referrers()) > 0 ||
				!slices.ContainsFunc(counted, func(x ast.Expr) bool { return x.Pos() <= i.Pos() && i.Pos() < x.End() }) {
				continue
			}
			for _, op := range i.Operands(nil) {
				if refs := (*op).Referrers(); refs != nil {
					*refs = slices.DeleteFunc(*refs, func(r ssa.Instruction) bool { return r == i })
				}
			}
			b.Instrs = slices.Delete(b.Instrs, n, n+1)
		}
	}
}

// isRead tells whether an instruction reads a variable or finds its place. In
// what a loop counts such a one has no use but to read the array: the lengths of
// all else are taken.
func isRead(i ssa.Instruction) bool {
	switch i := i.(type) {
	case *ssa.UnOp:
		return i.Op == token.MUL
	case *ssa.FieldAddr, *ssa.IndexAddr:
		return true
	}
	return false
}

// countedIn gives what the loops of a function with one variable at most range
// over, where it has neither calls nor receives.
func countedIn(fn ast.Node) []ast.Expr {
	var out []ast.Expr
	ast.Inspect(fn, func(n ast.Node) bool {
		if r, ok := n.(*ast.RangeStmt); ok && r.Value == nil && !acts(r.X) {
			out = append(out, r.X)
		}
		return true
	})
	return out
}

// acts tells whether an expression has a call or a receive in it.
func acts(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}
