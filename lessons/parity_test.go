package lessons

import (
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"runnext/lessons/nb"
)

// TestParity runs each lesson as a compiled program: with the stubs of the
// exercises every check says that it is not done yet, with the solutions of
// the hints every check says that it is right.
func TestParity(t *testing.T) {
	for _, l := range Catalog() {
		if !l.Written {
			continue
		}
		for _, way := range []struct{ name, prefix, other string }{
			{"stubs", "not yet: ", "right: "},
			{"solutions", "right: ", "not yet: "},
		} {
			t.Run(l.Name+"/"+way.name, func(t *testing.T) {
				t.Parallel()
				n, _ := read(t, l.Path("en"))
				checks := 0
				for _, c := range n.Cells {
					if name, ok := strings.CutPrefix(c.ID[3:], "-hints-"); ok {
						checks++
						m := solution.FindStringSubmatch(c.Source)
						if m == nil {
							t.Fatalf("%s: it has no solution", c.ID)
						}
						if way.name == "solutions" {
							answer(t, n, name, m[1])
						}
					}
				}
				if way.name == "solutions" {
					unmeasured(n) // the stubs' run has measured
				}
				out := run(t, n)
				if got := strings.Count(out, "\n"+way.prefix); got != checks || strings.Contains(out, "\n"+way.other) {
					t.Errorf("%d of %d checks say %q:\n%s", got, checks, way.prefix, out)
				}
			})
		}
	}
}

var update = flag.Bool("update", false, "write what the checks say of wrong answers")

