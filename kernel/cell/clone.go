package cell

import (
	"go/ast"
	"go/token"
)

// copier copies syntax, giving identifiers the names they have in the notebook.
// Committed syntax is never changed and never given away, so that checks may
// run beside each other and a Checked stays as it was.
type copier struct {
	names    map[*ast.Ident]string     // identifiers whose name differs from what is written
	selected map[token.Pos]string      // names of embedded fields where they are selected
	found    map[*ast.Ident]*ast.Ident // copies of the identifiers that are keys of it
}

// node copies what a unit declares.
func (c *copier) node(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return c.funcDecl(n)
	case *ast.GenDecl:
		return c.genDecl(n)
	case *ast.TypeSpec:
		return c.spec(n)
	}
	return nil
}

func (c *copier) ident(id *ast.Ident) *ast.Ident {
	if id == nil {
		return nil
	}
	name := id.Name
	if n, ok := c.names[id]; ok {
		name = n
	} else if n, ok := c.selected[id.NamePos]; ok {
		name = n
	}
	out := &ast.Ident{NamePos: id.NamePos, Name: name}
	if _, ok := c.found[id]; ok {
		c.found[id] = out
	}
	return out
}

func (c *copier) idents(list []*ast.Ident) []*ast.Ident {
	return each(list, c.ident)
}

func each[T any](list []T, f func(T) T) []T {
	if list == nil {
		return nil
	}
	out := make([]T, len(list))
	for i, e := range list {
		out[i] = f(e)
	}
	return out
}

func (c *copier) exprs(list []ast.Expr) []ast.Expr { return each(list, c.expr) }

func (c *copier) expr(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case nil:
		return nil
	case *ast.Ident:
		return c.ident(e)
	case *ast.BadExpr:
		n := *e
		return &n
	case *ast.BasicLit:
		n := *e
		return &n
	case *ast.Ellipsis:
		return &ast.Ellipsis{Ellipsis: e.Ellipsis, Elt: c.expr(e.Elt)}
	case *ast.FuncLit:
		return &ast.FuncLit{Type: c.funcType(e.Type), Body: c.block(e.Body)}
	case *ast.CompositeLit:
		return &ast.CompositeLit{Type: c.expr(e.Type), Lbrace: e.Lbrace, Elts: c.exprs(e.Elts), Rbrace: e.Rbrace, Incomplete: e.Incomplete}
	case *ast.ParenExpr:
		return &ast.ParenExpr{Lparen: e.Lparen, X: c.expr(e.X), Rparen: e.Rparen}
	case *ast.SelectorExpr:
		return &ast.SelectorExpr{X: c.expr(e.X), Sel: c.ident(e.Sel)}
	case *ast.IndexExpr:
		return &ast.IndexExpr{X: c.expr(e.X), Lbrack: e.Lbrack, Index: c.expr(e.Index), Rbrack: e.Rbrack}
	case *ast.IndexListExpr:
		return &ast.IndexListExpr{X: c.expr(e.X), Lbrack: e.Lbrack, Indices: c.exprs(e.Indices), Rbrack: e.Rbrack}
	case *ast.SliceExpr:
		return &ast.SliceExpr{X: c.expr(e.X), Lbrack: e.Lbrack, Low: c.expr(e.Low), High: c.expr(e.High), Max: c.expr(e.Max), Slice3: e.Slice3, Rbrack: e.Rbrack}
	case *ast.TypeAssertExpr:
		return &ast.TypeAssertExpr{X: c.expr(e.X), Lparen: e.Lparen, Type: c.expr(e.Type), Rparen: e.Rparen}
	case *ast.CallExpr:
		return &ast.CallExpr{Fun: c.expr(e.Fun), Lparen: e.Lparen, Args: c.exprs(e.Args), Ellipsis: e.Ellipsis, Rparen: e.Rparen}
	case *ast.StarExpr:
		return &ast.StarExpr{Star: e.Star, X: c.expr(e.X)}
	case *ast.UnaryExpr:
		return &ast.UnaryExpr{OpPos: e.OpPos, Op: e.Op, X: c.expr(e.X)}
	case *ast.BinaryExpr:
		return &ast.BinaryExpr{X: c.expr(e.X), OpPos: e.OpPos, Op: e.Op, Y: c.expr(e.Y)}
	case *ast.KeyValueExpr:
		return &ast.KeyValueExpr{Key: c.expr(e.Key), Colon: e.Colon, Value: c.expr(e.Value)}
	case *ast.ArrayType:
		return &ast.ArrayType{Lbrack: e.Lbrack, Len: c.expr(e.Len), Elt: c.expr(e.Elt)}
	case *ast.StructType:
		return &ast.StructType{Struct: e.Struct, Fields: c.fields(e.Fields), Incomplete: e.Incomplete}
	case *ast.FuncType:
		return c.funcType(e)
	case *ast.InterfaceType:
		return &ast.InterfaceType{Interface: e.Interface, Methods: c.fields(e.Methods), Incomplete: e.Incomplete}
	case *ast.MapType:
		return &ast.MapType{Map: e.Map, Key: c.expr(e.Key), Value: c.expr(e.Value)}
	case *ast.ChanType:
		return &ast.ChanType{Begin: e.Begin, Arrow: e.Arrow, Dir: e.Dir, Value: c.expr(e.Value)}
	}
	return &ast.BadExpr{From: e.Pos(), To: e.End()}
}

