// Package program is what crosses the pipe for one cell: core Go for the
// interpreter, the types it speaks of, and the table that leads from its parts
// back to the learner's lines. It holds values only: runnext/kernel/core fills
// them, runnext/kernel/engine/yaegi runs them.
package program

import "runnext/kernel/core/bytecode"

// Program is one emitted cell.
type Program struct {
	Source  string          // core Go, package main; imports "h" alone
	Types   []Type          // index 0 is not used; Source calls type n h.Tn
	Vars    []Var           // Source calls variable n h.Vn, a pointer to it
	Helpers []Helper        // Source calls helper n h.Hn
	Funcs   []Func          // Source calls function n fn
	Sites   []Site          // positions that Source gives by number; 0 is none
	Binds   []Bind          // methods that compiled code may call
	Results []int           // types of the values Entry gives, when it gives some
	Code    []bytecode.Func // what helpers with Op code run
}

// Kind tells the shapes of types apart.
type Kind uint8

// Kinds of types.
const (
	Basic     Kind = iota + 1 // Name: int, string, unsafe.Pointer …
	Std                       // Path and Name of a carried, concrete type
	Named                     // a type declared by a cell, or an instance of a generic one
	Pointer                   // Elem
	Slice                     // Elem
	Array                     // Elem, Len
	Map                       // Key, Elem
	Chan                      // Elem, Dir as reflect.ChanDir
	Signature                 // In, Out, Variadic
	Struct                    // Fields
	Interface                 // Methods
)

// Type describes a type; the other types it is made of are indexes.
type Type struct {
	Kind     Kind
	Name     string
	Path     string
	ID       string // Named: what makes it the same type in another cell
	Elem     int    // Named: the underlying type
	Own      bool   // Named: it leads back to itself without a struct: its core face is named too
	Key      int
	Len      int64
	Dir      int
	In, Out  []int
	Variadic bool
	Fields   []Field
	Methods  []Method // Interface: all; Named: the method set of *T, sorted
}

// Field is one field of a struct.
type Field struct {
	Name     string
	Path     string // package of an unexported name
	Tag      string
	Type     int
	Embedded bool
}

// Method is one method of an interface, or of a named type.
type Method struct {
	Name  string
	Path  string // package of an unexported name
	Type  int    // Signature, without the receiver
	Value bool   // Named: in the method set of T too
}

// Var is a variable of the notebook.
type Var struct {
	ID   string // the same in every cell that names it
	Type int
	New  bool // its storage is new at each execution of this cell
}

// Func is a function of the source, for error messages.
type Func struct {
	Name string // as a learner knows it; "" for the statements of a cell
	Site int    // where it is declared
	End  int    // of its last character, 0 when that is not known
	// Literal: a function literal, which Source makes by a function of what it
	// captures.
	Literal bool
	// Marks: while it runs it notes in a variable of type h.Mark at which site
	// it calls another.
	Marks bool
	Calls []Call
}

// Call is one call in a function: of function Func, or of a compiled function
// by its name, or of a function value when both are empty.
type Call struct {
	Func int
	Name string
	Site int
}

// Site is a position in a cell.
type Site struct {
	Cell, Line, Column int
}

// Helper is a host function that the runner makes for one combination of
// types, or a function or variable of a carried package.
type Helper struct {
	Op    string
	Types []int
	Path  string
	Name  string
	Site  int
}

// Bind names the functions of the source that a method of a named type leads
// to; "" where there is none.
type Bind struct {
	Type         int
	Method, Path string
	Word         string // takes what an interface holds of a T
	Direct       string // takes a T
	Pointer      string // takes a *T
	// Value and Address are 1 more than the number of the bytecode that takes a T
	// or a *T; 0 where there is none.
	Value, Address int
}

// Enclosing names the innermost function that a site is in; it is "" for the
// statements of a cell.
func (p *Program) Enclosing(s Site) string {
	name, best := "", Site{}
	for _, f := range p.Funcs {
		if f.Site <= 0 || f.Site >= len(p.Sites) || f.End <= 0 || f.End >= len(p.Sites) {
			continue
		}
		at, end := p.Sites[f.Site], p.Sites[f.End]
		if at.Cell == s.Cell && !s.before(at) && !end.before(s) && !at.before(best) {
			name, best = f.Name, at
		}
	}
	return name
}

func (s Site) before(other Site) bool {
	return s.Line < other.Line || s.Line == other.Line && s.Column < other.Column
}
