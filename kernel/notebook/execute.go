package notebook

import (
	"context"
	"fmt"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/directive"
	"runnext/kernel/engine"
	"runnext/kernel/worker"
)

// Execute runs one cell: its directives first, then its Go.
func (n *Notebook) Execute(ctx context.Context, c engine.Cell, out engine.Output) engine.Outcome {
	p, derr := n.table.Parse(c.Code)
	if derr != nil {
		return engine.Outcome{Failure: directiveFailure(c.Number, derr)}
	}
	c.Code = p.Code
	var last engine.Outcome
	var guess *prediction
	alone := p.Cell == nil && strings.TrimSpace(p.Code) == ""
	for _, call := range p.Lines {
		if _, derr := topTime(call); call.Entry.Name == topEntry.Name && !alone && derr == nil {
			defer n.watch(ctx, c, call, out)()
			continue
		}
		if call.Entry.Name == "predict" {
			made, err := readPrediction(call)
			if err != nil {
				return engine.Outcome{Failure: directiveFailure(c.Number, err)}
			}
			guess = &made
			continue
		}
		last = n.lines[call.Entry.Name](ctx, c, call, out)
		if last.Failure != nil {
			return last
		}
	}
	if guess != nil {
		return n.foretold(ctx, c, p, *guess, last, out)
	}
	return n.body(ctx, c, p, last, out)
}

// foretold runs a cell that was predicted, and judges the prediction.
func (n *Notebook) foretold(ctx context.Context, c engine.Cell, p directive.Parsed, guess prediction, last engine.Outcome, out engine.Output) engine.Outcome {
	if p.Cell == nil && strings.TrimSpace(p.Code) == "" {
		if guess.key == "" && n.c.Simulator != nil && n.c.Simulator.Predict(guess.choice, out) {
			return last
		}
		n.told(guess, "", engine.Outcome{}, out)
		return last
	}
	heard := &listener{Output: out}
	outcome := n.body(ctx, c, p, last, heard)
	n.told(guess, heard.text(), outcome, out)
	return outcome
}

// body runs what stands below the lines of a cell.
func (n *Notebook) body(ctx context.Context, c engine.Cell, p directive.Parsed, last engine.Outcome, out engine.Output) engine.Outcome {
	var outcome engine.Outcome
	switch {
	case p.Cell != nil && p.Cell.Entry.Name == "exercise":
		return n.define(c, *p.Cell, out)
	case p.Cell != nil && n.cells[p.Cell.Entry.Name].Serve != nil:
		outcome = n.hand(ctx, c, *p.Cell, out)
	case p.Cell != nil:
		outcome = n.simulate(ctx, c, *p.Cell, out)
	case strings.TrimSpace(p.Code) == "":
		return last
	default:
		outcome = n.run(ctx, c, out)
	}
	if outcome.Page == nil {
		outcome.Page = last.Page
	}
	return outcome
}

// Evaluate runs an expression as a cell that is not counted.
func (n *Notebook) Evaluate(ctx context.Context, expr string) (engine.Bundle, *engine.Failure) {
	o := n.run(ctx, engine.Cell{Code: expr}, mute{})
	switch {
	case o.Failure != nil:
		return engine.Bundle{}, o.Failure
	case o.Value == nil:
		return engine.Bundle{}, &engine.Failure{
			Kind: engine.KindCompile, Text: fmt.Sprintf("%s has no value", strings.TrimSpace(expr)),
		}
	}
	return *o.Value, nil
}

// run checks, emits and runs the Go of a cell. What the cell declares is known
// to later cells from the moment it starts, whatever becomes of it: a cell that
// panics half way has declared its names.
func (n *Notebook) run(ctx context.Context, c engine.Cell, out engine.Output) engine.Outcome {
	checked, job, died, failure := n.prepare(c)
	if failure != nil {
		return engine.Outcome{Failure: failure}
	}
	n.announce(checked, out)
	ending := n.c.Worker.Run(ctx, job, out)
	if ending.Died != nil {
		lost := n.bury(died)
		f := ending.Died.Failure()
		f.Places = here(c.Number, f.Places)
		f.Detail = append(f.Detail, lost.lines()...)
		return engine.Outcome{Failure: f}
	}
	r := ending.Report
	if r.Failure == nil && !c.Silent {
		remain(r.Running, out)
	}
	return engine.Outcome{Value: r.Value, Failure: r.Failure}
}

// prepare holds the lock from check to commit, so that two consoles cannot
// declare against the same state; running is outside of it.
func (n *Notebook) prepare(c engine.Cell) (*cell.Checked, engine.Job, int, *engine.Failure) {
	n.mu.Lock()
	defer n.mu.Unlock()
	checked, failure := n.c.Cells.Check(c.Number, c.Code)
	if failure != nil {
		return nil, engine.Job{}, 0, n.explainLoss(failure)
	}
	program, failure := n.c.Emit(checked)
	if failure != nil {
		return nil, engine.Job{}, 0, failure
	}
	n.c.Cells.Commit(checked)
	n.remember(checked, c.Code)
	n.job++
	return checked, engine.Job{
		ID: n.job, Cell: c.Number, Program: program, AllowInput: c.AllowInput, Silent: c.Silent,
		Shared: n.shared,
	}, n.died, nil
}

// announce says in one quiet line what was imported for the learner.
func (n *Notebook) announce(checked *cell.Checked, out engine.Output) {
	if len(checked.AutoImported) == 0 {
		return
	}
	var quoted []string
	for _, path := range checked.AutoImported {
		quoted = append(quoted, fmt.Sprintf("%q", path))
	}
	out.Display(engine.Quiet("imported " + strings.Join(quoted, ", ")))
}

// remain says in one quiet line that goroutines of the cell go on.
func remain(running int, out engine.Output) {
	switch {
	case running == 1:
		out.Display(engine.Quiet("1 goroutine of this cell is still running (%goroutines lists it)"))
	case running > 1:
		out.Display(engine.Quiet(fmt.Sprintf("%d goroutines of this cell are still running (%%goroutines lists them)", running)))
	}
}

// here gives a failure without a place the cell as its place, since a learner
// looks for one.
func here(number int, places []engine.Place) []engine.Place {
	if len(places) > 0 || number == 0 {
		return places
	}
	return []engine.Place{{Cell: number, Line: 1, Column: 1}}
}

// mute takes what an expression prints while it is evaluated: a client that
// asks for user_expressions wants values alone.
type mute struct{}

func (mute) Stream(string, []byte)  {}
func (mute) Display(engine.Display) {}
func (mute) Clear(bool)             {}
func (mute) Late(*engine.Failure)   {}
func (mute) Input(context.Context, string, bool) (string, error) {
	return "", engine.ErrNoInput
}

var _ Worker = (*worker.Supervisor)(nil)
