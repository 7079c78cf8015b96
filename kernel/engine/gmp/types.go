package gmp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"

	"runnext/kernel/cell"
)

// typeWriter writes types as expressions, for variables whose declarations a
// checked cell gives by their names alone. Packages stand under names that no
// Go source can hold.
type typeWriter struct {
	pos     token.Pos
	imports map[string]string   // path to name
	values  map[string]ast.Expr // by variable, as a valueReader has read them
	err     error
}

// vars declares each variable with its type, and its value if it has one.
func (t *typeWriter) vars(c *cell.Checked, d *ast.GenDecl) []ast.Decl {
	var out []ast.Decl
	for _, s := range d.Specs {
		for _, id := range s.(*ast.ValueSpec).Names {
			obj := c.Info.Defs[id]
			if obj == nil {
				obj = c.Pkg.Scope().Lookup(id.Name)
			}
			if obj == nil {
				continue
			}
			spec := &ast.ValueSpec{Names: []*ast.Ident{id}, Type: t.expr(obj.Type())}
			if v := t.values[id.Name]; v != nil {
				spec.Values = []ast.Expr{t.value(obj.Type(), v)}
			}
			out = append(out, &ast.GenDecl{TokPos: d.TokPos, Tok: token.VAR, Specs: []ast.Spec{spec}})
		}
	}
	return out
}

// specs gives the imports that the types written so far need.
func (t *typeWriter) specs() []ast.Decl {
	var out []ast.Decl
	for _, path := range slices.Sorted(maps.Keys(t.imports)) {
		out = append(out, &ast.GenDecl{TokPos: t.pos, Tok: token.IMPORT, Specs: []ast.Spec{&ast.ImportSpec{
			Name: t.ident(t.imports[path]),
			Path: &ast.BasicLit{ValuePos: t.pos, Kind: token.STRING, Value: strconv.Quote(path)},
		}}})
	}
	return out
}

func (t *typeWriter) ident(name string) *ast.Ident { return &ast.Ident{NamePos: t.pos, Name: name} }

func (t *typeWriter) fail(x types.Type) ast.Expr {
	if t.err == nil {
		t.err = fmt.Errorf("a variable of type %s cannot be simulated", cell.Shown(types.TypeString(x, nil)))
	}
	return t.ident("int")
}

func (t *typeWriter) expr(x types.Type) ast.Expr {
	switch x := x.(type) {
	case *types.Basic:
		if x.Kind() == types.UnsafePointer {
			return t.fail(x)
		}
		return t.ident(x.Name())
	case *types.Alias:
		return t.expr(types.Unalias(x))
	case *types.Named:
		return t.named(x)
	case *types.Pointer:
		return &ast.StarExpr{Star: t.pos, X: t.expr(x.Elem())}
	case *types.Slice:
		return &ast.ArrayType{Lbrack: t.pos, Elt: t.expr(x.Elem())}
	case *types.Array:
		n := &ast.BasicLit{ValuePos: t.pos, Kind: token.INT, Value: strconv.FormatInt(x.Len(), 10)}
		return &ast.ArrayType{Lbrack: t.pos, Len: n, Elt: t.expr(x.Elem())}
	case *types.Map:
		return &ast.MapType{Map: t.pos, Key: t.expr(x.Key()), Value: t.expr(x.Elem())}
	case *types.Chan:
		dir := map[types.ChanDir]ast.ChanDir{types.SendRecv: ast.SEND | ast.RECV, types.SendOnly: ast.SEND, types.RecvOnly: ast.RECV}
		return &ast.ChanType{Begin: t.pos, Dir: dir[x.Dir()], Value: &ast.ParenExpr{Lparen: t.pos, X: t.expr(x.Elem()), Rparen: t.pos}}
	case *types.Signature:
		return t.signature(x)
	case *types.Struct:
		return t.structure(x)
	case *types.Interface:
		return t.iface(x)
	}
	return t.fail(x)
}

func (t *typeWriter) named(x *types.Named) ast.Expr {
	obj := x.Obj()
	var out ast.Expr = t.ident(obj.Name())
	switch {
	case obj.Pkg() == nil: // error, comparable
	case obj.Parent() != obj.Pkg().Scope():
		return t.fail(x)
	case obj.Pkg().Path() == mainName:
	case !obj.Exported():
		return t.fail(x)
	default:
		path := obj.Pkg().Path()
		if t.imports[path] == "" {
			t.imports[path] = fmt.Sprintf("%s·%d", obj.Pkg().Name(), len(t.imports))
		}
		out = &ast.SelectorExpr{X: t.ident(t.imports[path]), Sel: t.ident(obj.Name())}
	}
	if x.TypeArgs().Len() == 0 {
		return out
	}
	list := &ast.IndexListExpr{X: out, Lbrack: t.pos, Rbrack: t.pos}
	for arg := range x.TypeArgs().Types() {
		list.Indices = append(list.Indices, t.expr(arg))
	}
	if len(list.Indices) == 1 {
		return &ast.IndexExpr{X: out, Lbrack: t.pos, Index: list.Indices[0], Rbrack: t.pos}
	}
	return list
}

func (t *typeWriter) signature(x *types.Signature) *ast.FuncType {
	f := &ast.FuncType{Func: t.pos, Params: t.tuple(x.Params())}
	if n := len(f.Params.List); x.Variadic() {
		if s, ok := f.Params.List[n-1].Type.(*ast.ArrayType); ok {
			f.Params.List[n-1].Type = &ast.Ellipsis{Ellipsis: t.pos, Elt: s.Elt}
		}
	}
	if x.Results().Len() > 0 {
		f.Results = t.tuple(x.Results())
	}
	return f
}

func (t *typeWriter) tuple(x *types.Tuple) *ast.FieldList {
	list := &ast.FieldList{Opening: t.pos, Closing: t.pos}
	for v := range x.Variables() {
		list.List = append(list.List, &ast.Field{Type: t.expr(v.Type())})
	}
	return list
}

func (t *typeWriter) structure(x *types.Struct) ast.Expr {
	list := &ast.FieldList{Opening: t.pos, Closing: t.pos}
	for i := range x.NumFields() {
		f := x.Field(i)
		if !f.Exported() && f.Pkg().Path() != mainName {
			return t.fail(x)
		}
		field := &ast.Field{Type: t.expr(f.Type())}
		if !f.Embedded() {
			field.Names = []*ast.Ident{t.ident(f.Name())}
		}
		if tag := x.Tag(i); tag != "" {
			field.Tag = &ast.BasicLit{ValuePos: t.pos, Kind: token.STRING, Value: strconv.Quote(tag)}
		}
		list.List = append(list.List, field)
	}
	return &ast.StructType{Struct: t.pos, Fields: list}
}

func (t *typeWriter) iface(x *types.Interface) ast.Expr {
	list := &ast.FieldList{Opening: t.pos, Closing: t.pos}
	for m := range x.ExplicitMethods() {
		list.List = append(list.List, &ast.Field{Names: []*ast.Ident{t.ident(m.Name())}, Type: t.signature(m.Signature())})
	}
	for e := range x.EmbeddedTypes() {
		list.List = append(list.List, &ast.Field{Type: t.expr(e)})
	}
	return &ast.InterfaceType{Interface: t.pos, Methods: list}
}
