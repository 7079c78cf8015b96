package ssaform

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// LateInits is [LateReads] for the function that sets the variables of a package.
func LateInits(init *ssa.Function, files []*ast.File, info *types.Info) {
	late(init, func() *spans { return spansOfVars(files, info) })
}

// LateValues is [LateReads] for a function in which some assignments give variables of
// the package the values they are declared with.
func LateValues(fn *ssa.Function, values []*ast.AssignStmt, info *types.Info) {
	late(fn, func() *spans { return spansOf(fn.Syntax(), values, info) })
}

// value adds what a variable of a package is declared with. A literal is set
// part by part, but for a map.
// go1.26.8 cmd/compile/internal/staticinit/sched.go:284 StaticAssign
func (s *spans) value(x ast.Expr, info *types.Info) {
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
		s.list = append(s.list, span{x.Pos(), x.End(), true})
		return
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		s.value(e, info)
	}
}

// spansOfVars knows the values of a package's variables.
func spansOfVars(files []*ast.File, info *types.Info) *spans {
	s := &spans{parts: map[token.Pos]bool{}}
	for _, f := range files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				for _, x := range spec.(*ast.ValueSpec).Values {
					s.value(x, info)
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
