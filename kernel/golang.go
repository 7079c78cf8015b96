package kernel

import (
	"context"
	"fmt"
	"go/token"
	"maps"
	"reflect"

	"runnext/kernel/cell"
	"runnext/kernel/core"
	"runnext/kernel/engine"
	"runnext/kernel/engine/gmp"
	"runnext/kernel/engine/native"
	"runnext/kernel/engine/yaegi"
	"runnext/kernel/lab"
	"runnext/kernel/notebook"
	"runnext/kernel/simulate"
	"runnext/kernel/std"
	"runnext/kernel/worker"
	simgmp "runnext/sim/gmp"
)

// GoConfig says how the engine for Go is put together.
type GoConfig struct {
	Version string // the project's
	// Worker says how the process that runs cells is started; its OnRestart
	// is set here.
	Worker worker.Config
	// Native says where programs are built; its Packages are set here.
	Native native.Config
}

// NewGo gives the engine for Go: cells are checked against the carried standard
// library and run in a worker process, which is started at once and waited for
// by the first cell. The caller closes the engine.
func NewGo(c GoConfig) (engine.Engine, error) {
	library, err := std.Carried()
	if err != nil {
		return nil, fmt.Errorf("go engine: %w", err)
	}
	var n *notebook.Notebook
	c.Worker.OnRestart = func(ctx context.Context, run func(context.Context, engine.Job, engine.Output) worker.Ending) {
		n.Restarted(ctx, run)
	}
	importer := library.Importer(token.NewFileSet())
	w := newLateWorker(c.Worker)
	c.Native.Packages = programPackages
	built, simulator := native.New(c.Native), gmp.New(library, gmp.DefaultLimits())
	simulator.CompareWith(traceRuns(built.Toolchain(), func(c engine.Cell, out engine.Output) (*cell.Checked, *engine.Failure) {
		return n.CheckProgram(c, true, out)
	}))
	n, err = notebook.New(notebook.Config{
		Cells: cell.New(cell.Config{
			Importer:  importer,
			Packages:  library.Packages(),
			Preloaded: preloaded(),
			Doc:       library.Doc,
		}),
		Emit:      core.NewBuilder(importer).Encode,
		Worker:    w,
		Scenes:    scenes{library},
		Simulator: simulator,
		Servers:   servers(built),
		Version:   c.Version,
		GoVersion: library.GoVersion(),
	})
	if err != nil {
		return nil, err
	}
	w.start()
	return n, nil
}

// NewGoRunner gives what runs emitted cells and programs.
func NewGoRunner() (engine.Runner, error) {
	library, err := std.Carried()
	if err != nil {
		return nil, err
	}
	return yaegi.New(yaegi.Config{
		Symbols: library,
		Bound: map[string]func(engine.IO) map[string]reflect.Value{
			"runnext/lab":        lab.Symbols, // what a cell imports
			"runnext/kernel/lab": lab.Symbols, // what its export data calls it
			"runnext/gmp":        gmpSymbols,
			"runnext/sim/gmp":    gmpSymbols,
		},
	})
}

// NewWorkerRunner is NewGoRunner for a worker process, which has nobody to tell
// an error but the cells.
func NewWorkerRunner() engine.Runner {
	r, err := NewGoRunner()
	if err != nil {
		return brokenRunner{err}
	}
	return r
}

// preloaded gives the packages that a cell need not import: lab, and what
// simulated programs have.
func preloaded() map[string]string {
	all := maps.Clone(simulate.Preloaded())
	all["lab"] = "runnext/lab"
	return all
}

// gmpSymbols is package gmp in a cell that really runs: a label goes to the
// cell's standard error.
func gmpSymbols(io engine.IO) map[string]reflect.Value {
	return map[string]reflect.Value{
		"Syscall": reflect.ValueOf(simgmp.Syscall),
		"NetWait": reflect.ValueOf(simgmp.NetWait),
		"Work":    reflect.ValueOf(simgmp.Work),
		"Label":   reflect.ValueOf(func(s string) { fmt.Fprintln(io.Stderr(), "label:", s) }),
	}
}

// brokenRunner tells every cell why none can be run.
type brokenRunner struct{ err error }

func (b brokenRunner) Run(context.Context, engine.Job, engine.IO) engine.Report {
	return engine.Report{Failure: &engine.Failure{
		Kind: engine.KindRefused, Text: b.err.Error(),
		Why: "The process that runs cells lacks something it needs.",
		Try: "Run `runnext doctor`.",
	}}
}
