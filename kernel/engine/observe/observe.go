// Package observe serves the cells that look at the real scheduler: %%trace
// shows a run as runtime/trace has seen it, %%schedtrace what the scheduler says
// of itself, %%race where two goroutines touched the same memory. It runs
// nothing itself: programs are runnext/kernel/engine/native's, live cells the
// notebook's, and traces are read and drawn by runnext/kernel/exectrace.
package observe

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
	"runnext/kernel/engine/native"
	"runnext/kernel/exectrace"
)

// Notebook is what an observed cell asks of its notebook.
type Notebook interface {
	native.Notebook
	// Run runs a cell where ordinary cells run.
	Run(ctx context.Context, c engine.Cell, out engine.Output) engine.Outcome
	// Ask has the process that runs cells do something.
	Ask(ctx context.Context, text string) *engine.Failure
}

// Engine serves the directives. Its methods may be called from any goroutine.
type Engine struct{ tools *native.Toolchain }

// New gives an engine whose programs tools builds and whose closing is its
// caller's business.
func New(tools *native.Toolchain) *Engine { return &Engine{tools} }

// TraceEntry describes %%trace.
func TraceEntry() directive.Entry {
	return directive.Entry{
		Name: "trace", Kind: directive.Cell, Usage: "[-native] [-at DURATION] [-cpu N] [-with] [-env K=V]", Server: "worker",
		Summary: "run the cell and show what the real scheduler did",
		Long: "The cell runs as usual while Go's execution tracer watches (`runtime/trace`). Below\n" +
			"it stand: a lane for each P and each goroutine, with arrows from who woke whom; how\n" +
			"long each was running, runnable, waiting and in system calls; the ten longest waits\n" +
			"and their lines; and what everyone did at one moment. All of it is observed: another\n" +
			"run differs.\n\n" +
			"- `-native` builds the cell with the Go toolchain and traces the program, as\n" +
			"  `%%native` does; `-cpu`, `-with` and `-env` are for that.\n" +
			"- `-at DURATION` chooses the moment, counted from the cell's start: `-at 5ms`. Without\n" +
			"  it the moment is the one at which most goroutines want to run.\n\n" +
			"A live cell is interpreted: its goroutines take more time than compiled ones, and the\n" +
			"process has others, of the runtime and of the kernel, which are drawn pale on the P\n" +
			"they use. A program that ends by `os.Exit` may lose the last part of its trace.",
	}
}

// traceOptions are what a %%trace line says.
type traceOptions struct {
	native.Options
	compiled bool
	at       time.Duration // below zero: where most is to be seen
}

func parseTrace(call directive.Call) (traceOptions, *directive.Error) {
	o := traceOptions{at: -1}
	var rest directive.Call
	rest.Entry, rest.Line, rest.Column = call.Entry, call.Line, call.Column
	for i := 0; i < len(call.Args); i++ {
		name, value, given := strings.Cut(call.Args[i], "=")
		switch strings.TrimPrefix(strings.TrimPrefix(name, "-"), "-") {
		case "native":
			o.compiled = true
		case "at":
			if !given {
				if i++; i == len(call.Args) {
					return o, call.Fail(i-1, "a time is missing after "+name, "", "-at 5ms")
				}
				value = call.Args[i]
			}
			d, err := time.ParseDuration(value)
			if err != nil || d < 0 {
				return o, call.Fail(i, fmt.Sprintf("-at takes a time such as 5ms, not %q", value), "It is counted from the start of the cell.", "")
			}
			o.at = d
		default:
			rest.Args, rest.Columns = append(rest.Args, call.Args[i]), append(rest.Columns, column(call, i))
		}
	}
	p, err := native.ParseOptions(rest)
	if err != nil {
		return o, err
	}
	o.Options = p
	if !o.compiled && (p.Race || p.With || p.CPU > 0 || len(p.Env) > 0) {
		return o, call.Fail(-1, "-cpu, -with, -env and -race are for a program that is built", "A live cell runs in a process that is there already.", "Add -native.")
	}
	return o, nil
}

func column(call directive.Call, i int) int {
	if i < len(call.Columns) {
		return call.Columns[i]
	}
	return call.Column
}

// Trace serves %%trace. An error is about its line, and nothing has run.
func (e *Engine) Trace(ctx context.Context, c engine.Cell, call directive.Call, nb Notebook, out engine.Output) (engine.Outcome, *directive.Error) {
	o, derr := parseTrace(call)
	if derr != nil {
		return engine.Outcome{}, derr
	}
	folder, failure := e.tools.Folder()
	if failure != nil {
		return engine.Outcome{Failure: failure}, nil
	}
	defer folder.Close()
	file := filepath.Join(folder.Path(), "trace")
	var outcome engine.Outcome
	if o.compiled {
		outcome = e.traceProgram(ctx, c, o, file, nb, out)
	} else {
		outcome = traceCell(ctx, c, file, nb, out)
	}
	if err := show(file, o.at, out); err != nil && outcome.Failure == nil {
		outcome.Failure = &engine.Failure{Kind: engine.KindRefused, Text: err.Error(), Places: []engine.Place{{Cell: c.Number, Line: 1, Column: 1}}}
	}
	return outcome, nil
}

func (e *Engine) traceProgram(ctx context.Context, c engine.Cell, o traceOptions, file string, nb Notebook, out engine.Output) engine.Outcome {
	checked, failure := nb.CheckProgram(c, o.With, out)
	if failure != nil {
		return engine.Outcome{Failure: failure}
	}
	p, failure := e.tools.Build(ctx, checked, native.Build{Race: o.Race, Trace: true})
	if failure != nil {
		return engine.Outcome{Failure: failure}
	}
	defer p.Close()
	res := p.Run(ctx, native.Run{Env: o.Env, Procs: o.CPU, Trace: file}, out)
	return engine.Outcome{Value: res.Value, Failure: res.Failure(c.Number)}
}

// traceEnd is how long the end of a trace may take after an interrupt.
const traceEnd = 2 * time.Second

func traceCell(ctx context.Context, c engine.Cell, file string, nb Notebook, out engine.Output) engine.Outcome {
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return engine.Outcome{Failure: &engine.Failure{Kind: engine.KindRefused, Text: "trace: " + err.Error()}}
	}
	if failure := nb.Ask(ctx, "trace "+file); failure != nil {
		return engine.Outcome{Failure: failure}
	}
	outcome := nb.Run(ctx, c, out)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), traceEnd)
	defer cancel()
	if failure := nb.Ask(end, "trace"); failure != nil && outcome.Failure == nil {
		outcome.Failure = failure
	}
	return outcome
}

// show reads the trace and shows it, if there is one.
func show(file string, at time.Duration, out engine.Output) error {
	f, err := os.Open(file)
	if err != nil {
		return nil // the cell was not run, and its failure says why
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() == 0 {
		return nil
	}
	t, err := exectrace.Read(f)
	if err != nil {
		return fmt.Errorf("the trace cannot be read: %w", err)
	}
	b, err := t.Bundle(at)
	if err != nil {
		return err
	}
	out.Display(engine.Display{Bundle: b})
	return nil
}
