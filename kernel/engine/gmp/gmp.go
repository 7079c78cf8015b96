// Package gmp is the engine behind %%gmp: it runs a checked cell as a program
// of its own on the simulated scheduler, inside the kernel process and within
// bounds, and draws each scheduling event as a table. It checks no cell, which
// is runnext/kernel/cell's, and decides nothing about scheduling, which is
// runnext/sim's; a file on the command line is runnext/kernel/simulate's.
package gmp

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"io"
	"strings"
	"sync"
	"time"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/kernel/simulate"
	"runnext/kernel/std"
	"runnext/sim/machine"
	"runnext/sim/render"
)

// Limits bound one run: a simulated program shares the kernel's process.
type Limits struct {
	Steps  int64         // scheduling events, where the cell sets no limit itself
	Time   time.Duration // of real time
	Memory uint64        // bytes the heap may grow by
	Tables int           // steps that are drawn
	Bytes  int           // of HTML
}

// DefaultLimits are what a notebook has.
func DefaultLimits() Limits {
	return Limits{Steps: 1_000_000, Time: 10 * time.Second, Memory: 256 << 20, Tables: 200, Bytes: 1 << 20}
}

// Engine runs cells on the simulated scheduler. Its methods may be called from
// any goroutine; cells run beside each other.
type Engine struct {
	library *std.Library
	limits  Limits
	native  Native // nil: nothing to compare with

	mu   sync.Mutex
	fset *token.FileSet
	pkgs *simulate.Packages
	walk walk
	quiz *quiz

	running sync.WaitGroup
}

// New gives an engine. Packages are read when the first cell wants them.
func New(l *std.Library, limits Limits) *Engine {
	return &Engine{library: l, limits: limits}
}

// Close waits for runs that were interrupted to end.
func (e *Engine) Close(ctx context.Context) error {
	done := make(chan struct{})
	go func() { e.running.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("simulated cell: %w", ctx.Err())
	}
}

// packages gives the carried packages for programs with positions in fset.
func (e *Engine) packages(fset *token.FileSet) *simulate.Packages {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pkgs == nil || e.fset != fset {
		e.pkgs, e.fset = simulate.NewPackages(e.library, fset), fset
	}
	return e.pkgs
}

// ended is how the machine came back.
type ended struct {
	res *machine.Result
	err error
}

// Run runs a checked cell: its statements are func main of a fresh program.
// What it prints and the tables go to out; the outcome is how it ended. eval
// reads variables of earlier cells.
func (e *Engine) Run(ctx context.Context, c *cell.Checked, o Options, eval Evaluate, out engine.Output) engine.Outcome {
	values, failure := copyIn(ctx, c, eval)
	if failure != nil {
		return engine.Outcome{Failure: failure}
	}
	pkgs := e.packages(c.Fset)
	main, failure := newProgram(c, pkgs, values)
	if failure != nil {
		return engine.Outcome{Failure: failure}
	}
	if o.Explore {
		return e.explore(ctx, c, o, pkgs, main, out)
	}
	door := &door{out: out}
	defer door.close()
	said := &lastWords{to: door.stream(engine.Stderr)}
	var held strings.Builder
	stdout := door.stream(engine.Stdout)
	switch {
	case o.Predict:
		stdout = &held // it would give the order away
	case o.Compare:
		stdout = io.MultiWriter(stdout, &held)
	}
	cfg := machine.Config{
		P: o.P, Seed: o.Seed, BootTick: o.BootTick, Steps: o.Steps,
		Stdout: stdout, Stderr: said, Stdin: &keyboard{ctx: ctx, out: out},
		Log: true, MaxEvents: eventsFor(e.limits.Tables), Frames: o.View&render.Stack != 0,
	}
	if cfg.Steps == 0 {
		cfg.Steps = e.limits.Steps
	}
	cfg.Program, cfg.Main = pkgs.Program(main)
	bounded, stop := e.bound(ctx)
	defer stop()
	done := make(chan ended, 1)
	e.running.Go(func() {
		var x ended
		defer func() {
			if r := recover(); r != nil {
				x = ended{nil, fmt.Errorf("internal error: %v", r)}
			}
			done <- x
		}()
		x.res, x.err = machine.Run(bounded, cfg)
	})
	select {
	case x := <-done:
		return e.outcome(bounded, c, o, x, said.end(x.res), held.String(), out)
	case <-ctx.Done():
	}
	// The machine looks up now and then; a learner does not wait for it.
	return engine.Outcome{Failure: interrupted()}
}

func interrupted() *engine.Failure {
	return &engine.Failure{Kind: engine.KindInterrupted, Text: "interrupted"}
}

// outcome draws what happened and tells how it ended.
func (e *Engine) outcome(ctx context.Context, c *cell.Checked, o Options, x ended, words, printed string, out engine.Output) engine.Outcome {
	switch {
	case x.err != nil && !errors.Is(x.err, machine.ErrRefused):
		return engine.Outcome{Failure: &engine.Failure{
			Kind: engine.KindRefused, Text: x.err.Error(), Places: []engine.Place{{Cell: c.Number, Line: 1, Column: 1}},
			Why: "The simulator broke on this cell; that is a defect of the kernel.",
		}}
	case x.err != nil:
		return engine.Outcome{Failure: refusal(c.Number, x.err)}
	}
	if o.Predict {
		rename(x.res.Log, c.Number)
		st := e.story(c, x.res, o, e.limits.Tables)
		e.remember(st, o.View)
		out.Display(engine.Display{Bundle: e.ask(st, printed)})
	} else {
		view := o
		if o.Compare {
			view.View &^= render.Lanes // they are drawn beside the observed ones
		}
		drawn, st := e.draw(c, x.res, view)
		if o.Compare {
			drawn = joined(e.compare(ctx, c, x.res, st, o, printed), drawn)
		}
		e.remember(st, o.View)
		out.Display(engine.Display{Bundle: drawn})
	}
	return engine.Outcome{Failure: e.failure(ctx, c.Number, x.res, words)}
}
