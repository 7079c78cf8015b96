package std

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"runtime"
	"strings"
	"testing"
)

// carriedLibrary skips a test in a tree where make build has not run.
func carriedLibrary(t testing.TB) *Library {
	t.Helper()
	l, err := Carried()
	if errors.Is(err, ErrNotCarried) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEveryPackageImports(t *testing.T) {
	l := carriedLibrary(t)
	im := l.Importer(token.NewFileSet())
	for _, path := range l.Packages() {
		p, err := im.Import(path)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if !own(path) && p.Path() != path || !p.Complete() {
			t.Errorf("%s: got package %s, complete %v", path, p.Path(), p.Complete())
		}
		if again, _ := im.Import(path); again != p {
			t.Errorf("%s: a second import gives another package", path)
		}
		if l.Name(path) != p.Name() {
			t.Errorf("%s: index says %q, package says %q", path, l.Name(path), p.Name())
		}
	}
	if release, _, _ := strings.Cut(runtime.Version(), "-X:"); l.GoVersion() != release {
		t.Errorf("carried %s, built by %s", l.GoVersion(), runtime.Version())
	}
}

// own tells the packages of this module, whose symbols stand in the worker.
func own(path string) bool { return strings.HasPrefix(path, "runnext/") }

// Every function, variable and type that a cell can name without type
// arguments must be there for the interpreter too.
func TestSymbolsMatchTheChecker(t *testing.T) {
	l := carriedLibrary(t)
	im := l.Importer(token.NewFileSet())
	for _, path := range l.Packages() {
		p, err := im.Import(path)
		if err != nil || path == "unsafe" || own(path) {
			continue
		}
		syms, ok := l.Symbols(path)
		if !ok {
			t.Errorf("%s: no symbols", path)
			continue
		}
		for _, name := range p.Scope().Names() {
			obj := p.Scope().Lookup(name)
			fn, ok := obj.(*types.Func)
			if !ok || !fn.Exported() || fn.Signature().TypeParams().Len() > 0 {
				continue
			}
			v, ok := syms[name]
			if !ok {
				t.Errorf("%s.%s has no symbol", path, name)
			} else if v.Type().NumIn() != fn.Signature().Params().Len() {
				t.Errorf("%s.%s: symbol %v, checker %v", path, name, v.Type(), fn.Signature())
			}
		}
	}
}

func TestTypesAreOneAcrossPackages(t *testing.T) {
	const code = `package p
import ("context"; "iter"; "net/http"; "slices"; "strings"; "sync"; "sync/atomic"; "errors"; "golang.org/x/sync/errgroup")
var r *http.Request
var ctx context.Context = r.Context()
var s iter.Seq[string] = strings.Lines("a")
var l = slices.Collect(strings.Lines("a"))
var g, _ = errgroup.WithContext(ctx)
var p atomic.Pointer[sync.Mutex]
var f = sync.OnceValue(func() int { return 1 })
var e, ok = errors.AsType[*http.MaxBytesError](nil)
`
	l := carriedLibrary(t)
	fset := token.NewFileSet()
	im := l.Importer(fset)
	f, err := parser.ParseFile(fset, "p.go", code, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: im}
	if _, err := conf.Check("p", fset, []*ast.File{f}, NewInfo()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"slices", "context", "sync/atomic"} {
		if files, info, ok := im.Bodies(path); !ok || len(files) == 0 || info == nil {
			t.Errorf("no bodies of %s", path)
		}
	}
	if _, _, ok := im.Bodies("net/http"); ok {
		t.Error("net/http should be known by its export data")
	}
}

func TestInternalPackagesAreNotOffered(t *testing.T) {
	l := carriedLibrary(t)
	im := l.Importer(token.NewFileSet())
	for _, path := range []string{"internal/race", "no/such"} {
		if _, err := im.Import(path); err == nil {
			t.Errorf("%s can be imported", path)
		}
	}
}

func TestDoc(t *testing.T) {
	l := carriedLibrary(t)
	for _, c := range []struct{ path, name, want string }{
		{"fmt", "Println", "Println formats"},
		{"sync", "WaitGroup.Go", "Go calls f"},
		{"net/http", "Request.Method", "Method specifies"},
		{"strings", "", "Package strings"},
		{"strings", "NoSuch", ""},
	} {
		if got := l.Doc(c.path, c.name); !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("Doc(%s, %s) = %q", c.path, c.name, got)
		}
	}
}

func BenchmarkImportFmt(b *testing.B) {
	l := carriedLibrary(b)
	for b.Loop() {
		im := l.Importer(token.NewFileSet())
		for _, p := range []string{"fmt", "sync", "time"} {
			if _, err := im.Import(p); err != nil {
				b.Fatal(err)
			}
		}
	}
}
