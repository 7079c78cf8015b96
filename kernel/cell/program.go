package cell

import "runnext/kernel/engine"

// CheckProgram checks a cell that the Go toolchain will build as a program of
// its own. Compiler directives and all of package unsafe are the toolchain's
// to judge. with says that the functions, types and constants of earlier cells
// are there; without it the cell is checked as the first of a notebook.
//
// Like [Notebook.Check] it changes nothing a later check could see.
func (n *Notebook) CheckProgram(number int, code string, with bool) (*Checked, *engine.Failure) {
	src := n.parse(number, code)
	src.compiled = true
	st := newState()
	if with {
		st = n.state()
	}
	c, failure := n.checkIn(src, st)
	if failure != nil {
		n.fset.RemoveFile(src.file)
	}
	return c, failure
}
