// Package typesyntax writes a type that go/types has found as the expression
// that means it: what a variable's declaration says whose source names no type.
//
// It does not decide by which name a type of a package is known where the
// expression will stand, nor what becomes of a type that cannot be written
// there: kernel/cell and kernel/engine/gmp say that with a [Writer]'s functions.
package typesyntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// Writer writes types. Its methods may be called by one goroutine at a time.
type Writer struct {
	Pos  token.Pos // where everything that is written stands
	Home string    // path of the package the expression will stand in

	// Named gives the name of a declared type, without type arguments; nil
	// hands the whole type to Foreign. It is not asked for types of the
	// universe.
	Named func(*types.Named) ast.Expr

	// Foreign gives what stands for a type that cannot be written from Home:
	// an undeclared struct with fields of another package that are not
	// exported, unsafe.Pointer, whatever Named has no name for.
	Foreign func(types.Type) ast.Expr
}

// Ident gives an identifier at the writer's position.
func (w *Writer) Ident(name string) *ast.Ident { return &ast.Ident{NamePos: w.Pos, Name: name} }

// Expr gives the expression that means t.
func (w *Writer) Expr(t types.Type) ast.Expr {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return w.Foreign(t)
		}
		return w.Ident(t.Name())
	case *types.Alias:
		if t.Obj().Pkg() == nil { // any
			return w.Ident(t.Obj().Name())
		}
		return w.Expr(types.Unalias(t))
	case *types.Named:
		return w.named(t)
	case *types.Pointer:
		return &ast.StarExpr{Star: w.Pos, X: w.Expr(t.Elem())}
	case *types.Slice:
		return &ast.ArrayType{Lbrack: w.Pos, Elt: w.Expr(t.Elem())}
	case *types.Array:
		n := &ast.BasicLit{ValuePos: w.Pos, Kind: token.INT, Value: strconv.FormatInt(t.Len(), 10)}
		return &ast.ArrayType{Lbrack: w.Pos, Len: n, Elt: w.Expr(t.Elem())}
	case *types.Map:
		return &ast.MapType{Map: w.Pos, Key: w.Expr(t.Key()), Value: w.Expr(t.Elem())}
	case *types.Chan:
		return w.channel(t)
	case *types.Signature:
		return w.signature(t)
	case *types.Struct:
		return w.structure(t)
	case *types.Interface:
		return w.iface(t)
	}
	return w.Foreign(t)
}

func (w *Writer) named(t *types.Named) ast.Expr {
	if t.Obj().Pkg() == nil { // error, comparable
		return w.Ident(t.Obj().Name())
	}
	name := w.Named(t)
	if name == nil {
		return w.Foreign(t)
	}
	var args []ast.Expr
	for arg := range t.TypeArgs().Types() {
		args = append(args, w.Expr(arg))
	}
	switch len(args) {
	case 0:
		return name
	case 1:
		return &ast.IndexExpr{X: name, Lbrack: w.Pos, Index: args[0], Rbrack: w.Pos}
	}
	return &ast.IndexListExpr{X: name, Lbrack: w.Pos, Indices: args, Rbrack: w.Pos}
}

func (w *Writer) channel(t *types.Chan) ast.Expr {
	dir := ast.SEND | ast.RECV
	switch t.Dir() {
	case types.SendOnly:
		dir = ast.SEND
	case types.RecvOnly:
		dir = ast.RECV
	}
	elem := w.Expr(t.Elem())
	if inner, ok := elem.(*ast.ChanType); ok && inner.Dir == ast.RECV {
		elem = &ast.ParenExpr{Lparen: w.Pos, X: elem, Rparen: w.Pos}
	}
	return &ast.ChanType{Begin: w.Pos, Dir: dir, Value: elem}
}

func (w *Writer) signature(t *types.Signature) *ast.FuncType {
	f := &ast.FuncType{Func: w.Pos, Params: w.tuple(t.Params())}
	if t.Variadic() {
		last := f.Params.List[len(f.Params.List)-1]
		if slice, ok := last.Type.(*ast.ArrayType); ok {
			last.Type = &ast.Ellipsis{Ellipsis: w.Pos, Elt: slice.Elt}
		}
	}
	if t.Results().Len() > 0 {
		f.Results = w.tuple(t.Results())
	}
	return f
}

func (w *Writer) tuple(t *types.Tuple) *ast.FieldList {
	list := w.fields()
	for v := range t.Variables() {
		list.List = append(list.List, &ast.Field{Type: w.Expr(v.Type())})
	}
	return list
}

func (w *Writer) structure(t *types.Struct) ast.Expr {
	list := w.fields()
	for i := range t.NumFields() {
		f := t.Field(i)
		if !f.Exported() && f.Pkg().Path() != w.Home {
			return w.Foreign(t)
		}
		field := &ast.Field{Type: w.Expr(f.Type())}
		if !f.Embedded() {
			field.Names = []*ast.Ident{w.Ident(f.Name())}
		}
		if tag := t.Tag(i); tag != "" {
			field.Tag = &ast.BasicLit{ValuePos: w.Pos, Kind: token.STRING, Value: strconv.Quote(tag)}
		}
		list.List = append(list.List, field)
	}
	return &ast.StructType{Struct: w.Pos, Fields: list}
}

func (w *Writer) iface(t *types.Interface) ast.Expr {
	list := w.fields()
	for m := range t.ExplicitMethods() {
		list.List = append(list.List, &ast.Field{Names: []*ast.Ident{w.Ident(m.Name())}, Type: w.signature(m.Signature())})
	}
	for e := range t.EmbeddedTypes() {
		list.List = append(list.List, &ast.Field{Type: w.Expr(e)})
	}
	return &ast.InterfaceType{Interface: w.Pos, Methods: list}
}

func (w *Writer) fields() *ast.FieldList { return &ast.FieldList{Opening: w.Pos, Closing: w.Pos} }