func (c *copier) funcType(t *ast.FuncType) *ast.FuncType {
	if t == nil {
		return nil
	}
	return &ast.FuncType{Func: t.Func, TypeParams: c.fields(t.TypeParams), Params: c.fields(t.Params), Results: c.fields(t.Results)}
}

func (c *copier) fields(l *ast.FieldList) *ast.FieldList {
	if l == nil {
		return nil
	}
	return &ast.FieldList{Opening: l.Opening, Closing: l.Closing, List: each(l.List, func(f *ast.Field) *ast.Field {
		n := &ast.Field{Doc: f.Doc, Names: c.idents(f.Names), Type: c.expr(f.Type), Comment: f.Comment}
		if f.Tag != nil {
			tag := *f.Tag
			n.Tag = &tag
		}
		return n
	})}
}

func (c *copier) block(b *ast.BlockStmt) *ast.BlockStmt {
	if b == nil {
		return nil
	}
	return &ast.BlockStmt{Lbrace: b.Lbrace, List: c.stmts(b.List), Rbrace: b.Rbrace}
}

func (c *copier) stmts(list []ast.Stmt) []ast.Stmt { return each(list, c.stmt) }

func (c *copier) stmt(s ast.Stmt) ast.Stmt {
	switch s := s.(type) {
	case nil:
		return nil
	case *ast.BadStmt:
		n := *s
		return &n
	case *ast.EmptyStmt:
		n := *s
		return &n
	case *ast.DeclStmt:
		return &ast.DeclStmt{Decl: c.decl(s.Decl)}
	case *ast.LabeledStmt:
		return &ast.LabeledStmt{Label: c.ident(s.Label), Colon: s.Colon, Stmt: c.stmt(s.Stmt)}
	case *ast.ExprStmt:
		return &ast.ExprStmt{X: c.expr(s.X)}
	case *ast.SendStmt:
		return &ast.SendStmt{Chan: c.expr(s.Chan), Arrow: s.Arrow, Value: c.expr(s.Value)}
	case *ast.IncDecStmt:
		return &ast.IncDecStmt{X: c.expr(s.X), TokPos: s.TokPos, Tok: s.Tok}
	case *ast.AssignStmt:
		return &ast.AssignStmt{Lhs: c.exprs(s.Lhs), TokPos: s.TokPos, Tok: s.Tok, Rhs: c.exprs(s.Rhs)}
	case *ast.GoStmt:
		return &ast.GoStmt{Go: s.Go, Call: c.expr(s.Call).(*ast.CallExpr)}
	case *ast.DeferStmt:
		return &ast.DeferStmt{Defer: s.Defer, Call: c.expr(s.Call).(*ast.CallExpr)}
	case *ast.ReturnStmt:
		return &ast.ReturnStmt{Return: s.Return, Results: c.exprs(s.Results)}
	case *ast.BranchStmt:
		return &ast.BranchStmt{TokPos: s.TokPos, Tok: s.Tok, Label: c.ident(s.Label)}
	case *ast.BlockStmt:
		return c.block(s)
	case *ast.IfStmt:
		return &ast.IfStmt{If: s.If, Init: c.stmt(s.Init), Cond: c.expr(s.Cond), Body: c.block(s.Body), Else: c.stmt(s.Else)}
	case *ast.CaseClause:
		return &ast.CaseClause{Case: s.Case, List: c.exprs(s.List), Colon: s.Colon, Body: c.stmts(s.Body)}
	case *ast.SwitchStmt:
		return &ast.SwitchStmt{Switch: s.Switch, Init: c.stmt(s.Init), Tag: c.expr(s.Tag), Body: c.block(s.Body)}
	case *ast.TypeSwitchStmt:
		return &ast.TypeSwitchStmt{Switch: s.Switch, Init: c.stmt(s.Init), Assign: c.stmt(s.Assign), Body: c.block(s.Body)}
	case *ast.CommClause:
		return &ast.CommClause{Case: s.Case, Comm: c.stmt(s.Comm), Colon: s.Colon, Body: c.stmts(s.Body)}
	case *ast.SelectStmt:
		return &ast.SelectStmt{Select: s.Select, Body: c.block(s.Body)}
	case *ast.ForStmt:
		return &ast.ForStmt{For: s.For, Init: c.stmt(s.Init), Cond: c.expr(s.Cond), Post: c.stmt(s.Post), Body: c.block(s.Body)}
	case *ast.RangeStmt:
		return &ast.RangeStmt{For: s.For, Key: c.expr(s.Key), Value: c.expr(s.Value), TokPos: s.TokPos, Tok: s.Tok, Range: s.Range, X: c.expr(s.X), Body: c.block(s.Body)}
	}
	return &ast.BadStmt{From: s.Pos(), To: s.End()}
}

