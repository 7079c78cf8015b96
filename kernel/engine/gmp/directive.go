package gmp

import (
	"context"

	"runnext/kernel/cell"
	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

// Entry describes %%gmp, which the engine serves.
func (e *Engine) Entry() directive.Entry { return Entry() }

// Simulate runs a checked cell as its %%gmp line says. An error is about that
// line, and nothing has run. value gives the value of an expression where the
// cells run.
func (e *Engine) Simulate(ctx context.Context, c *cell.Checked, call directive.Call, value func(context.Context, string) (engine.Bundle, *engine.Failure), out engine.Output) (engine.Outcome, *directive.Error) {
	o, err := ParseOptions(call)
	if err != nil {
		return engine.Outcome{}, err
	}
	eval := func(ctx context.Context, expr string) (string, *engine.Failure) {
		b, failure := value(ctx, expr)
		if failure != nil {
			return "", failure
		}
		return unquote(b), nil
	}
	return e.Run(ctx, c, o, eval, out), nil
}
