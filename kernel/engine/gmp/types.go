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
	"runnext/kernel/cell/typesyntax"
)

// typeWriter writes types as expressions, for variables whose declarations a
// checked cell gives by their names alone. Packages stand under names that no
// Go source can hold.
type typeWriter struct {
	write   typesyntax.Writer
	pos     token.Pos
	imports map[string]string   // path to name
	values  map[string]ast.Expr // by variable, as a valueReader has read them
	err     error
}

func newTypeWriter(pos token.Pos, values map[string]ast.Expr) *typeWriter {
	t := &typeWriter{pos: pos, imports: map[string]string{}, values: values}
	t.write = typesyntax.Writer{Pos: pos, Home: mainName, Named: t.named, Foreign: t.fail}
	return t
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
			spec := &ast.ValueSpec{Names: []*ast.Ident{id}, Type: t.write.Expr(obj.Type())}
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

func (t *typeWriter) ident(name string) *ast.Ident { return t.write.Ident(name) }

func (t *typeWriter) fail(x types.Type) ast.Expr {
	if t.err == nil {
		t.err = fmt.Errorf("a variable of type %s cannot be simulated", cell.Shown(types.TypeString(x, nil)))
	}
	return t.ident("int")
}

func (t *typeWriter) named(x *types.Named) ast.Expr {
	obj := x.Obj()
	switch {
	case obj.Parent() != obj.Pkg().Scope():
		return nil
	case obj.Pkg().Path() == mainName:
		return t.ident(obj.Name())
	case !obj.Exported():
		return nil
	}
	path := obj.Pkg().Path()
	if t.imports[path] == "" {
		t.imports[path] = fmt.Sprintf("%s·%d", obj.Pkg().Name(), len(t.imports))
	}
	return &ast.SelectorExpr{X: t.ident(t.imports[path]), Sel: t.ident(obj.Name())}
}
