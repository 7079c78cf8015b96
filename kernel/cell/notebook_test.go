package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"runnext/kernel/engine"
)

func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"x·2":                          "x",
		"undefined: x·12.y·3":          "undefined: x.y",
		"f·then()":                     "f()",
		"f·2·then and g":               "f and g",
		"a · b, 3 ·2":                  "a · b, 3 ·2",
		"map[string]T·2":               "map[string]T",
		"late" + undefinedMark + " x·": "late x·",
		"héλ·3":                        "héλ",
	} {
		if got := Shown(text); got != want {
			t.Errorf("Shown(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestPreloaded(t *testing.T) {
	n := New(Config{
		Importer:  onlyStd(t),
		Packages:  []string{"fmt", "math"},
		Preloaded: map[string]string{"lab": "math"},
	})
	c, fail := n.Check(1, "lab.Sqrt(2)")
	if fail != nil {
		t.Fatal(fail)
	}
	if len(c.AutoImported) != 0 {
		t.Errorf("reports %v of a package that needs no import", c.AutoImported)
	}
	n.Commit(c)
	given(t, n, "lab := 3\nlab", "fmt.Println(lab)")
	if got := n.Complete("la", 2); len(got.Items) == 0 || got.Items[0].Text != "lab" {
		t.Errorf("lab is not offered: %+v", got.Items)
	}
}

// TestFailureChangesNothing: a cell that is refused leaves no name, no method
// and no import behind.
func TestFailureChangesNothing(t *testing.T) {
	n := newNotebook(t)
	given(t, n, "type T struct{ n int }\nx := 1")
	before := n.state()
	for _, code := range []string{
		"import \"os\"\nfunc (t T) M() {}\nx := \"s\"\ny := 2\nundefined1",
		"func (t T) M() {}\nx :=",
		"import \"C\"",
	} {
		if _, fail := n.Check(2, code); fail == nil {
			t.Errorf("%q is accepted", code)
		}
	}
	// Checked and not committed.
	if _, fail := n.Check(2, "x := \"s\"\ntype T struct{ s string }\nos.Args"); fail != nil {
		t.Error(fail)
	}
	if n.state() != before {
		t.Error("the notebook has changed")
	}
	given(t, n, "var _ int = x\nT{1}.n", "func (t T) M() {}")
}

func TestReset(t *testing.T) {
	n := newNotebook(t)
	given(t, n, "x := 1")
	n.Reset()
	if _, fail := n.Check(1, "x"); fail == nil {
		t.Error("x is still there")
	}
	c, fail := n.Check(1, "x := 1")
	if fail != nil {
		t.Fatal(fail)
	}
	if name := c.NewVars[0].Name(); name == "x" {
		t.Error("a name was given away twice")
	}
}

// TestPlaces: every position of File is a place in the cell it was written in.
func TestPlaces(t *testing.T) {
	n := newNotebook(t)
	given(t, n, "x := 1", "\nfunc f() int {\n\treturn x\n}")
	c, fail := n.Check(3, "  f()")
	if fail != nil {
		t.Fatal(fail)
	}
	want := map[string]engine.Place{
		"f": {Cell: 2, Line: 2, Column: 6},
		"x": {Cell: 1, Line: 1, Column: 1},
	}
	for id, obj := range c.Info.Defs {
		if place, ok := want[id.Name]; ok && obj != nil {
			if got := c.Position(id.Pos()); got != place {
				t.Errorf("%s stands at %v, want %v", id.Name, got, place)
			}
			delete(want, id.Name)
		}
	}
	if len(want) > 0 {
		t.Errorf("not defined: %v", want)
	}
	var call *ast.CallExpr
	ast.Inspect(c.File, func(n ast.Node) bool {
		if x, ok := n.(*ast.CallExpr); ok && len(x.Args) == 0 {
			call = x
		}
		return true
	})
	if got := c.Position(call.Pos()); got != (engine.Place{Cell: 3, Line: 1, Column: 3}) {
		t.Errorf("f() stands at %v", got)
	}
	if got := c.Position(token.NoPos); got != (engine.Place{}) {
		t.Errorf("no position stands at %v", got)
	}
}

// TestFileHoldsWhatIsReached and no more.
func TestFileHoldsWhatIsReached(t *testing.T) {
	n := newNotebook(t)
	given(t, n,
		"func a() int { return b() }\nfunc b() int { return len(v) }\nvar v []W\ntype W struct{}\nfunc (W) String() string { return fmt.Sprint(k) }\nconst k = 1",
		"func unused() { other() }\nfunc other() {}\nvar big = 1")
	c, fail := n.Check(3, "a()")
	if fail != nil {
		t.Fatal(fail)
	}
	var got []string
	for _, d := range c.File.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			got = append(got, d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					got = append(got, s.Name.Name)
				case *ast.ValueSpec:
					got = append(got, s.Names[0].Name)
					if d.Tok == token.VAR && (s.Type != nil || s.Values != nil) {
						t.Errorf("%s has a type or values", s.Names[0].Name)
					}
				case *ast.ImportSpec:
					got = append(got, s.Path.Value)
				}
			}
		}
	}
	if want := "\"fmt\" W k v b a String ·result ·cell"; strings.Join(got, " ") != want {
		t.Errorf("File holds %s, want %s", strings.Join(got, " "), want)
	}
	if len(c.UsedVars) != 1 || c.UsedVars[0].Type().Underlying().(*types.Slice) == nil {
		t.Errorf("uses %v", c.UsedVars)
	}
}
