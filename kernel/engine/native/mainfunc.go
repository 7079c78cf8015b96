package native

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
)

// valueFunc is what a program gives its value to; valueFile declares it.
const valueFunc = "runnextˑvalue"

// body makes the statements of main of the cell's: a variable that only they
// use is defined by them.
func (w *writer) body(entry *ast.FuncDecl) []ast.Stmt {
	jumps := false
	ast.Inspect(entry, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		jumps = jumps || ok && b.Tok == token.GOTO // may not jump over a definition
		return !jumps
	})
	defined := map[*types.Var]bool{}
	var out []ast.Stmt
	for _, s := range entry.Body.List {
		s = w.result(s)
		out = append(out, s)
		a, ok := s.(*ast.AssignStmt)
		if !ok || jumps {
			continue
		}
		if vars := w.defines(a); vars != nil {
			a.Tok = token.DEFINE
			for _, v := range vars {
				defined[v] = true
				out = append(out, use(v.Name(), a.TokPos))
			}
		}
	}
	var first []ast.Stmt
	for _, v := range w.c.NewVars {
		if !w.shared[v] && !defined[v] {
			first = append(first, w.varStmt(v), use(v.Name(), v.Pos()))
		}
	}
	return append(first, out...)
}

// use keeps Go from refusing a variable that a cell defines and leaves alone.
func use(name string, pos token.Pos) ast.Stmt {
	return &ast.AssignStmt{
		Lhs: []ast.Expr{&ast.Ident{NamePos: pos, Name: "_"}}, TokPos: pos, Tok: token.ASSIGN,
		Rhs: []ast.Expr{&ast.Ident{NamePos: pos, Name: goName(name)}},
	}
}

// result gives the cell's value to valueFunc.
func (w *writer) result(s ast.Stmt) ast.Stmt {
	x, ok := s.(*ast.ExprStmt)
	if !ok || w.c.ResultFunc == "" {
		return s
	}
	call, ok := x.X.(*ast.CallExpr)
	if !ok {
		return s
	}
	if id, ok := call.Fun.(*ast.Ident); ok && id.Name == w.c.ResultFunc {
		id.Name = valueFunc
		w.value = true
	}
	return s
}

// defines gives the variables whose definition an assignment is, nil when it
// cannot be written as one: `:=` gives a variable the type of its value.
func (w *writer) defines(a *ast.AssignStmt) []*types.Var {
	if a.Tok != token.ASSIGN {
		return nil
	}
	var vars []*types.Var
	for i, x := range a.Lhs {
		id, ok := x.(*ast.Ident)
		if !ok {
			return nil
		}
		if id.Name == "_" {
			continue
		}
		v, ok := w.c.Info.Uses[id].(*types.Var)
		if !ok || w.shared[v] {
			return nil
		}
		if v.Pos() != id.Pos() {
			continue // assigned to, in a definition of others
		}
		t := w.valueType(a, i)
		if t == nil || !types.Identical(t, v.Type()) {
			return nil
		}
		vars = append(vars, v)
	}
	return vars
}

func (w *writer) valueType(a *ast.AssignStmt, i int) types.Type {
	if len(a.Rhs) == len(a.Lhs) {
		t := w.c.Info.TypeOf(a.Rhs[i])
		if t == nil {
			return nil
		}
		if tv := w.c.Info.Types[a.Rhs[i]]; tv.Value != nil && tv.Type != nil {
			// A constant's recorded type is the variable's; by itself it has
			// the one its literal has.
			return constantType(w.c.Info, a.Rhs[i])
		}
		if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			return nil
		}
		return t
	}
	switch t := w.c.Info.TypeOf(a.Rhs[0]).(type) {
	case *types.Tuple:
		if i < t.Len() {
			return t.At(i).Type()
		}
	}
	return nil
}

// constantType gives the type that a variable defined by a constant would
// have, nil where only the whole expression could tell.
func constantType(info *types.Info, x ast.Expr) types.Type {
	switch x := ast.Unparen(x).(type) {
	case *ast.BasicLit:
		kind := map[token.Token]types.BasicKind{token.INT: types.Int, token.FLOAT: types.Float64, token.IMAG: types.Complex128,
			token.CHAR: types.Int32, token.STRING: types.String}[x.Kind]
		if kind == types.Int32 {
			return types.Universe.Lookup("rune").Type()
		}
		return types.Typ[kind]
	case *ast.UnaryExpr:
		return constantType(info, x.X)
	case *ast.BinaryExpr:
		l, r := constantType(info, x.X), constantType(info, x.Y)
		if l != nil && r != nil && types.Identical(l, r) {
			switch x.Op {
			case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
				return types.Typ[types.Bool]
			}
			return l
		}
		return nil
	case *ast.Ident, *ast.SelectorExpr:
		id, ok := x.(*ast.Ident)
		if s, sel := x.(*ast.SelectorExpr); sel {
			id, ok = s.Sel, true
		}
		if c, isConst := info.Uses[id].(*types.Const); ok && isConst {
			return types.Default(c.Type())
		}
		return nil
	case *ast.CallExpr:
		if tv := info.Types[x.Fun]; tv.IsType() {
			return tv.Type
		}
	}
	return nil
}

