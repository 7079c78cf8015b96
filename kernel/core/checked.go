package core

import "runnext/kernel/cell"

// InputOf gives what the emitter needs of a checked cell.
func InputOf(c *cell.Checked) Input {
	return Input{
		Fset: c.Fset, Pkg: c.Pkg, Info: c.Info, File: c.File, Entry: c.Entry, Whole: c.Whole, Values: c.Values,
		NewVars: c.NewVars, UsedVars: c.UsedVars, ResultFunc: c.ResultFunc, Result: c.Result,
		Position: c.Position,
	}
}
