package cell

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"runnext/kernel/engine"
)

// given runs cells that must be accepted.
func given(tb testing.TB, n *Notebook, cells ...string) {
	tb.Helper()
	for i, code := range cells {
		c, fail := n.Check(i+1, code)
		if fail != nil {
			tb.Fatalf("cell %d: %v", i+1, fail)
		}
		n.Commit(c)
	}
}

// cursor takes the mark | out of code and tells where it stood.
func cursor(tb testing.TB, marked string) (code string, offset int) {
	tb.Helper()
	before, after, ok := strings.Cut(marked, "‸")
	if !ok {
		tb.Fatalf("no cursor in %q", marked)
	}
	return before + after, len(before)
}

const shapes = `
// Point is a place on a plane.
type Point struct{ X, Y int }

// Norm gives the distance from the origin.
func (p *Point) Norm() float64 { return math.Sqrt(float64(p.X*p.X + p.Y*p.Y)) }

type Circle struct {
	Point
	Radius float64
}

var unit = &Circle{Radius: 1}

// double gives twice what it is given.
func double[T int | float64](x T) T { return x + x }
`

func TestComplete(t *testing.T) {
	tests := []struct {
		name, code string
		want       string // what must be offered, with kinds
		not        string // what must not
	}{
		{"package member", "fmt.Prin‸", "Print:function Printf:function Println:function", "Sprint Fprint"},
		{"package member in call", "fmt.Println(strings.ToU‸", "ToUpper:function ToUpperSpecial:function", ""},
		{"member of a package nobody imported", "strings.‸", "ToUpper:function Builder:type", ""},
		{"member before a line that goes on", "fmt.‸\ny := 1", "Println:function", ""},
		{"fields and methods through a pointer", "unit.‸", "Radius:field Point:field X:field Norm:method", "fmt"},
		{"type of this very cell", "type W struct{ width int }\nfunc (w W) Area() int { return 0 }\nw := W{}\nw.‸", "width:field Area:method", ""},
		{"half-written range", "s := []int{1}\nfor _, v := range s‸", "s:instance", ""},
		{"range over a field", "type B struct{ list []int }\nvar b B\nfor _, v := range b.‸", "list:field", ""},
		{"inside an unclosed function", "func f(count int) {\n\ttotal := 1\n\tif count > 0 {\n\t\tto‸", "total:instance", "Norm"},
		{"parameters", "func f(count int) int {\n\treturn cou‸\n}", "count:instance", ""},
		{"not yet defined", "func f() {\n\tla‸\n\tlater := 1\n\t_ = later\n}", "", "later"},
		{"closure variable", "go func(ch chan int) {\n\tc‸\n}(nil)", "ch:instance close:function", ""},
		{"loop variable", "for index := range 3 {\n\tind‸\n}", "index:instance", ""},
		{"notebook function", "doub‸", "double:function", ""},
		{"notebook type", "var p Poi‸", "Point:type", ""},
		{"keys of a literal", "Circle{Rad‸}", "Radius:field", ""},
		{"keys not named yet", "Circle{Radius: 1, ‸}", "Point:field", "Radius"},
		{"keyword", "sel‸", "select:keyword", ""},
		{"package to import", "strc‸", "strconv:module", ""},
		{"package already imported", "mat‸", "math:module", ""},
		{"import path", "import \"net/‸\"", "net/http:module net/url:module", "fmt"},
		{"import path in a group", "import (\n\t\"fmt\"\n\t\"enc‸", "encoding/json:module encoding/binary:module", ""},
		{"in a string", "x := \"fmt.‸\"", "", "Println"},
		{"in a comment", "// fmt.‸", "", "Println"},
		{"after a syntax error", "y := )\nfmt.Prin‸", "Println:function", ""},
		{"result of a call", "time.Now().‸", "Unix:method Add:method", "wall"},
		{"selector in select", "ch := make(chan int)\nselect {\ncase v := <-ch:\n\tfmt.Println(v)\n\tunit.Ra‸\n}", "Radius:field", ""},
		{"interface", "var r io.Reader\nr.‸", "Read:method", ""},
		{"generic value", "type Box[T any] struct{ item T }\nvar bx Box[string]\nbx.‸", "item:field", ""},
		{"capital letters are forgiven", "fmt.println‸", "Println:function", ""},
		{"end of nothing", "‸", "unit:instance", ""},
	}
	n := newNotebook(t)
	given(t, n, shapes)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, offset := cursor(t, tt.code)
			out := n.Complete(code, offset)
			has := map[string]engine.Item{}
			for _, item := range out.Items {
				has[item.Text] = item
				if strings.ContainsAny(item.Text+item.Signature, versionMark+cursorName) {
					t.Errorf("a name of ours shows: %+v", item)
				}
			}
			for want := range strings.FieldsSeq(tt.want) {
				text, kind, _ := strings.Cut(want, ":")
				if has[text].Kind != kind {
					t.Errorf("%s is %+v, want a %s", text, has[text], kind)
				}
			}
			for not := range strings.FieldsSeq(tt.not) {
				if _, ok := has[not]; ok {
					t.Errorf("%s is offered", not)
				}
			}
			if out.End != offset || out.Start > offset {
				t.Errorf("replaces [%d,%d), cursor at %d", out.Start, out.End, offset)
			}
		})
	}
}

