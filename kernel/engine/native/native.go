// Package native runs a checked cell through the Go toolchain of this machine:
// it writes the cell as a program, compiles and links it, runs it in a process
// group of its own, and tells what became of it at the cell's lines.
//
// A [Toolchain] builds and a [Program] runs; both stand alone, for whoever else
// wants a cell compiled. An [Engine] serves %%native with them. The package
// checks no cell, which is runnext/kernel/cell's, and reads no execution trace,
// which is runnext/kernel/exectrace's.
package native

import (
	"context"

	"runnext/kernel/cell"
	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

// Notebook is what a cell that runs natively asks of the notebook.
type Notebook interface {
	// CheckProgram checks a cell as a program of its own, with the functions,
	// types and constants of earlier cells if with, and announces what was
	// imported for the learner.
	CheckProgram(c engine.Cell, with bool, out engine.Output) (*cell.Checked, *engine.Failure)
}

// Engine serves %%native. Its methods may be called from any goroutine.
type Engine struct {
	tools *Toolchain
}

// Config is what an Engine and its [Toolchain] are made of.
type Config struct {
	// Packages holds the sources that programs may import besides the standard
	// library, by import path and name: runnext/lab/lab.go. Their import
	// paths begin with runnext/.
	Packages func() (map[string][]byte, error)
	// CacheDir keeps the compiled packages and the folders of running
	// programs; it may be shared between kernels.
	CacheDir string
	Getenv   func(string) string
	Environ  []string
}

// New gives an engine. The toolchain is looked for when the first cell wants it.
func New(c Config) *Engine { return &Engine{tools: NewToolchain(c)} }

// Toolchain gives what builds the engine's programs.
func (e *Engine) Toolchain() *Toolchain { return e.tools }

// Entry describes %%native.
func (e *Engine) Entry() directive.Entry { return Entry() }

// Serve builds and runs a cell as its %%native line says. An error is about
// that line, and nothing has run.
func (e *Engine) Serve(ctx context.Context, c engine.Cell, call directive.Call, nb Notebook, out engine.Output) (engine.Outcome, *directive.Error) {
	o, derr := ParseOptions(call)
	if derr != nil {
		return engine.Outcome{}, derr
	}
	checked, failure := nb.CheckProgram(c, o.With, out)
	if failure != nil {
		return engine.Outcome{Failure: failure}, nil
	}
	p, failure := e.tools.Build(ctx, checked, Build{Race: o.Race})
	if failure != nil {
		return engine.Outcome{Failure: failure}, nil
	}
	defer p.Close()
	res := p.Run(ctx, Run{Env: o.Env, Procs: o.CPU}, out)
	return engine.Outcome{Value: res.Value, Failure: res.Failure(c.Number)}, nil
}

// Close ends what runs and waits for it.
func (e *Engine) Close(ctx context.Context) error { return e.tools.Close(ctx) }
