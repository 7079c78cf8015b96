package typename_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"testing"

	"runnext/sim/typename"
)

type pair[K comparable, V any] struct {
	k K
	v V
}

type failure struct{ error }

type binary func(a int, b ...string) (x, y int)

type method interface{ M(a int) (err error) }

// values are written twice: by the compiler that built this test, and from
// this file's source.
func values() []any {
	type local struct{ v int }
	type alias = local
	{
		type inner []local
		return []any{
			1, "", byte(1), 'r', 2i, struct{}{}, failure{}, binary(nil), local{}, alias{}, inner{}, []inner{},
			struct {
				A int
				b string `key:"x"`
			}{}, struct {
				failure
				*binary
				x interface{ Foo(x int) }
				y func(z byte)
			}{}, struct{ *local }{}, struct{ pair[int, struct{ a int }] }{}, struct {
				error
				e error
			}{},
			[]pair[int, string]{}, map[pair[string, byte]]*pair[int, any]{}, pair[pair[int, int], failure]{},
			pair[int, func(a int) (b, c string)]{}, pair[chan int, map[string]any]{}, pair[string, interface{ M(x int) }]{},
			pair[int, local]{}, pair[local, inner]{}, []pair[int, func(...local)]{}, pair[int, struct {
				local
				b byte
			}]{}, pair[string, error]{}, pair[int, interface {
				method
				Q()
			}]{},
			func(a, b int, c ...string) (n int, err error) { return }, func(any) {}, (func())(nil),
			(*interface {
				M(int) string
				error
			})(nil), (*interface {
				m()
				Z()
				a(x int)
			})(nil), (*any)(nil), (*method)(nil),
			make(<-chan chan<- int), make(chan (<-chan int)), make(chan<- func(x int)), (<-chan (<-chan int))(nil), [3][]rune{},
		}
	}
}

// TestAsCompiled holds the names against those the compiler has given.
func TestAsCompiled(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "typename_test.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Error: func(error) {}} // of the imports, which no type needs
	conf.Check(reflect.TypeFor[failure]().PkgPath(), fset, []*ast.File{file}, info)

	var elems []ast.Expr
	ast.Inspect(file, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && elems == nil && len(r.Results) == 1 {
			if list, ok := r.Results[0].(*ast.CompositeLit); ok {
				elems = list.Elts
			}
		}
		return true
	})
	want := values()
	if len(elems) != len(want) {
		t.Fatalf("%d values in the source, %d in the program", len(elems), len(want))
	}
	for i, x := range want {
		typ := types.Default(info.Types[elems[i]].Type)
		if got, want := typename.Of(typ), reflect.TypeOf(x).String(); got != want {
			t.Errorf("%v is named %s, want %s", typ, got, want)
		}
	}
}
