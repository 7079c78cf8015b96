package gmp

import (
	"context"
	"errors"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/kernel/simulate"
	"runnext/sim/explore"
	"runnext/sim/machine"
)

// explored is how a search came back.
type explored struct {
	rep *explore.Report
	err error
}

// explore tries other schedules of a cell's program than the scheduler's own.
// What the program prints in them is told with the outcomes, not streamed.
func (e *Engine) explore(ctx context.Context, c *cell.Checked, o Options, pkgs *simulate.Packages, main *machine.Checked, out engine.Output) engine.Outcome {
	cfg := explore.Config{Bound: -1, Time: e.limits.Time * 6 / 10,
		Machine: machine.Config{Seed: o.Seed, MaxEvents: eventsFor(e.limits.Tables)}}
	if o.Bounded {
		cfg.Bound = o.Bound
	}
	cfg.Machine.Program, cfg.Machine.Main = pkgs.Program(main)
	bounded, stop := e.bound(ctx)
	defer stop()
	done := make(chan explored, 1)
	e.running.Go(func() {
		rep, err := explore.Explore(bounded, cfg)
		done <- explored{rep, err}
	})
	select {
	case x := <-done:
		switch {
		case errors.Is(x.err, machine.ErrRefused):
			return engine.Outcome{Failure: refusal(c.Number, x.err)}
		case x.err != nil:
			return engine.Outcome{Failure: broken(c.Number, x.err)}
		case ctx.Err() != nil:
			return engine.Outcome{Failure: interrupted()}
		}
		pictures, report := e.drawReport(c, x.rep)
		out.Display(engine.Display{Bundle: pictures})
		out.Display(engine.Display{Bundle: report})
		return engine.Outcome{}
	case <-ctx.Done():
	}
	return engine.Outcome{Failure: interrupted()}
}

// broken tells of a defect of the simulator.
func broken(number int, err error) *engine.Failure {
	return &engine.Failure{
		Kind: engine.KindRefused, Text: err.Error(), Places: []engine.Place{{Cell: number, Line: 1, Column: 1}},
		Why: "The simulator broke on this cell; that is a defect of the kernel.",
	}
}
