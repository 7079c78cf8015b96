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

type span struct{ from, to token.Pos }

func spansOf(root ast.Node) *spans {
	s := &spans{parts: map[token.Pos]bool{}}
	add := func(nodes ...ast.Node) {
		for _, n := range nodes {
			s.list = append(s.list, span{n.Pos(), n.End()})
		}
	}
	ast.Inspect(root, func(n ast.Node) bool {
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

// spansOfVars knows the values of a package's variables. A literal is set part
// by part, but for a map.
// go1.26.8 cmd/compile/internal/staticinit/sched.go:284 StaticAssign
func spansOfVars(files []*ast.File, info *types.Info) *spans {
	s := &spans{parts: map[token.Pos]bool{}}
	var value func(x ast.Expr)
	value = func(x ast.Expr) {
		x = ast.Unparen(x)
		if y, ok := x.(*ast.UnaryExpr); ok && y.Op == token.AND {
			x = ast.Unparen(y.X)
		}
		lit, ok := x.(*ast.CompositeLit)
		if ok {
			_, isMap := info.TypeOf(lit).Underlying().(*types.Map)
			ok = !isMap
		}
		if !ok {
			s.list = append(s.list, span{x.Pos(), x.End()})
			return
		}
		for _, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			value(e)
		}
	}
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				for _, x := range spec.(*ast.ValueSpec).Values {
					value(x)
				}
			}
			ast.Inspect(g, func(n ast.Node) bool {
				if n, ok := n.(*ast.CompositeLit); ok {
					s.literal(n)
				}
				return true
			})
		}
	}
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
