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
		Emit:      emitter(core.NewBuilder(importer)),
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

// NewGoRunner gives what a worker process runs emitted cells with.
func NewGoRunner() engine.Runner {
	library, err := std.Carried()
	if err != nil {
		return brokenRunner{err}
	}
	r, err := yaegi.New(yaegi.Config{
		Symbols: library,
		Bound: map[string]func(engine.IO) map[string]reflect.Value{
			"runnext/lab":        lab.Symbols, // what a cell imports
			"runnext/kernel/lab": lab.Symbols, // what its export data calls it
		},
	})
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

// emitter makes the front half's last step: a checked cell becomes the bytes
// that the runner in the worker decodes.
func emitter(b *core.Builder) notebook.Frontend {
	return func(c *cell.Checked) ([]byte, *engine.Failure) {
		p, failure := b.Emit(core.InputOf(c))
		if failure != nil {
			return nil, failure
		}
		data, err := p.Encode()
		if err != nil {
			return nil, &engine.Failure{
				Kind: engine.KindRefused, Text: err.Error(),
				Why: "The kernel has made something of this cell that it cannot write down; that is a defect of the kernel.",
			}
		}
		return data, nil
	}
}
