// Package notebook is Go as a session sees it: the engine whose cells are read,
// checked and emitted in the kernel process and run in the worker. It keeps the
// order of things - what a failed check leaves behind, which variables died
// with a worker - and leaves the work to its neighbours: runnext/kernel/cell
// checks, runnext/kernel/core emits, runnext/kernel/worker runs, and what a
// message looks like is runnext/kernel/session's.
package notebook

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"runnext/kernel/cell"
	"runnext/kernel/directive"
	"runnext/kernel/engine"
	"runnext/kernel/worker"
)

// Frontend turns a checked cell into what the worker runs: the encoded program.
type Frontend func(*cell.Checked) ([]byte, *engine.Failure)

// Worker is the part of a worker.Supervisor a notebook asks for.
type Worker interface {
	Run(ctx context.Context, job engine.Job, out engine.Output) worker.Ending
	Close(ctx context.Context) error
}

// Config is what a notebook is made of. Cells, Emit and Worker must be set.
type Config struct {
	Cells  *cell.Notebook
	Emit   Frontend
	Worker Worker
	Scenes Scenes // nil: there is no %gmp
	// Simulator serves %%gmp; nil: there is none.
	Simulator Simulator
	// Servers serve the other %% directives.
	Servers []Server
	// Version is the project's, GoVersion the language's: 1.26.8.
	Version, GoVersion string
}

// Notebook implements engine.Engine. Its methods may be called from any
// goroutine.
type Notebook struct {
	c     Config
	table *directive.Table
	lines map[string]lineServer
	cells map[string]Server

	exercises exercises

	mu  sync.Mutex // guards what follows, and the order of check and commit
	job uint64
	// shared is true once a second console has been opened.
	shared bool
	live   []liveVar // in the order of their cells
	// died counts the workers that ended under a cell; a job that was started
	// under another count has lost its variables already.
	died int
	loss loss
	// settled is true from the moment a cell has settled a death until the
	// supervisor reports the restart that belongs to it.
	settled bool
}

// New gives the notebook of a fresh kernel.
func New(c Config) (*Notebook, error) {
	n := &Notebook{c: c}
	if err := n.serve(); err != nil {
		return nil, fmt.Errorf("notebook: directives: %w", err)
	}
	return n, nil
}

// Info describes Go.
func (n *Notebook) Info() engine.Info {
	return engine.Info{
		Implementation:        "runnext",
		ImplementationVersion: n.c.Version,
		Language:              "go",
		LanguageVersion:       strings.TrimPrefix(n.c.GoVersion, "go"),
		MIMEType:              "text/x-go",
		FileExtension:         ".go",
		PygmentsLexer:         "go",
		CodeMirrorMode:        "go",
		NBConvertExporter:     "script",
		Banner: fmt.Sprintf("runnext %s: Go %s, cells that run at once and a scheduler to look at. %%help lists what there is.",
			n.c.Version, strings.TrimPrefix(n.c.GoVersion, "go")),
		HelpLinks: []engine.Link{
			{Text: "A Tour of Go", URL: "https://go.dev/tour/"},
			{Text: "Effective Go", URL: "https://go.dev/doc/effective_go"},
			{Text: "Standard library", URL: "https://pkg.go.dev/std"},
			{Text: "The Go Memory Model", URL: "https://go.dev/ref/mem"},
		},
	}
}

// Share notes that a second console exists: a cell that waits for what another
// cell can reach is not deadlocked any more.
func (n *Notebook) Share() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.shared = true
}

// Complete offers directives above the first line of Go and Go below it.
func (n *Notebook) Complete(ctx context.Context, code string, offset int) engine.Completion {
	if start, end, entries, ok := n.table.Complete(code, offset); ok {
		out := engine.Completion{Start: start, End: end}
		for _, e := range entries {
			out.Items = append(out.Items, engine.Item{Text: e.Written(), Kind: "keyword", Signature: e.Summary})
		}
		return out
	}
	if start, end, arguments, ok := n.table.CompleteArgument(code, offset); ok {
		out := engine.Completion{Start: start, End: end}
		for _, a := range arguments {
			out.Items = append(out.Items, engine.Item{Text: a.Text, Kind: "property", Signature: a.Value})
		}
		return out
	}
	return n.c.Cells.Complete(n.goOf(code), offset)
}

// Inspect describes a directive or a name of Go.
func (n *Notebook) Inspect(ctx context.Context, code string, offset, detail int) (engine.Bundle, bool) {
	if e, ok := n.table.At(code, offset); ok {
		page, err := n.table.Help(directive.Call{Args: []string{e.Name}})
		if err != nil {
			return engine.Bundle{}, false
		}
		return bundle(page), true
	}
	return n.c.Cells.Inspect(n.goOf(code), offset, detail)
}

// IsComplete judges the Go of a cell.
func (n *Notebook) IsComplete(code string) engine.Completeness {
	p, err := n.table.Parse(code)
	if err != nil {
		return engine.Completeness{Status: "invalid"}
	}
	return n.c.Cells.IsComplete(p.Code)
}

// Close ends the worker, and what is simulated.
func (n *Notebook) Close(ctx context.Context) error {
	var errs []error
	if err := n.c.Worker.Close(ctx); err != nil && !errors.Is(err, context.Canceled) {
		errs = append(errs, fmt.Errorf("notebook: close worker: %w", err))
	}
	if n.c.Simulator != nil {
		if err := n.c.Simulator.Close(ctx); err != nil {
			errs = append(errs, fmt.Errorf("notebook: %w", err))
		}
	}
	for _, s := range n.c.Servers {
		if err := s.Close(ctx); err != nil {
			errs = append(errs, fmt.Errorf("notebook: %s: %w", s.Entry.Written(), err))
		}
	}
	return errors.Join(errs...)
}

// goOf blanks the directives of half-written code, so that offsets stay what
// they are; what cannot be parsed is taken as Go.
func (n *Notebook) goOf(code string) string {
	if p, err := n.table.Parse(code); err == nil {
		return p.Code
	}
	return code
}
