package core

import (
	"runnext/kernel/cell"
	"runnext/kernel/engine"
)

// Encode gives the program of a checked cell as bytes that a runner decodes, or
// a failure of kind refused. Safe for concurrent use.
func (b *Builder) Encode(c *cell.Checked) ([]byte, *engine.Failure) {
	p, failure := b.Emit(InputOf(c))
	if failure != nil {
		return nil, failure
	}
	data, err := p.Encode()
	if err != nil {
		return nil, &engine.Failure{
			Kind: engine.KindRefused, Text: err.Error(),
			Why: "The kernel has made something of this cell that it cannot write down; that is a defect of the kernel.",
		}
	}
	return data, nil
}
