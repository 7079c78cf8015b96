// Package yaegi runs emitted cells in the interpreter yaegi: it is the half of
// the engine for Go that stands in the worker process. Each cell has an
// interpreter of its own; what cells share is variables, bound by pointer, and
// types, made by package forge. It checks and emits nothing: that is
// runnext/kernel/cell and runnext/kernel/core, in the kernel process.
package yaegi

import (
	"context"
	"fmt"
	"log"
	"reflect"
	"sync"

	"runnext/kernel/core/program"
	"runnext/kernel/engine"
	"runnext/kernel/engine/yaegi/forge"
	"runnext/kernel/engine/yaegi/machine"
)

// Symbols gives the functions, variables and types of a carried package;
// kernel/std's Library does.
type Symbols interface {
	Symbols(path string) (map[string]reflect.Value, bool)
}

// Config is what a runner needs.
type Config struct {
	Symbols Symbols
	// Bound gives packages whose functions speak to the running cell, by the
	// path a cell imports; nil for none.
	Bound map[string]func(engine.IO) map[string]reflect.Value
	// Collector is for a process with more than one runner, which have the same;
	// nil otherwise.
	Collector *Collector
}

// Runner implements [engine.Runner] and holds the state of one notebook.
type Runner struct {
	cfg       Config
	world     *forge.World
	vars      variables
	panics    panics
	stop      *stopFlag
	jobs      jobTable
	rescues   rescues
	callbacks sync.Map // weak.Pointer[time.Timer] → *callback
	links     links
	dead      deadlocks
	accounts  accounts
	threads   machine.Threads
	uniques   uniques
	std       streams
	clock     clock
	leaks     leaks
	depths    depths
	maps      mapGuard

	mu   sync.Mutex
	syms map[string]map[string]reflect.Value
}

// New gives a runner. It takes over the standard logger of the process.
func New(cfg Config) (*Runner, error) {
	stop, err := newStopFlag()
	if err != nil {
		return nil, err
	}
	many, err := newStopWord()
	if err != nil {
		return nil, fmt.Errorf("word of the map guard: %w", err)
	}
	r := &Runner{
		cfg: cfg, stop: stop, std: newStreams(), syms: map[string]map[string]reflect.Value{},
		vars: variables{byID: map[string]reflect.Value{}, types: map[string]reflect.Type{}},
	}
	if r.leaks.Collector = cfg.Collector; cfg.Collector == nil {
		r.leaks.Collector = new(Collector)
	}
	r.maps.crowd.flag = many
	r.leaks.add(r)
	r.clock.start(r.jobs.moves)
	r.panics.of, r.panics.origin = map[uint64]*panicking{}, map[uint64]*origin{}
	r.world = forge.NewWorld(r.carriedType)
	log.SetOutput(ownerStderr{r})
	return r, nil
}

// Run implements [engine.Runner].
func (r *Runner) Run(ctx context.Context, ej engine.Job, io engine.IO) engine.Report {
	if ej.Query != "" {
		return r.query(ej.Query)
	}
	p, err := program.Decode(ej.Program)
	if err != nil {
		return engine.Report{Failure: internal(err)}
	}
	r.stop.adopt(io)
	j := r.jobs.start(r, ej, io, p)
	c := &cell{r: r, prog: p, job: j, io: io}
	if err := c.load(); err != nil {
		j.over()
		return engine.Report{Failure: internal(err)}
	}
	r.links.add(c)
	if ej.Shared {
		r.dead.shared.Store(true)
	}
	if j.watched {
		defer r.depths.watch(r)()
	}
	return j.run(ctx, c)
}

// internal is a defect of the kernel, told as one.
func internal(err error) *engine.Failure {
	return &engine.Failure{
		Kind: engine.KindRefused, Text: "a defect of this kernel: the cell cannot be run: " + err.Error(),
		Why: "the cell is right, but the kernel has turned it into something that its interpreter does not take",
		Try: "put the code into a file with package main and func main, and go run it in a terminal",
	}
}

// symbols gives the table of a package, built once.
func (r *Runner) symbols(path string) map[string]reflect.Value {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, ok := r.syms[path]
	if !ok {
		m, _ = r.cfg.Symbols.Symbols(path)
		r.syms[path] = m
	}
	return m
}

// stdType finds a type of a carried package for the forge.
func (r *Runner) stdType(path, name string) (reflect.Type, bool) {
	if path == "" && name == "error" {
		return reflect.TypeFor[error](), true
	}
	v, ok := r.symbols(path)[name]
	if !ok {
		for _, bound := range r.cfg.Bound {
			if v, ok = bound(nil)[name]; ok {
				break
			}
		}
	}
	if !ok || v.Kind() != reflect.Pointer {
		return nil, false
	}
	return v.Type().Elem(), true
}

// variables holds the storage of a notebook's variables.
type variables struct {
	mu    sync.Mutex
	byID  map[string]reflect.Value
	types map[string]reflect.Type // true ones, as a learner knows them
}

// pointer gives the pointer to a variable, on the core face of its type.
func (vs *variables) pointer(v program.Var, set *forge.Set) reflect.Value {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	p, ok := vs.byID[v.ID]
	if v.New || !ok {
		p = reflect.New(set.Core[v.Type])
		vs.byID[v.ID] = p
		vs.types[v.ID] = set.True[v.Type]
	}
	// Another version of a type has the same memory.
	return reflect.NewAt(set.Core[v.Type], p.UnsafePointer())
}

// Forget drops the variables of the notebook.
func (r *Runner) Forget() {
	r.vars.mu.Lock()
	defer r.vars.mu.Unlock()
	clear(r.vars.byID)
	clear(r.vars.types)
}