// TestWrongAnswers gives the checks answers that are known to be wrong: each is
// refused, and told what is thought wrong in it and where to look. What the
// checks say stands in testdata/refused.txt.
func TestWrongAnswers(t *testing.T) {
	var wrong txtar.Archive
	files, err := filepath.Glob("testdata/wrong/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no wrong answers: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		wrong.Files = append(wrong.Files, a.Files...)
	}
	said := make([]string, len(wrong.Files))
	t.Run("all", func(t *testing.T) {
		for i, f := range wrong.Files {
			t.Run(f.Name, func(t *testing.T) {
				t.Parallel()
				part := strings.Split(f.Name, "/")
				n, _ := read(t, "en/"+part[0]+".ipynb")
				answer(t, n, part[1], strings.TrimSpace(string(f.Data)))
				unmeasured(n)
				alone(n, part[1])
				out := run(t, n)
				if strings.Contains(out, "\nright: ") {
					t.Fatalf("it is taken for right:\n%s", out)
				}
				said[i] = votes.ReplaceAllString(refusal.FindString(out), "map[...]")
				if !looks.MatchString(said[i]) {
					t.Errorf("it is not told where to look:\n%s", out)
				}
			})
		}
	})
	var all strings.Builder
	for i, f := range wrong.Files {
		fmt.Fprintf(&all, "%s\n%s\n\n", f.Name, strings.TrimSpace(said[i]))
	}
	if *update {
		if err := os.WriteFile("testdata/refused.txt", []byte(all.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("testdata/refused.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range strings.Split(string(want), "\n\n") {
		got := strings.Split(all.String(), "\n\n")
		if i >= len(got) || got[i] != block {
			t.Errorf("refused.txt says\n%s\nand now it is\n%s", block, slices.Concat(got, []string{""})[min(i, len(got))])
		}
	}
}

// A refusal is a line that says so, and the lines below it that tell why.
var (
	refusal = regexp.MustCompile(`(?m)^not yet: .*(\n  .*)*`)
	votes   = regexp.MustCompile(`map\[.*?\]`) // how many differs from run to run
	looks   = regexp.MustCompile(`(?i)\n  [^$]*(round|rounds|hint|hints|lesson|recap|exercise)\b`)
)

// alone leaves of the checks of other exercises what they import, if another
// cell needs it too.
func alone(n *nb.Notebook, exercise string) {
	for i := range n.Cells {
		c := &n.Cells[i]
		if name, check := strings.CutPrefix(c.ID[3:], "-check-"); check && name != exercise {
			var kept []string
			for _, path := range nb.Split(c.Source).Imports {
				if !slices.ContainsFunc(n.Cells, func(o nb.Cell) bool {
					return o.ID != c.ID && o.Type == nb.Code && strings.Contains(o.Source, filepath.Base(path)+".")
				}) {
					continue
				}
				kept = append(kept, fmt.Sprintf("import %q", path))
			}
			c.Source = strings.Join(kept, "\n")
		}
	}
}

var measures = regexp.MustCompile(`\blab\.(Threads|Goroutines|Switch|StackTouch|Requests|TwoPC|Server)\(`)

// unmeasured takes out the cells that measure: they take seconds, and no check
// asks what they have found.
func unmeasured(n *nb.Notebook) {
	n.Cells = slices.DeleteFunc(n.Cells, func(c nb.Cell) bool {
		return c.Type == nb.Code && measures.MatchString(c.Source)
	})
}

// answer puts an answer into the cell to work in.
func answer(t *testing.T, n *nb.Notebook, exercise, source string) {
	t.Helper()
	i := slices.IndexFunc(n.Cells, func(c nb.Cell) bool { return strings.HasSuffix(c.ID, "-work-"+exercise) })
	if i < 0 {
		t.Fatalf("there is no exercise %s", exercise)
	}
	n.Cells[i].Source = source
}

// run compiles and runs a lesson, and gives all it prints after a line feed.
func run(t *testing.T, n *nb.Notebook) string {
	t.Helper()
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no Go toolchain")
	}
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, program(t, n), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(goTool, "run", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return "\n" + string(out)
}

var solution = regexp.MustCompile("(?s)<summary>Solution.*?```go\n(.*?)\n```")

// program makes one program of a lesson's cells: their imports and functions
// at the top, their statements in main, a value printed.
func program(t *testing.T, n *nb.Notebook) []byte {
	t.Helper()
	imports := map[string]bool{"runnext/kernel/lab": true}
	var decls, body strings.Builder
	checks := map[string]nb.Source{}
	for _, c := range n.Cells {
		if c.Type != nb.Code || slices.Contains(c.Tags(), "interp-only") {
			continue
		}
		source := nb.Split(c.Source)
		switch name, way := source.Exercise(); way {
		case nb.Defines:
			checks[name] = source
			continue
		case nb.Checks:
			source = checks[name]
		case nb.Other:
			continue
		}
		for _, path := range source.Imports {
			imports[path] = true
		}
		for _, d := range source.Decls {
			fmt.Fprintf(&decls, "%s\n\n", d)
		}
		fmt.Fprintf(&body, "\n// %s\n%s\n", c.ID, printed(t, c.ID, source.Statements))
	}
	var all strings.Builder
	all.WriteString("package main\n\n")
	for path := range imports {
		fmt.Fprintf(&all, "import %q\n", path)
	}
	fmt.Fprintf(&all, "var _ = lab.Show\n%s\nfunc main() {\n%s\n}\n", decls.String(), body.String())
	text, err := format.Source([]byte(all.String()))
	if err != nil {
		t.Fatalf("%v\n%s", err, all.String())
	}
	return text
}

// printed puts a Println around the last expression of a cell, if it has a
// value and is not a call that shows something itself.
func printed(t *testing.T, id, source string) string {
	t.Helper()
	const head = "package p; func f() {\n"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, id, head+source+"\n}", 0)
	if err != nil {
		t.Fatal(err)
	}
	list := file.Decls[0].(*ast.FuncDecl).Body.List
	if len(list) == 0 {
		return source
	}
	last, ok := list[len(list)-1].(*ast.ExprStmt)
	if !ok {
		return source
	}
	if call, ok := last.X.(*ast.CallExpr); ok {
		if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "len" && name.Name != "cap" {
			return source
		}
	}
	at := fset.Position(last.Pos()).Offset - len(head)
	return source[:at] + "fmt.Println(" + source[at:] + ")"
}
