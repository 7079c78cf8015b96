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
// line, and nothing has run.
func (e *Engine) Simulate(ctx context.Context, c *cell.Checked, call directive.Call, out engine.Output) (engine.Outcome, *directive.Error) {
	o, err := ParseOptions(call)
	if err != nil {
		return engine.Outcome{}, err
	}
	return e.Run(ctx, c, o, out), nil
}
