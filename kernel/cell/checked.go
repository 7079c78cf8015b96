package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"runnext/kernel/engine"
)

// Checked is a cell that Go's type checker has accepted, with everything it
// needs from earlier cells. It is not changed after Check has returned it and
// may be read from any goroutine.
//
// Names. An object's name is what identifies it for the life of the notebook:
// the variable x of cell 1 is "x", the x that cell 4 declares anew is "x·2",
// and so for types, functions and constants; a name is never given to a second
// object. [Shown] takes the suffix off. Pkg, Info, File and every types.Object
// of package main are this Checked's own: a declaration of an earlier cell is
// checked again with the cells that reach it, so two Checked share no objects
// of package main, only names. Objects of imported packages are shared.
//
// Positions are those of the cells themselves, all in one FileSet.
type Checked struct {
	Number int
	Source string // the cell's text; positions of File that are in this cell lead into it
	Fset   *token.FileSet
	Pkg    *types.Package // path and name "main"
	Info   *types.Info    // every map is set; InitOrder is empty

	// File is package main as far as this cell needs it, in this order:
	// imports, types, constants, variables, functions and methods, ResultFunc,
	// Entry. Variables are a GenDecl each, a ValueSpec with names alone.
	// Every function has a body but ResultFunc. A struct that embeds a type
	// declared anew, T·2, names it by an alias `type T = T·2` of File, so that
	// the field is called T; only where File embeds two meanings of T is one of
	// the fields called T·2.
	//
	// The type of a variable of an earlier cell may be an alias too, of a
	// package ·alien: so types that no cell can write are named, such as the
	// type of binary.LittleEndian. types.Unalias gives what is meant.
	File *ast.File

	// Entry names the func() in File that holds the cell's statements in order.
	// Top-level `x := e` and `var x T = e` are assignments to package-level
	// variables there; functions named init are called at their place and
	// main at the end.
	Entry string
	// Whole tells a file with a package clause and nothing but declarations:
	// Entry sets its variables in Go's order of initialization.
	Whole bool
	// Values are the assignments of Entry that give variables what a var
	// declaration says.
	Values []*ast.AssignStmt

	NewVars  []*types.Var // variables this cell creates; their storage is new at each execution
	UsedVars []*types.Var // variables of earlier cells that File reads or writes

	// ResultFunc names a func(...any) without body: Entry ends with
	// ResultFunc(e) when the cell has a value. "" when it has none.
	ResultFunc string
	// Result has the types of the values given to ResultFunc.
	Result []types.Type
	// MainFunc names the learner's func main of this cell, "" without one.
	MainFunc string
	// AutoImported are the import paths that the cell uses and nobody imported.
	AutoImported []string

	delta *delta
}

// Position maps a position of File to the cell it was written in.
func (c *Checked) Position(pos token.Pos) engine.Place {
	return placeOf(c.Fset, pos)
}

// Declared gives the names, as a learner writes them, that Commit makes known,
// in the order of the cell.
func (c *Checked) Declared() []string {
	return c.delta.declared()
}

func placeOf(fset *token.FileSet, pos token.Pos) engine.Place {
	f := fset.File(pos)
	if f == nil {
		return engine.Place{}
	}
	p := f.PositionFor(pos, false)
	place := engine.Place{Line: p.Line, Column: p.Column}
	fmt.Sscanf(f.Name(), fileName, &place.Cell)
	return place
}

// fileName is the name of a cell's token.File: what [engine.Place] prints, so
// that positions inside go/types' messages read like all others.
const fileName = "[cell %d]"