func (c *copier) decl(d ast.Decl) ast.Decl {
	switch d := d.(type) {
	case *ast.GenDecl:
		return c.genDecl(d)
	case *ast.FuncDecl:
		return c.funcDecl(d)
	}
	return &ast.BadDecl{From: d.Pos(), To: d.End()}
}

func (c *copier) genDecl(d *ast.GenDecl) *ast.GenDecl {
	return &ast.GenDecl{Doc: d.Doc, TokPos: d.TokPos, Tok: d.Tok, Lparen: d.Lparen, Rparen: d.Rparen, Specs: each(d.Specs, c.spec)}
}

func (c *copier) spec(s ast.Spec) ast.Spec {
	switch s := s.(type) {
	case *ast.ValueSpec:
		return &ast.ValueSpec{Doc: s.Doc, Names: c.idents(s.Names), Type: c.expr(s.Type), Values: c.exprs(s.Values), Comment: s.Comment}
	case *ast.TypeSpec:
		return &ast.TypeSpec{Doc: s.Doc, Name: c.ident(s.Name), TypeParams: c.fields(s.TypeParams), Assign: s.Assign, Type: c.expr(s.Type), Comment: s.Comment}
	case *ast.ImportSpec:
		n := *s
		return &n
	}
	return s
}

func (c *copier) funcDecl(d *ast.FuncDecl) *ast.FuncDecl {
	return &ast.FuncDecl{Doc: d.Doc, Recv: c.fields(d.Recv), Name: c.ident(d.Name), Type: c.funcType(d.Type), Body: c.block(d.Body)}
}
