package notebook

import (
	"context"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

// Simulator runs the cells that bear a %% directive of its own.
type Simulator interface {
	// Entry describes the directive.
	Entry() directive.Entry
	// Simulate runs a checked cell. An error is about the directive's
	// arguments, and nothing has run. value gives the value of an expression
	// in the notebook as it stands before the cell.
	Simulate(ctx context.Context, c *cell.Checked, call directive.Call, value Value, out engine.Output) (engine.Outcome, *directive.Error)
	// Problem writes the Go of a cell that has none below its directive; false
	// when the directive wants the learner's.
	Problem(call directive.Call) (code string, ok bool)
	// LineEntries describes the line directives about the last simulated run,
	// and Line serves them.
	LineEntries() []directive.Entry
	Line(call directive.Call, out engine.Output) *directive.Error
	// Predict answers the question that a simulated run has left open; false
	// when none is open.
	Predict(answer string, out engine.Output) bool
	// Close ends what is still running.
	Close(ctx context.Context) error
}

// Value gives the value of an expression in the notebook.
type Value = func(ctx context.Context, expr string) (engine.Bundle, *engine.Failure)

// simulate checks a cell as any other and runs it as a program of its own. What
// it declares stays in the notebook, its variables do not.
func (n *Notebook) simulate(ctx context.Context, c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
	if strings.TrimSpace(c.Code) == "" {
		if code, ok := n.c.Simulator.Problem(call); ok {
			c.Code = code
		}
	}
	n.mu.Lock()
	checked, failure := n.c.Cells.Check(c.Number, c.Code)
	failure = n.explained(failure)
	n.mu.Unlock()
	if failure != nil {
		return engine.Outcome{Failure: failure}
	}
	n.announce(checked, out)
	outcome, err := n.c.Simulator.Simulate(ctx, checked, call, n.Evaluate, out)
	if err != nil {
		return engine.Outcome{Failure: directiveFailure(c.Number, err)}
	}
	if outcome.Failure == nil || outcome.Failure.Kind != engine.KindCompile {
		n.declare(c, checked)
	}
	return outcome
}

func (n *Notebook) explained(f *engine.Failure) *engine.Failure {
	if f == nil {
		return nil
	}
	return n.explainLoss(f)
}

// declare makes known what a simulated cell declares besides variables. Where
// one of its functions uses one of its variables the whole cell is committed
// and the variable taken away again, which a variable of the same name of an
// earlier cell would not survive: then nothing is declared.
func (n *Notebook) declare(c engine.Cell, whole *cell.Checked) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(whole.NewVars) == 0 {
		n.c.Cells.Commit(whole)
		return
	}
	code := declarations(c.Code)
	if strings.TrimSpace(code) == "" {
		return
	}
	if checked, failure := n.c.Cells.Check(c.Number, code); failure == nil {
		n.c.Cells.Commit(checked)
		return
	}
	_, known := n.c.Cells.Variables()
	var own []string
	for _, v := range whole.NewVars {
		name := cell.Shown(v.Name())
		if _, taken := known[name]; taken {
			return
		}
		own = append(own, name)
	}
	n.c.Cells.Commit(whole)
	n.c.Cells.Forget(own)
}
