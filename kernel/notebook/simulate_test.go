package notebook_test

import (
	"context"
	"go/token"
	"strings"
	"testing"

	"runnext/kernel/cell"
	"runnext/kernel/directive"
	"runnext/kernel/engine"
	"runnext/kernel/notebook"
	"runnext/kernel/std/stdtest"
	"runnext/kernel/worker"
)

// noted is a simulator that keeps what it is given and ends as it is told.
type noted struct {
	cells   []*cell.Checked
	args    [][]string
	outcome engine.Outcome
	err     *directive.Error
}

func (*noted) Entry() directive.Entry {
	return directive.Entry{Name: "gmp", Kind: directive.Cell, Summary: "simulates"}
}

func (s *noted) Simulate(_ context.Context, c *cell.Checked, call directive.Call, _ notebook.Value, _ engine.Output) (engine.Outcome, *directive.Error) {
	s.cells, s.args = append(s.cells, c), append(s.args, call.Args)
	return s.outcome, s.err
}

func (*noted) Problem(directive.Call) (string, bool) { return "", false }
func (*noted) LineEntries() []directive.Entry        { return nil }
func (*noted) Line(directive.Call, engine.Output) *directive.Error {
	return nil
}
func (*noted) Predict(string, engine.Output) bool { return false }

func (*noted) Close(context.Context) error { return nil }

// still is a worker under which every cell ends well.
type still struct{}

func (still) Run(context.Context, engine.Job, engine.Output) worker.Ending { return worker.Ending{} }
func (still) Close(context.Context) error                                  { return nil }

type silent struct{}

func (silent) Stream(string, []byte)  {}
func (silent) Display(engine.Display) {}
func (silent) Clear(bool)             {}
func (silent) Late(*engine.Failure)   {}
func (silent) Input(context.Context, string, bool) (string, error) {
	return "", engine.ErrNoInput
}

// session gives a function that runs one cell after the other.
func session(t *testing.T, s *noted) func(code string) *engine.Failure {
	t.Helper()
	library := stdtest.Carried(t)
	n, err := notebook.New(notebook.Config{
		Cells:     cell.New(cell.Config{Importer: library.Importer(token.NewFileSet()), Packages: library.Packages()}),
		Emit:      func(*cell.Checked) ([]byte, *engine.Failure) { return nil, nil },
		Worker:    still{},
		Simulator: s,
	})
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	return func(code string) *engine.Failure {
		number++
		return n.Execute(t.Context(), engine.Cell{Number: number, Code: code}, silent{}).Failure
	}
}

// What a simulated cell leaves in the notebook.
func TestWhatStays(t *testing.T) {
	tests := []struct {
		name         string
		before, cell string
		good, bad    []string // cells after it
	}{
		{"declarations", "", "type T int\nconst c = 2\nfunc f() T { return c }\nx := f()\n_ = x", []string{"var t T = f() + c"}, []string{"x"}},
		{"an earlier variable", "x := 1", "x := \"s\"\nfunc f() {}\n_ = x", []string{"x + 1", "f()"}, nil},
		{"a function that uses the cell's variable", "", "var mu sync.Mutex\nfunc f() { mu.Lock() }\nf()\ntype T int", []string{"var t T"}, []string{"f()", "mu"}},
		{"the same over an earlier variable", "mu := 1", "var mu sync.Mutex\nfunc f() { mu.Lock() }\nf()", []string{"mu + 1"}, []string{"f()"}},
		{"a cell without variables", "", "func f() int { return 1 }\nprintln(f())", []string{"f()"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &noted{}
			run := session(t, s)
			if tt.before != "" {
				if f := run(tt.before); f != nil {
					t.Fatal(f)
				}
			}
			if f := run("%%gmp -p 2\n" + tt.cell); f != nil {
				t.Fatal(f)
			}
			if len(s.cells) != 1 || strings.Join(s.args[0], " ") != "-p 2" {
				t.Fatalf("the simulator was given %d cells, %q", len(s.cells), s.args)
			}
			for _, code := range tt.good {
				if f := run(code); f != nil {
					t.Errorf("%s: %v", code, f)
				}
			}
			for _, code := range tt.bad {
				if f := run(code); f == nil || f.Kind != engine.KindCompile {
					t.Errorf("%s: got %v, want a compile error", code, f)
				}
			}
		})
	}
}

func TestSimulatedCellThatFails(t *testing.T) {
	s := &noted{}
	run := session(t, s)
	if f := run("%%gmp\nfunc f() {}\nnope()"); f == nil || f.Kind != engine.KindCompile || f.Places[0].Line != 3 || len(s.cells) != 0 {
		t.Errorf("got %v", f)
	}
	s.err = &directive.Error{Line: 1, Column: 7, Text: "no such flag"}
	if f := run("%%gmp -x\nfunc g() {}\ng()"); f == nil || f.Text != "no such flag" || f.Places[0].Column != 7 {
		t.Errorf("got %v", f)
	}
	if f := run("g()"); f == nil {
		t.Error("a cell that never ran has declared g")
	}
	s.err, s.outcome = nil, engine.Outcome{Failure: &engine.Failure{Kind: engine.KindDeadlock, Text: "fatal error"}}
	if f := run("%%gmp\nfunc h() {}\nh()"); f == nil || f.Kind != engine.KindDeadlock {
		t.Errorf("got %v", f)
	}
	if f := run("h()"); f != nil {
		t.Errorf("a cell that has run has declared h: %v", f)
	}
}
