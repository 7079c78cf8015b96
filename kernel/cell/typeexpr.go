package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// typeWriter writes a variable's type as an expression that means the same in
// every later cell: types of the notebook stand with their identifying names.
type typeWriter struct {
	pos   token.Pos
	decls map[string]*decl // the notebook's types by identifying name
	qual  func(*types.Package) *decl
	alien func(types.Type) string // gives a name to what cannot be written

	types   []*decl
	imports []*decl
	aliens  []alien
	err     error
}

func (w *typeWriter) ident(name string) *ast.Ident {
	return &ast.Ident{NamePos: w.pos, Name: name}
}

func (w *typeWriter) expr(t types.Type) ast.Expr {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return w.foreign(t)
		}
		return w.ident(t.Name())
	case *types.Alias:
		if t.Obj().Pkg() == nil { // any
			return w.ident(t.Obj().Name())
		}
		return w.expr(types.Unalias(t))
	case *types.Named:
		return w.named(t)
	case *types.Pointer:
		return &ast.StarExpr{Star: w.pos, X: w.expr(t.Elem())}
	case *types.Slice:
		return &ast.ArrayType{Lbrack: w.pos, Elt: w.expr(t.Elem())}
	case *types.Array:
		n := &ast.BasicLit{ValuePos: w.pos, Kind: token.INT, Value: strconv.FormatInt(t.Len(), 10)}
		return &ast.ArrayType{Lbrack: w.pos, Len: n, Elt: w.expr(t.Elem())}
	case *types.Map:
		return &ast.MapType{Map: w.pos, Key: w.expr(t.Key()), Value: w.expr(t.Elem())}
	case *types.Chan:
		return w.channel(t)
	case *types.Signature:
		return w.signature(t)
	case *types.Struct:
		return w.structure(t)
	case *types.Interface:
		return w.iface(t)
	}
	w.fail(t)
	return w.ident("int")
}

func (w *typeWriter) fail(t types.Type) {
	if w.err == nil {
		w.err = fmt.Errorf("type %v cannot be named outside of where it is declared", t)
	}
}

func (w *typeWriter) named(t *types.Named) ast.Expr {
	obj := t.Obj()
	switch {
	case obj.Pkg() == nil: // error, comparable
		return w.ident(obj.Name())
	case obj.Pkg().Path() == mainPath:
		d := w.decls[obj.Name()]
		if d == nil || obj.Parent() != obj.Pkg().Scope() {
			w.fail(t)
			return w.ident("int")
		}
		w.types = append(w.types, d)
		return w.instance(w.ident(obj.Name()), t)
	case !obj.Exported():
		return w.foreign(t)
	}
	d := w.qual(obj.Pkg())
	w.imports = append(w.imports, d)
	return w.instance(&ast.SelectorExpr{X: w.ident(d.name), Sel: w.ident(obj.Name())}, t)
}

func (w *typeWriter) instance(x ast.Expr, t *types.Named) ast.Expr {
	args := t.TypeArgs()
	if args.Len() == 0 {
		return x
	}
	var list []ast.Expr
	for arg := range args.Types() {
		list = append(list, w.expr(arg))
	}
	if len(list) == 1 {
		return &ast.IndexExpr{X: x, Lbrack: w.pos, Index: list[0], Rbrack: w.pos}
	}
	return &ast.IndexListExpr{X: x, Lbrack: w.pos, Indices: list, Rbrack: w.pos}
}

// foreign writes a type that only an alias can name. It must not hold a type of
// the notebook: that one is another object in the next check.
func (w *typeWriter) foreign(t types.Type) ast.Expr {
	if named, ok := t.(*types.Named); ok && named.TypeArgs().Len() > 0 {
		w.fail(t)
		return w.ident("int")
	}
	a := alien{w.alien(t), t}
	w.aliens = append(w.aliens, a)
	return &ast.SelectorExpr{X: w.ident(alienPath), Sel: w.ident(a.name)}
}

func (w *typeWriter) channel(t *types.Chan) ast.Expr {
	dir := ast.SEND | ast.RECV
	switch t.Dir() {
	case types.SendOnly:
		dir = ast.SEND
	case types.RecvOnly:
		dir = ast.RECV
	}
	elem := w.expr(t.Elem())
	if inner, ok := elem.(*ast.ChanType); ok && inner.Dir == ast.RECV {
		elem = &ast.ParenExpr{Lparen: w.pos, X: elem, Rparen: w.pos}
	}
	return &ast.ChanType{Begin: w.pos, Dir: dir, Value: elem}
}

func (w *typeWriter) signature(t *types.Signature) *ast.FuncType {
	ft := &ast.FuncType{Func: w.pos, Params: w.tuple(t.Params())}
	if t.Variadic() {
		last := ft.Params.List[len(ft.Params.List)-1]
		if slice, ok := last.Type.(*ast.ArrayType); ok {
			last.Type = &ast.Ellipsis{Ellipsis: w.pos, Elt: slice.Elt}
		}
	}
	if t.Results().Len() > 0 {
		ft.Results = w.tuple(t.Results())
	}
	return ft
}

func (w *typeWriter) tuple(t *types.Tuple) *ast.FieldList {
	list := &ast.FieldList{Opening: w.pos, Closing: w.pos}
	for v := range t.Variables() {
		list.List = append(list.List, &ast.Field{Type: w.expr(v.Type())})
	}
	return list
}

func (w *typeWriter) structure(t *types.Struct) ast.Expr {
	list := &ast.FieldList{Opening: w.pos, Closing: w.pos}
	for i := range t.NumFields() {
		f := t.Field(i)
		if !f.Exported() && f.Pkg().Path() != mainPath {
			return w.foreign(t)
		}
		field := &ast.Field{Type: w.expr(f.Type())}
		if !f.Embedded() {
			field.Names = []*ast.Ident{w.ident(f.Name())}
		}
		if tag := t.Tag(i); tag != "" {
			field.Tag = &ast.BasicLit{ValuePos: w.pos, Kind: token.STRING, Value: strconv.Quote(tag)}
		}
		list.List = append(list.List, field)
	}
	return &ast.StructType{Struct: w.pos, Fields: list}
}

func (w *typeWriter) iface(t *types.Interface) ast.Expr {
	list := &ast.FieldList{Opening: w.pos, Closing: w.pos}
	for m := range t.ExplicitMethods() {
		list.List = append(list.List, &ast.Field{
			Names: []*ast.Ident{w.ident(m.Name())},
			Type:  w.signature(m.Signature()),
		})
	}
	for e := range t.EmbeddedTypes() {
		list.List = append(list.List, &ast.Field{Type: w.expr(e)})
	}
	return &ast.InterfaceType{Interface: w.pos, Methods: list}
}