// TestCompleteOrder: what is nearest to the cursor is offered first.
func TestCompleteOrder(t *testing.T) {
	n := newNotebook(t)
	given(t, n, shapes, "point, packed := 1, 2")
	for _, tt := range []struct{ code, want string }{
		{"func f(path, pin int) {\n\tp‸\n}", "path pin packed point package panic"},
		{"p‸", "packed point package panic"},
		{"Circle{‸}", "Point Radius Circle double"},
		{"func f(a Circle) {\n\ta.‸\n}", "Norm Point Radius X Y"},
	} {
		code, offset := cursor(t, tt.code)
		var got []string
		for _, item := range n.Complete(code, offset).Items {
			got = append(got, item.Text)
		}
		want := strings.Fields(tt.want)
		if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
			t.Errorf("%s: %v, want first %v", tt.code, got, want)
		}
	}
}

// TestKeywords: every keyword of Go has a page.
func TestKeywords(t *testing.T) {
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		if s, ok := keyword(tok.String()); !ok || s.code == "" || s.doc == "" {
			t.Errorf("%s has no page", tok)
		}
	}
}

func TestCompleteSignature(t *testing.T) {
	n := newNotebook(t)
	given(t, n, shapes)
	for code, want := range map[string]string{
		"fmt.Println‸": "func(a ...any) (n int, err error)",
		"unit‸":        "*Circle",
		"unit.Norm‸":   "func() float64",
		"appe‸":        "func(slice []Type, elems ...Type) []Type",
		"double‸":      "func[T int | float64](x T) T",
	} {
		code, offset := cursor(t, code)
		out := n.Complete(code, offset)
		if len(out.Items) == 0 || out.Items[0].Signature != want {
			t.Errorf("%s: %+v, want first %s", code, out.Items, want)
		}
	}
}

// TestBuiltins: Go has no built-in function that is offered without signature.
func TestBuiltins(t *testing.T) {
	for _, name := range types.Universe.Names() {
		if _, ok := types.Universe.Lookup(name).(*types.Builtin); ok && builtinSignature(name) == "" {
			t.Errorf("%s has no signature", name)
		}
	}
}

func TestCompleteLeavesNothing(t *testing.T) {
	n := newNotebook(t)
	given(t, n, "x := 1")
	n.Complete("x := \"s\"\ny := x\nx.", 17)
	n.Inspect("x := \"s\"\ny := x", 0, 0)
	c, fail := n.Check(2, "x := x + 1\nx")
	if fail != nil {
		t.Fatal(fail)
	}
	if got := c.NewVars[0].Name(); got != "x·2" {
		t.Errorf("second x is %s: completion gave a name away", got)
	}
}

