package explore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Race-free programs are built with Go and run many times in one process, with
// pauses at random between their statements: each way they really end must be
// in the list, for the list is said to be whole.

// harness runs each program's Trial so many times on so many processors.
const harness = `package main

import (
	"encoding/json"
	"os"
	"runtime"
	"strconv"

	"trials/out"
%s)

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	all := map[string]map[string]int{}
	for name, trial := range map[string]func(*out.Printer){%s} {
		all[name] = map[string]int{}
		for _, procs := range []int{1, 2, 4} {
			runtime.GOMAXPROCS(procs)
			for range n {
				var p out.Printer
				trial(&p)
				all[name][p.End()]++
			}
		}
	}
	json.NewEncoder(os.Stdout).Encode(all)
}
`

// printer stands for standard output. What comes after the end is lost.
const printer = `package out

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"
)

type Printer struct {
	mu   sync.Mutex
	text string
	over bool
}

func (p *Printer) Println(a ...any) {
	s := fmt.Sprintln(a...)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.over {
		p.text += s
	}
}

func (p *Printer) End() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	return p.text
}

func Pause() {
	switch n := rand.IntN(400); {
	case n < 40:
		runtime.Gosched()
	case n < 44:
		time.Sleep(time.Duration(rand.IntN(30)) * time.Microsecond)
	case n < 60:
		for t := time.Now(); time.Since(t) < time.Duration(n)*20*time.Nanosecond; {
		}
	}
}
`

// trial makes a package with a function Trial of a program.
func trial(t *testing.T, name string, src []byte) []byte {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Name.Name = name
	pause := func() ast.Stmt {
		return &ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.SelectorExpr{X: ast.NewIdent("out"), Sel: ast.NewIdent("Pause")}}}
	}
	between := func(list []ast.Stmt) []ast.Stmt {
		var with []ast.Stmt
		for _, s := range list {
			with = append(with, pause(), s)
		}
		return with
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "main" {
				n.Name.Name = "Trial"
				n.Type.Params.List = []*ast.Field{{Names: []*ast.Ident{ast.NewIdent("stdout")},
					Type: &ast.StarExpr{X: &ast.SelectorExpr{X: ast.NewIdent("out"), Sel: ast.NewIdent("Printer")}}}}
			}
		case *ast.BlockStmt:
			for _, s := range n.List {
				switch s.(type) {
				case *ast.CommClause, *ast.CaseClause:
					return true
				}
			}
			n.List = between(n.List)
		case *ast.CommClause:
			n.Body = between(n.Body)
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok && id.Name == "fmt" && n.Sel.Name == "Println" {
				id.Name = "stdout"
			}
		}
		return true
	})
	var b bytes.Buffer
	if err := format.Node(&b, fset, f); err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(b.String(), "\n")
	return []byte(head + "\n\nimport \"trials/out\"\n" + rest + "\nvar _ = fmt.Sprint\n")
}

// really gives how often each program ended in which way.
func really(t *testing.T, programs map[string][]byte, n int) map[string]map[string]int {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, text []byte) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var imports, table strings.Builder
	for name, src := range programs {
		write(name+"/a.go", trial(t, name, src))
		fmt.Fprintf(&imports, "\t\"trials/%s\"\n", name)
		fmt.Fprintf(&table, "%q: %s.Trial,", name, name)
	}
	write("go.mod", []byte("module trials\n\ngo 1.26\n"))
	write("out/out.go", []byte(printer))
	write("main.go", fmt.Appendf(nil, harness, imports.String(), table.String()))
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "trials"), ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	text, err := exec.CommandContext(t.Context(), filepath.Join(dir, "trials"), fmt.Sprint(n)).Output()
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string]int
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCorpusOutcomes compares the outcomes with those of real runs: with
// RUNNEXT_CORPUS 20,000 of each program on 1, 2 and 4 processors.
func TestCorpusOutcomes(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip(err)
	}
	n := 200
	if os.Getenv("RUNNEXT_CORPUS") != "" {
		n = 20_000
	}
	files, err := filepath.Glob("testdata/real/*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d programs: %v", len(files), err)
	}
	programs := map[string][]byte{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		programs[strings.TrimSuffix(filepath.Base(file), ".go")] = src
	}
	ends := really(t, programs, n)
	for name, src := range programs {
		rep, err := Explore(t.Context(), Config{Machine: built(t, string(src)), Bound: -1, Time: time.Hour, Tries: 100_000})
		if err != nil {
			t.Fatal(err)
		}
		if !rep.Complete || slices.ContainsFunc(rep.Findings, func(f Finding) bool { return f.Kind != Leak }) {
			t.Errorf("%s: complete %v\n%s", name, rep.Complete, rep.Text())
		}
		seen := 0
		for _, o := range rep.Outcomes {
			if ends[name][o.Stdout] > 0 {
				seen++
			}
			delete(ends[name], o.Stdout)
		}
		for out, times := range ends[name] {
			t.Errorf("%s printed %q in %d of %d runs, which is said to be impossible", name, out, times, 3*n)
		}
		t.Logf("%s: %d schedules, %d outcomes, %d of them seen", name, rep.Schedules, len(rep.Outcomes), seen)
	}
}
