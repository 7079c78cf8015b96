package gmp_test

import (
	"context"
	"go/token"
	"strconv"
	"strings"
	"sync"
	"testing"

	"runnext/kernel/cell"
	"runnext/kernel/directive"
	"runnext/kernel/engine"
	"runnext/kernel/engine/gmp"
	"runnext/kernel/simulate"
	"runnext/kernel/std/stdtest"
)

// notebook runs cells one after the other, plain ones by their declarations
// alone.
type notebook struct {
	t      *testing.T
	cells  *cell.Notebook
	engine *gmp.Engine
	number int
	worker string // what reading variables of earlier cells gives
}

// newNotebook skips a test in a tree where make build has not run.
func newNotebook(t *testing.T, l gmp.Limits) *notebook {
	t.Helper()
	library := stdtest.Carried(t)
	n := &notebook{t: t, engine: gmp.New(library, l), cells: cell.New(cell.Config{
		Importer: library.Importer(token.NewFileSet()), Packages: library.Packages(), Preloaded: simulate.Preloaded(),
	})}
	t.Cleanup(func() {
		if err := n.engine.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return n
}

func (n *notebook) check(code string) *cell.Checked {
	n.t.Helper()
	n.number++
	c, failure := n.cells.Check(n.number, code)
	if failure != nil {
		n.t.Fatal(failure)
	}
	return c
}

// declare checks a cell and makes its declarations known.
func (n *notebook) declare(code string) { n.cells.Commit(n.check(code)) }

// run runs a cell as `%%gmp args`.
func (n *notebook) run(ctx context.Context, args, code string) (engine.Outcome, *output) {
	n.t.Helper()
	out := &output{}
	o, derr := n.engine.Simulate(ctx, n.check(code), directive.Call{Entry: gmp.Entry(), Args: strings.Fields(args), Line: 1, Column: 1}, n.value, out)
	if derr != nil {
		n.t.Fatal(derr)
	}
	return o, out
}

// value answers for the worker with a text that stands for what was read.
func (n *notebook) value(context.Context, string) (engine.Bundle, *engine.Failure) {
	return engine.Bundle{Data: map[string]any{"text/plain": strconv.Quote(n.worker)}}, nil
}

// output keeps what a cell gives.
type output struct {
	mu       sync.Mutex
	streams  map[string]string
	displays []engine.Display
	input    []string
}

func (o *output) Stream(name string, p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.streams == nil {
		o.streams = map[string]string{}
	}
	o.streams[name] += string(p)
}

func (o *output) Display(d engine.Display) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.displays = append(o.displays, d)
}

func (o *output) Clear(bool)           {}
func (o *output) Late(*engine.Failure) {}
func (o *output) Input(context.Context, string, bool) (string, error) {
	if len(o.input) == 0 {
		return "", engine.ErrNoInput
	}
	line := o.input[0]
	o.input = o.input[1:]
	return line, nil
}

func (o *output) plain() string {
	if len(o.displays) == 0 {
		return ""
	}
	return o.displays[0].Data["text/plain"].(string)
}