func TestInspect(t *testing.T) {
	n := newNotebook(t)
	given(t, n, shapes)
	tests := []struct {
		name, code string
		detail     int
		want       []string // parts of the Markdown; none means not found
	}{
		{"package function", "fmt.Print‸ln(1)", 0, []string{"```go\nfunc fmt.Println(a ...any) (n int, err error)\n```", "default formats", `package "fmt"`}},
		{"arguments of a call", "fmt.Println(1, ‸)", 0, []string{"func fmt.Println"}},
		{"package", "fm‸t.Println()", 0, []string{`import "fmt"`}},
		{"notebook type", "var c Poin‸t", 0, []string{"type Point struct {\n\tX int\n\tY int\n}", "Point is a place", "cell 1, line 3"}},
		{"methods", "var c Poin‸t", 0, []string{"func (*Point).Norm() float64"}},
		{"notebook function", "double‸(1)", 0, []string{"func double[T int | float64](x T) T", "twice"}},
		{"source with detail", "double‸(1)", 1, []string{"{ return x + x }"}},
		{"method", "unit.No‸rm()", 0, []string{"func (*Point).Norm() float64", "distance"}},
		{"field", "unit.Rad‸ius", 0, []string{"field Radius float64"}},
		{"variable", "uni‸t", 0, []string{"var unit *Circle", "cell 1"}},
		{"own variable", "v := 1\n‸v", 0, []string{"var v int"}},
		{"builtin", "le‸n(x)", 0, []string{"func len(v Type) int", "Built into Go"}},
		{"type of a package", "var b strings.Build‸er", 0, []string{"type strings.Builder struct {\n\t// and what is not exported\n}", "func (*strings.Builder).WriteString(s string)"}},
		{"more methods than a page holds", "var t time.Ti‸me", 0, []string{"// and "}},
		{"interface", "var r io.Rea‸der", 0, []string{"type io.Reader interface {\n\tRead(p []byte) (n int, err error)\n}"}},
		{"generic type", "type Pair[K comparable, V any] struct{ Key K }\nvar p Pai‸r[int, int]", 0, []string{"type Pair[K comparable, V any] struct {"}},
		{"documented in the first line", "// Deep is deep.\ntype Deep struct{}\nvar d Dee‸p", 0, []string{"Deep is deep."}},
		{"keyword", "sel‸ect {}", 0, []string{"Waits until one of its sends or receives can proceed", "A keyword of Go"}},
		{"unclosed", "fmt.Println(unit.No‸", 0, nil},
		{"unclosed, whole word", "fmt.Println(unit.Norm‸", 0, []string{"Norm() float64"}},
		{"nothing there", "1 + ‸ 2", 0, nil},
		{"unknown", "nob‸ody", 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, offset := cursor(t, tt.code)
			out, ok := n.Inspect(code, offset, tt.detail)
			if ok != (len(tt.want) > 0) {
				t.Fatalf("found %v: %v", ok, out.Data)
			}
			if !ok {
				return
			}
			md := out.Data["text/markdown"].(string)
			for _, want := range tt.want {
				if !strings.Contains(md, want) {
					t.Errorf("no %q in\n%s", want, md)
				}
			}
			if out.Data["text/plain"] == "" || strings.Contains(md, versionMark) {
				t.Errorf("text/plain %q, markdown %q", out.Data["text/plain"], md)
			}
		})
	}
}

func TestIsComplete(t *testing.T) {
	tests := []struct{ code, status, indent string }{
		{"", "complete", ""},
		{"x := 1", "complete", ""},
		{"for {", "incomplete", "\t"},
		{"x := )", "invalid", ""},
		{"x := ", "incomplete", "\t"},
		{"x +", "incomplete", "\t"},
		{"f(1,", "incomplete", "\t"},
		{"f(1", "incomplete", "\t"},
		{"func f() {\n\tif true {", "incomplete", "\t\t"},
		{"func f() {\n\tif true {\n\t}", "incomplete", "\t"},
		{"func f() {\n}", "complete", ""},
		{"x := `raw", "incomplete", ""},
		{"x := `raw\n`", "complete", ""},
		{"x := \"half", "invalid", ""},
		{"x := 'h", "invalid", ""},
		{"/* comment", "incomplete", ""},
		{"// comment", "complete", ""},
		{"outer:", "incomplete", ""},
		{"outer:\nfor {\n\tbreak outer\n}", "complete", ""},
		{"import \"fmt\"\nfmt.Println()", "complete", ""},
		{"import (", "incomplete", "\t"},
		{"type T struct {", "incomplete", "\t"},
		{"m := map[string]int{\n\t\"a\": 1,", "incomplete", "\t"},
		{"if x {\n} else {", "incomplete", "\t"},
		{"}", "invalid", ""},
		{"x := 1\n}", "invalid", ""},
		{"if x {\n\ty := )", "invalid", ""},
		{"switch x {\ncase 1:", "incomplete", "\t"},
		{"x = y.", "incomplete", "\t"},
		{"go func() {", "incomplete", "\t"},
		{"package main\n\nfunc main() {", "incomplete", "\t"},
		{"func (t T) M() {", "incomplete", "\t"},
		{"x := func(a int) int {\n\treturn a\n}(1)", "complete", ""},
		{"a, b :=", "incomplete", "\t"},
		{"x = @", "invalid", ""},
	}
	for _, tt := range tests {
		got := IsComplete(tt.code)
		if got.Status != tt.status || got.Indent != tt.indent {
			t.Errorf("%q: %q %q, want %q %q", tt.code, got.Status, got.Indent, tt.status, tt.indent)
		}
	}
}
