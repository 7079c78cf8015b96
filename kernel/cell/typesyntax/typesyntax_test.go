package typesyntax_test

import (
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"runnext/kernel/cell/typesyntax"
)

const declarations = `package main
import "unsafe"
type local struct{ a int }
type pair[K comparable, V any] struct { key K; value V }
type one[T any] []T
type alias = map[string]local
var _ unsafe.Pointer
`

func check(t *testing.T, typ string) types.Type {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "main.go", declarations+"var x "+typ+"\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: importer.Default()}
	pkg, err := conf.Check("main", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg.Scope().Lookup("x").Type()
}

func writer(foreign func(types.Type) ast.Expr) *typesyntax.Writer {
	w := &typesyntax.Writer{Home: "main", Foreign: foreign}
	w.Named = func(n *types.Named) ast.Expr {
		if n.Obj().Pkg().Path() != "main" {
			return nil
		}
		return w.Ident(n.Obj().Name())
	}
	return w
}

func text(t *testing.T, x ast.Expr) string {
	t.Helper()
	var out strings.Builder
	if err := format.Node(&out, token.NewFileSet(), x); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestSameType writes types as they are: what is written, checked again, is
// the same type and is written the same.
func TestSameType(t *testing.T) {
	for _, typ := range []string{
		"int", "error", "any", "*local", "[]byte", "[3][2]string", "alias", "map[local][]*local",
		"chan int", "<-chan int", "chan<- int", "chan (<-chan int)", "chan<- (<-chan int)", "chan<- chan int", "<-chan <-chan int",
		"pair[string, *local]", "one[pair[int, one[string]]]",
		"func()", "func(int, ...string) (local, error)", "func(func(...int)) <-chan func()",
		"struct { a int; local; B *local `json:\"b\"` }",
		"interface { error; M(int) bool }",
	} {
		w := writer(func(x types.Type) ast.Expr { t.Errorf("%s: %v is foreign", typ, x); return ast.NewIdent("int") })
		first := check(t, typ)
		written := text(t, w.Expr(first))
		again := check(t, written)
		if types.TypeString(first, nil) != types.TypeString(again, nil) && typ != "alias" {
			t.Errorf("%s is written %s, which is %v", typ, written, again)
		}
		if got := text(t, w.Expr(again)); got != written {
			t.Errorf("%s is written %s, and that %s", typ, written, got)
		}
	}
}

// TestForeign hands over what cannot be written where the expression will
// stand, and only that.
func TestForeign(t *testing.T) {
	hidden := types.NewPackage("other", "other")
	field := types.NewField(token.NoPos, hidden, "hidden", types.Typ[types.Int], false)
	of := types.NewStruct([]*types.Var{field}, nil)
	named := types.NewNamed(types.NewTypeName(token.NoPos, hidden, "secret", nil), of, nil)
	for _, x := range []types.Type{types.Typ[types.UnsafePointer], of, named} {
		var handed []types.Type
		w := writer(func(x types.Type) ast.Expr { handed = append(handed, x); return ast.NewIdent("F") })
		if got := text(t, w.Expr(types.NewSlice(types.NewPointer(x)))); got != "[]*F" {
			t.Errorf("a slice of pointers to %v is written %s", x, got)
		}
		if len(handed) != 1 || handed[0] != x {
			t.Errorf("handed over for %v: %v", x, handed)
		}
	}
}
