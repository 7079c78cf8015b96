package notebook

import (
	"context"

	"runnext/kernel/cell"
	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

// Server takes whole cells that bear a %% directive. All of it must be set.
type Server struct {
	Entry directive.Entry
	// Serve runs a cell whose directives have been blanked. An error is about
	// the directive's arguments, and nothing has run. It may be called from any
	// goroutine.
	Serve func(ctx context.Context, c engine.Cell, call directive.Call, n *Notebook, out engine.Output) (engine.Outcome, *directive.Error)
	// Close ends what is still running.
	Close func(ctx context.Context) error
}

// hand gives a cell to the server of its directive.
func (n *Notebook) hand(ctx context.Context, c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
	outcome, err := n.cells[call.Entry.Name].Serve(ctx, c, call, n, out)
	if err != nil {
		return engine.Outcome{Failure: directiveFailure(c.Number, err)}
	}
	return outcome
}

// CheckProgram checks a cell that will be a program of its own, with the
// functions, types and constants of earlier cells if with. Nothing of it stays
// in the notebook. What was imported for the learner is announced on out.
func (n *Notebook) CheckProgram(c engine.Cell, with bool, out engine.Output) (*cell.Checked, *engine.Failure) {
	n.mu.Lock()
	checked, failure := n.c.Cells.CheckProgram(c.Number, c.Code, with)
	failure = n.explained(failure)
	n.mu.Unlock()
	if failure != nil {
		return nil, failure
	}
	n.announce(checked, out)
	return checked, nil
}

// Run runs a cell where ordinary cells run.
func (n *Notebook) Run(ctx context.Context, c engine.Cell, out engine.Output) engine.Outcome {
	return n.run(ctx, c, out)
}

// Ask has the worker answer a question about its state.
func (n *Notebook) Ask(ctx context.Context, text string) *engine.Failure {
	n.mu.Lock()
	n.job++
	job := engine.Job{ID: n.job, Query: text}
	died := n.died
	n.mu.Unlock()
	ending := n.c.Worker.Run(ctx, job, mute{})
	if ending.Died != nil {
		f := ending.Died.Failure()
		f.Detail = append(f.Detail, n.bury(died).lines()...)
		return f
	}
	return ending.Report.Failure
}

// Explore runs a cell on the simulator in many schedules, as %%gmp -explore
// does. Without a simulator it is refused.
func (n *Notebook) Explore(ctx context.Context, c engine.Cell, out engine.Output) engine.Outcome {
	if n.c.Simulator == nil {
		return engine.Outcome{Failure: &engine.Failure{Kind: engine.KindRefused, Text: "there is no simulator"}}
	}
	return n.simulate(ctx, c, directive.Call{Entry: n.c.Simulator.Entry(), Args: []string{"-explore"}, Line: 1, Column: 1}, out)
}
