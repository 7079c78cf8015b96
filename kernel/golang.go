package kernel

import (
	"context"
	"fmt"
	"go/token"
	"reflect"

	"runnext/kernel/cell"
	"runnext/kernel/core"
	"runnext/kernel/engine"
	"runnext/kernel/engine/yaegi"
	"runnext/kernel/lab"
	"runnext/kernel/notebook"
	"runnext/kernel/std"
	"runnext/kernel/worker"
)

// GoConfig says how the engine for Go is put together.
type GoConfig struct {
	Version string // the project's
	// Worker says how the process that runs cells is started; its OnRestart
	// is set here.
	Worker worker.Config
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
	n, err = notebook.New(notebook.Config{
		Cells: cell.New(cell.Config{
			Importer:  importer,
			Packages:  library.Packages(),
			Preloaded: map[string]string{"lab": "runnext/lab"},
			Doc:       library.Doc,
		}),
		Emit:      core.NewBuilder(importer).Encode,
		Worker:    w,
		Scenes:    scenes{},
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

// brokenRunner tells every cell why none can be run.
type brokenRunner struct{ err error }

func (b brokenRunner) Run(context.Context, engine.Job, engine.IO) engine.Report {
	return engine.Report{Failure: &engine.Failure{
		Kind: engine.KindRefused, Text: b.err.Error(),
		Why: "The process that runs cells lacks something it needs.",
		Try: "Run `runnext doctor`.",
	}}
}
