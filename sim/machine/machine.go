// Package machine runs a type-checked Go program on the simulated scheduler:
// runnext/sim/machine/interp executes its SSA form, runnext/sim schedules, and
// this package is what stands between them: goroutines, channels, select,
// sync, time, and the functions of the standard library that have no Go body.
// Nothing real runs but the printing. It does not check or parse: it is given
// packages, by [Build]'s caller.
package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"golang.org/x/tools/go/ssa"

	"runnext/sim"
	"runnext/sim/event"
	"runnext/sim/machine/interp"
)

// Epoch is what the virtual clock shows when a program starts.
var epoch = time.Date(2009, 11, 10, 23, 0, 0, 0, time.UTC)

// Config says what to run and how.
type Config struct {
	Program *ssa.Program
	Main    *ssa.Package

	P        int        // 0 means 1
	CPUs     int        // processors, which threads share; 0 is one for each thread
	Seed     uint64     // of every lottery
	BootTick uint32     // 4 or 5, 0 means 4
	Spans    int        // of the heap at the start, 0 means 10
	Costs    *sim.Costs // nil means [sim.DefaultCosts]
	Steps    int64      // scheduling events after which the run is cut; 0 for no limit

	// Bounds of what a program may use up; 0 means the default. Heap is in bytes
	// of this process, more than the program would need by itself: it then ends
	// as out of memory. More goroutines or output, in bytes, cut the run; there
	// is no default for output.
	Heap       int64
	Goroutines int
	Output     int64

	Stdin  io.Reader // nil is empty
	Stdout io.Writer // nil discards
	Stderr io.Writer
	Args   []string // os.Args; nil is the program's name alone

	// State, with StateAt, takes a line of JSON before each call of that
	// function, written f, main.f or T.m, and at the start and end of main.
	State   io.Writer
	StateAt string

	// Log keeps the events; MaxEvents bounds how many are kept, 0 for all.
	Log       bool
	MaxEvents int
	Frames    bool // note in the log what calls lie on the stacks

	Faults sim.Faults // for tests
}

// Exit statuses of a run that the program itself did not decide.
const (
	StatusFatal = 2   // panic, deadlock or another fatal error
	StatusCut   = 124 // a limit is reached, or the context has ended
)

// Result is how a run ended.
type Result struct {
	Status int
	Log    *event.Log    // Start is always set; Events with Config.Log
	Events int64         // scheduling events
	Hash   event.Hash    // over all of them
	Time   time.Duration // virtual
	Instrs int64         // instructions of the SSA form that were executed
	Fault  *Fault        // what ended it, nil for a plain end
}

// Fault is a crash in the learner's terms.
type Fault struct {
	Kind  string // panic, fatal error, deadlock
	Text  string // Go's first line
	G     int64
	Trace []event.Site // the innermost first
}

// ErrRefused wraps the error of a program that needs what the machine does not
// have.
var ErrRefused = errors.New("refused")

// Run runs a program to its end. The error is about the machine: a program
// that crashes has a status and no error. Cancelling ctx cuts the run, which
// then has [StatusCut].
func Run(ctx context.Context, cfg Config) (*Result, error) {
	if cfg.Stdout == nil {
		cfg.Stdout = io.Discard
	}
	if cfg.Stderr == nil {
		cfg.Stderr = io.Discard
	}
	if cfg.Args == nil {
		cfg.Args = []string{"program"}
	}
	main := cfg.Main.Func("main")
	if main == nil {
		return nil, fmt.Errorf("%w: package %s has no func main", ErrRefused, cfg.Main.Pkg.Name())
	}
	h, err := newHost(&cfg, nil)
	if err != nil {
		return nil, err
	}
	var halted atomic.Bool
	stop := context.AfterFunc(ctx, func() { halted.Store(true) })
	defer stop()
	defer h.release()
	h.vm.HaltWhen(halted.Load)
	h.done = ctx.Done()
	return h.guarded(ctx, main)
}

// ErrBroken wraps the report of an invariant of the machine that does not hold:
// a defect of its own, never of the program.
var ErrBroken = errors.New("the simulator is broken")

// Recovered turns what the machine has panicked with into an error.
func Recovered(r any) error {
	if large, ok := r.(*interp.TooLargeError); ok {
		return fmt.Errorf("%w: %w", ErrRefused, large)
	}
	return fmt.Errorf("%w: %v", ErrBroken, r)
}

// guarded is drive with its panics turned into errors.
func (h *host) guarded(ctx context.Context, main *ssa.Function) (res *Result, err error) {
	defer func() {
		r := recover()
		switch r.(type) {
		case *interp.TooLargeError:
			res, err = nil, Recovered(r)
			return
		case interp.Stop: // before anything has run
			h.cut(timeUp)
			res, err = h.result(), nil
			return
		}
		if r != nil {
			where := ""
			if h.cur != nil && h.cur.Curg() != nil {
				if s := h.where(h.cur.Curg()); s != nil {
					where = fmt.Sprintf(" at %s:%d", s.File, s.Line)
				}
			}
			res, err = nil, fmt.Errorf("%w%s: %v", ErrBroken, where, r)
		}
	}()
	if err := h.checkBodies(main); err != nil {
		return nil, err
	}
	return h.drive(ctx, main)
}
