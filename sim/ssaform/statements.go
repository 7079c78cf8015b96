package ssaform

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// none is the statement of what stands in none.
const none = -1

// spans knows the parts of a function that the compiler puts into order one by
// one: its simple statements, and what the others decide by.
type spans struct {
	list  []span // in the order of the text, none in another
	parts map[token.Pos]bool
}

// span is the text of one. value says that it is what a variable of the package
// is declared with, or a part of that.
type span struct {
	from, to token.Pos
	value    bool
}

// spansOf knows the parts of a function. Among its assignments are values, which
// give variables of the package what they are declared with.
func spansOf(root ast.Node, values []*ast.AssignStmt, info *types.Info) *spans {
	s := &spans{parts: map[token.Pos]bool{}}
	add := func(nodes ...ast.Node) {
		for _, n := range nodes {
			s.list = append(s.list, span{from: n.Pos(), to: n.End()})
		}
	}
	isValue := map[ast.Node]bool{}
	for _, a := range values {
		isValue[a] = true
	}
	ast.Inspect(root, func(n ast.Node) bool {
		if isValue[n] {
			for _, x := range n.(*ast.AssignStmt).Rhs {
				s.value(x, info)
			}
			return true
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == root
		case *ast.CompositeLit:
			s.literal(n)
		case *ast.AssignStmt, *ast.ExprStmt, *ast.IncDecStmt, *ast.SendStmt, *ast.ReturnStmt, *ast.GoStmt, *ast.DeferStmt, *ast.ValueSpec:
			add(n)
		case *ast.IfStmt:
			add(n.Cond)
		case *ast.ForStmt:
			if n.Cond != nil {
				add(n.Cond)
			}
		case *ast.RangeStmt:
			add(n.X)
		case *ast.SwitchStmt:
			if n.Tag != nil {
				add(n.Tag)
			}
		case *ast.CaseClause:
			for _, x := range n.List {
				add(x)
			}
		}
		return true
	})
	slices.SortFunc(s.list, func(a, b span) int { return int(a.from - b.from) })
	return s
}

// literal notes what is stored into a literal, by the position of the store.
func (s *spans) literal(n *ast.CompositeLit) {
	for _, x := range n.Elts {
		if kv, ok := x.(*ast.KeyValueExpr); ok {
			s.parts[kv.Colon] = true
		} else {
			s.parts[x.Pos()] = true
		}
	}
}

// at gives the number of the statement at a position.
func (s *spans) at(pos token.Pos) int {
	k, found := slices.BinarySearchFunc(s.list, pos, func(x span, p token.Pos) int { return int(x.from - p) })
	if !found {
		k--
	}
	if k < 0 || pos >= s.list[k].to {
		return none
	}
	return k
}