// varStmt declares a variable at the top of main.
func (w *writer) varStmt(v *types.Var) ast.Stmt {
	return &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: v.Pos(), Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{
		Names: []*ast.Ident{{NamePos: v.Pos(), Name: goName(v.Name())}},
		Type:  &ast.Ident{NamePos: v.Pos(), Name: w.typeText(v)},
	}}}}
}

// packageVars declares the variables that functions use.
func (w *writer) packageVars() string {
	var b strings.Builder
	for _, v := range w.c.NewVars {
		if w.shared[v] {
			fmt.Fprintf(&b, "var %s %s\n", goName(v.Name()), w.typeText(v))
		}
	}
	return b.String()
}

// typeText writes a variable's type. Packages stand under names of their own,
// since a cell need not import what its variables are made of.
func (w *writer) typeText(v *types.Var) string {
	if bad := unnameable(v.Type(), map[types.Type]bool{}); bad != nil && w.err == nil {
		p := w.c.Position(v.Pos())
		p.Text = fmt.Sprintf("%s has type %s, which cannot be written outside its package", cell.Shown(v.Name()), cell.Shown(bad.String()))
		w.err = &engine.Failure{
			Kind: engine.KindRefused, Text: p.Text, Places: []engine.Place{p},
			Why: "A variable that a function of the cell uses is declared with its type at the top of the program.",
			Try: "Pass it to the function as an argument.",
		}
	}
	return goName(types.TypeString(v.Type(), func(p *types.Package) string {
		if p == w.c.Pkg {
			return ""
		}
		if w.types[p.Path()] == "" {
			w.types[p.Path()] = fmt.Sprintf("%s%s%d", p.Name(), nameMark, len(w.types))
		}
		return w.types[p.Path()]
	}))
}

// unnameable finds in a type a named one of another package that is not
// exported, nil if there is none.
func unnameable(t types.Type, seen map[types.Type]bool) types.Type {
	if seen[t] {
		return nil
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		return unnameable(types.Unalias(t), seen)
	case *types.Named:
		obj := t.Obj()
		if obj.Pkg() != nil && obj.Pkg().Path() != "main" && !obj.Exported() || obj.Pkg() != nil && obj.Parent() != obj.Pkg().Scope() {
			return t
		}
		for arg := range t.TypeArgs().Types() {
			if bad := unnameable(arg, seen); bad != nil {
				return bad
			}
		}
	case *types.Map:
		if bad := unnameable(t.Key(), seen); bad != nil {
			return bad
		}
		return unnameable(t.Elem(), seen)
	case interface{ Elem() types.Type }:
		return unnameable(t.Elem(), seen)
	case *types.Signature:
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for x := range tuple.Variables() {
				if bad := unnameable(x.Type(), seen); bad != nil {
					return bad
				}
			}
		}
	case *types.Struct:
		for f := range t.Fields() {
			if bad := unnameable(f.Type(), seen); bad != nil {
				return bad
			}
		}
	}
	return nil
}

// traceFunc ends a trace that has begun with the program; traceFile declares it.
const traceFunc = "runnextˑtrace"

// traced has main end the trace.
func (w *writer) traced(alone bool, decls []ast.Decl, body *[]ast.Stmt, entry *ast.FuncDecl) {
	end := func(pos token.Pos) ast.Stmt {
		return &ast.DeferStmt{Defer: pos, Call: &ast.CallExpr{Fun: &ast.Ident{NamePos: pos, Name: traceFunc}, Lparen: pos, Rparen: pos}}
	}
	if !alone {
		*body = append([]ast.Stmt{end(entry.Body.Lbrace)}, *body...)
		return
	}
	for _, d := range decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" {
			fn.Body.List = append([]ast.Stmt{end(fn.Body.Lbrace)}, fn.Body.List...)
		}
	}
}
