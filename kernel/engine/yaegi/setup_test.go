package yaegi

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"

	checker "runnext/kernel/cell"
	"runnext/kernel/core"
	"runnext/kernel/engine"
	"runnext/kernel/lab"
	"runnext/kernel/std"
	"runnext/kernel/std/stdtest"
)

// notebook runs cells as the kernel does, without its second process.
type notebook struct {
	t      testing.TB
	cells  *checker.Notebook
	build  *core.Builder
	runner *Runner
	number int
	source string // of the last cell
}

// collector is the one of this process.
var collector Collector

func newNotebook(t testing.TB) *notebook {
	t.Helper()
	lib := stdtest.Carried(t)
	im := lib.Importer(token.NewFileSet())
	runner, err := New(Config{Symbols: lib, Collector: &collector, Bound: map[string]func(engine.IO) map[string]reflect.Value{
		"runnext/lab": lab.Symbols, "runnext/kernel/lab": lab.Symbols,
	}})
	if err != nil {
		t.Fatal(err)
	}
	return &notebook{
		t: t, runner: runner, build: core.NewBuilder(im),
		cells: checker.New(checker.Config{Importer: im, Packages: lib.Packages()}),
	}
}

// testIO is a job's outside, in memory.
type testIO struct {
	mu       sync.Mutex
	out, err bytes.Buffer
	in       io.Reader
	late     []*engine.Failure
	word     uint32
}

func (x *testIO) Stdout() io.Writer      { return lockedWriter{x, &x.out} }
func (x *testIO) Stderr() io.Writer      { return lockedWriter{x, &x.err} }
func (x *testIO) Stdin() io.Reader       { return x.in }
func (x *testIO) Display(engine.Display) {}
func (x *testIO) Clear(bool)             {}
func (x *testIO) Interrupted() *uint32   { return &x.word }
func (x *testIO) Late(f *engine.Failure) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.late = append(x.late, f)
}

func (x *testIO) stdout() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.out.String()
}

func (x *testIO) stderr() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.err.String()
}

type lockedWriter struct {
	x *testIO
	b *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.x.mu.Lock()
	defer w.x.mu.Unlock()
	return w.b.Write(p)
}

// run checks, emits and runs one cell.
func (n *notebook) run(code string) (*testIO, engine.Report) {
	return n.runContext(context.Background(), code, &testIO{in: strings.NewReader("")})
}

func (n *notebook) runContext(ctx context.Context, code string, x *testIO) (*testIO, engine.Report) {
	n.t.Helper()
	job, fail := n.prepare(code)
	if fail != nil {
		return x, engine.Report{Failure: fail}
	}
	return x, n.runner.Run(ctx, job, x)
}

func (n *notebook) prepare(code string) (engine.Job, *engine.Failure) {
	n.number++
	checked, fail := n.cells.Check(n.number, code)
	if fail != nil {
		return engine.Job{}, fail
	}
	p, fail := n.build.Emit(core.InputOf(checked))
	if fail != nil {
		return engine.Job{}, fail
	}
	n.source = p.Source
	text, err := p.Encode()
	if err != nil {
		n.t.Fatal(err)
	}
	n.cells.Commit(checked)
	return engine.Job{ID: uint64(n.number), Cell: n.number, Program: text}, nil
}

// whole checks a program by itself, without a notebook's rules.
func (n *notebook) whole(code string) engine.Job {
	n.t.Helper()
	fset := token.NewFileSet()
	lib, err := std.Carried()
	if err != nil {
		n.t.Fatal(err)
	}
	im := lib.Importer(fset)
	f, err := parser.ParseFile(fset, "main.go", code, 0)
	if err != nil {
		n.t.Fatal(err)
	}
	info := std.NewInfo()
	pkg, err := (&types.Config{Importer: im}).Check("main", fset, []*ast.File{f}, info)
	if err != nil {
		n.t.Fatal(err)
	}
	p, fail := core.NewBuilder(im).Emit(core.Input{Fset: fset, Pkg: pkg, Info: info, File: f, Entry: "main", Position: func(pos token.Pos) engine.Place {
		at := fset.Position(pos)
		return engine.Place{Cell: 1, Line: at.Line, Column: at.Column}
	}})
	if fail != nil {
		n.t.Fatal(fail)
	}
	n.source = p.Source
	text, err := p.Encode()
	if err != nil {
		n.t.Fatal(err)
	}
	return engine.Job{ID: 1, Cell: 1, Program: text}
}
