package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"runnext/kernel/cell/typesyntax"
)

// varType says a variable's type as an expression that means the same in
// every later cell: types of the notebook stand with their identifying names.
type varType struct {
	write typesyntax.Writer
	decls map[string]*decl // the notebook's types by identifying name
	qual  func(*types.Package) *decl
	alien func(types.Type) string // gives a name to what cannot be written

	types   []*decl
	imports []*decl
	aliens  []alien
	err     error
}

func newVarType(pos token.Pos) *varType {
	v := &varType{}
	v.write = typesyntax.Writer{Pos: pos, Home: mainPath, Named: v.named, Foreign: v.foreign}
	return v
}

func (v *varType) named(t *types.Named) ast.Expr {
	obj := t.Obj()
	switch {
	case obj.Pkg().Path() == mainPath:
		d := v.decls[obj.Name()]
		if d == nil || obj.Parent() != obj.Pkg().Scope() {
			return nil
		}
		v.types = append(v.types, d)
		return v.write.Ident(obj.Name())
	case !obj.Exported():
		return nil
	}
	d := v.qual(obj.Pkg())
	v.imports = append(v.imports, d)
	return &ast.SelectorExpr{X: v.write.Ident(d.name), Sel: v.write.Ident(obj.Name())}
}

// foreign writes a type that only an alias can name. It must not hold a type of
// the notebook: that one is another object in the next check.
func (v *varType) foreign(t types.Type) ast.Expr {
	if named, ok := t.(*types.Named); ok && (named.Obj().Pkg().Path() == mainPath || named.TypeArgs().Len() > 0) {
		if v.err == nil {
			v.err = fmt.Errorf("type %v cannot be named outside of where it is declared", t)
		}
		return v.write.Ident("int")
	}
	a := alien{v.alien(t), t}
	v.aliens = append(v.aliens, a)
	return &ast.SelectorExpr{X: v.write.Ident(alienPath), Sel: v.write.Ident(a.name)}
}
