package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/exp/trace"
)

//go:embed testdata
var programs embed.FS

// source gives a workload's program.
func source(name string) ([]byte, error) { return programs.ReadFile("testdata/" + name + ".go") }

// build compiles a workload for the real machine, below dir: its main becomes
// a function that another main traces, and its package gmp the one that really
// blocks.
func build(dir, name string) (string, error) {
	src, err := source(name)
	if err != nil {
		return "", fmt.Errorf("oracle: %w", err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name+".go", src, parser.ParseComments)
	if err != nil {
		return "", fmt.Errorf("oracle: %w", err)
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" {
			fn.Name.Name = "workload"
		}
	}
	var b bytes.Buffer
	if err := format.Node(&b, fset, f); err != nil {
		return "", fmt.Errorf("oracle: %w", err)
	}
	main, _ := programs.ReadFile("testdata/main.go.txt")
	gmp, _ := programs.ReadFile("testdata/gmp.go.txt")
	home := filepath.Join(dir, name)
	for file, data := range map[string][]byte{
		"go.mod": []byte("module runnext\n\ngo 1.26\n"), "workload.go": b.Bytes(), "main.go": main, "sim/gmp/gmp.go": gmp,
	} {
		p := filepath.Join(home, file)
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			return "", fmt.Errorf("oracle: %w", err)
		}
		if err := os.WriteFile(p, data, 0o666); err != nil {
			return "", fmt.Errorf("oracle: %w", err)
		}
	}
	cmd := exec.Command("go", "build", "-o", "program", ".")
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-trimpath -buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("oracle: build %s: %w\n%s", name, err, out)
	}
	return filepath.Join(home, "program"), nil
}

// runReal runs a built workload on so many Ps and tallies its trace.
func runReal(program string, procs int) (*tally, error) {
	file := program + ".trace"
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "ORACLE_TRACE="+file, "GOMAXPROCS="+strconv.Itoa(procs))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("oracle: run %s: %w\n%s", program, err, &stderr)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("oracle: %w", err)
	}
	defer f.Close()
	r, err := trace.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("oracle: read trace: %w", err)
	}
	t := &tracer{tally: newTally(), user: map[trace.GoID]bool{}, holder: map[trace.ProcID]trace.ThreadID{}}
	for {
		e, err := r.ReadEvent()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("oracle: read trace: %w", err)
		}
		t.event(&e)
	}
	t.said = stdout.String()
	t.threads, _ = strconv.Atoi(strings.TrimSpace(stderr.String()))
	return t.tally, nil
}

// tracer reads a trace. What the runtime's own goroutines and the tracer's do
// does not count.
type tracer struct {
	*tally
	user   map[trace.GoID]bool
	holder map[trace.ProcID]trace.ThreadID
	on     bool
	begin  trace.Time
}

func (t *tracer) event(e *trace.Event) {
	switch e.Kind() {
	case trace.EventLog:
		if l := e.Log(); l.Category == "oracle" {
			if t.on = l.Message == "begin"; t.on {
				t.begin = e.Time()
				t.user[e.Goroutine()] = true
				t.run(int64(e.Goroutine()), int32(e.Proc()), 0)
			} else {
				t.end = t.at(e)
				t.stop(int64(e.Goroutine()), t.end)
			}
		}
	case trace.EventStateTransition:
		st := e.StateTransition()
		switch st.Resource.Kind {
		case trace.ResourceProc:
			t.proc(e, &st)
		case trace.ResourceGoroutine:
			t.goroutine(e, &st)
		}
	}
}

func (t *tracer) at(e *trace.Event) int64 { return int64(e.Time() - t.begin) }

// proc counts the Ps that are taken from a thread by another one, which
// happens to those in system calls only.
func (t *tracer) proc(e *trace.Event, st *trace.StateTransition) {
	id := st.Resource.Proc()
	switch _, to := st.Proc(); to {
	case trace.ProcRunning:
		t.holder[id] = e.Thread()
	case trace.ProcIdle:
		if h, ok := t.holder[id]; ok && h != e.Thread() && t.on {
			t.retakes++
		}
		delete(t.holder, id)
	}
}

func (t *tracer) goroutine(e *trace.Event, st *trace.StateTransition) {
	id := st.Resource.Goroutine()
	g, p := int64(id), int32(e.Proc())
	from, to := st.Goroutine()
	if !t.on {
		return
	}
	if from == trace.GoNotExist {
		for f := range st.Stack.Frames() {
			t.user[id] = !strings.HasPrefix(f.Func, "runtime.") && !strings.HasPrefix(f.Func, "runtime/")
			break
		}
		if t.user[id] {
			t.create(g, p)
		}
		return
	}
	if !t.user[id] {
		return
	}
	at := t.at(e)
	switch {
	case from == trace.GoWaiting && to == trace.GoRunnable:
		t.ready(g, p)
	case from == trace.GoSyscall && to == trace.GoRunnable:
		t.lost++
		t.ready(g, -1)
	case from == trace.GoRunnable && to == trace.GoRunning:
		t.start(g, p, at)
	case from == trace.GoSyscall && to == trace.GoRunning:
		t.run(g, p, at)
	case from == trace.GoRunning && to == trace.GoWaiting:
		t.blocks++
		t.stop(g, at)
	case from == trace.GoRunning && to == trace.GoRunnable:
		if strings.Contains(st.Reason, "preempt") {
			t.preempt(g, at)
			return
		}
		t.yields++
		t.stop(g, at)
		t.ready(g, -1)
	case from == trace.GoRunning:
		t.stop(g, at)
	}
}
