package lab

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/traefik/yaegi/interp"
)

// TestSymbolsAreTheExportedNames holds Symbols against the package's source.
func TestSymbolsAreTheExportedNames(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					want[d.Name.Name] = true
				}
				if d.Type.TypeParams != nil && d.Name.IsExported() {
					t.Errorf("%s is generic: an interpreter cannot be given it", d.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() {
							want[s.Name.Name] = true
						}
					case *ast.ValueSpec:
						for _, n := range s.Names {
							if n.IsExported() {
								want[n.Name] = true
							}
							if d.Tok == token.VAR && n.IsExported() {
								t.Errorf("%s is a variable", n)
							}
						}
					}
				}
			}
		}
	}
	delete(want, "Symbols") // for the kernel, not for cells
	want["_Bundler"] = true // yaegi's wrapper
	got := Symbols(&fakeIO{})
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("(-source +Symbols):\n%s", diff)
	}
	// A bound function has the type of the package's own.
	for name, f := range map[string]any{"Show": Show, "HTML": HTML, "Markdown": Markdown, "SVG": SVG, "JSON": JSON, "Table": Table,
		"Progress": Progress, "Clear": Clear, "Outcomes": Outcomes, "Machine": Machine,
		"Threads": Threads, "Goroutines": Goroutines, "Switch": Switch, "StackTouch": StackTouch, "Requests": Requests, "TwoPC": TwoPC, "Server": Server} {
		if got[name].Type() != reflect.TypeOf(f) {
			t.Errorf("%s is %v, the package has %T", name, got[name].Type(), f)
		}
	}
}

// TestCell runs interpreted code on the symbols.
func TestCell(t *testing.T) {
	f := &fakeIO{}
	i := interp.New(interp.Options{})
	symbols := Symbols(f)
	if err := i.Use(interp.Exports{"runnext/lab/lab": symbols, "runnext/kernel/lab/lab": symbols}); err != nil {
		t.Fatal(err)
	}
	_, err := i.Eval(`
import "runnext/lab"

type row struct{ Name string; N int }

type sketch struct{ n int }

func (s sketch) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": "sketch"}
}

func run() {
	h := lab.Show("one")
	h.Update("two")
	lab.Show([]row{{"a", 1}})
	lab.Table([]string{"x"}, [][]any{{1}, {2.5}})
	b := lab.Progress(2, "p")
	b.Add(2)
	n := 0
	var tally *lab.Tally = lab.Outcomes(10, func() string { n++; if n%2 == 0 { return "even" }; return "odd" })
	if tally.Times("even") != 5 || tally.Counts[0].Times != 5 { panic("tally") }
	var c lab.Card = lab.Machine()
	if c.Cores < 1 || c.ThreadStack == lab.NoLimit+1 { panic("card") }
	var v lab.Bundler = sketch{1}
	lab.Show(v)
}
`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Eval("run()"); err != nil {
		t.Fatal(err)
	}
	got := f.plains()
	want := []string{"+one", "two", "+Name  N\n----  -\na     1", "+  x\n---\n  1\n2.5", "+p  [....................] 0/2   0 %",
		"p  [####################] 2/2 100 %"}
	if diff := cmp.Diff(want, got[:min(len(got), len(want))]); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	if rest := strings.Join(got[len(want):], "\n"); !strings.Contains(rest, "2 outcomes in 10 runs") || !strings.HasSuffix(rest, "+sketch") {
		t.Errorf("the rest is\n%s", rest)
	}
}
