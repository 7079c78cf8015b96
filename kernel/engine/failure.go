package engine

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNoInput says that the client of this cell does not answer questions.
var ErrNoInput = errors.New("input: this client does not take questions")

// Kind is the ename of a failure; the set is fixed by the project's contracts.
type Kind string

// The kinds a learner meets.
const (
	KindCompile     Kind = "compile error"
	KindRefused     Kind = "refused"
	KindPanic       Kind = "panic"
	KindFatal       Kind = "fatal error"
	KindDeadlock    Kind = "deadlock"
	KindExit        Kind = "exit"
	KindLimit       Kind = "limit"
	KindInterrupted Kind = "interrupted"
)

// Failure is what a learner is told when a cell does not end well: what
// happened and where, why, and what to try. It never holds a stack of ours.
type Failure struct {
	Kind   Kind
	Text   string  // Go's first line, the evalue
	Places []Place // the innermost first; the first one is where it happened
	// Started is where the goroutine it happened in was started, in a program
	// of its own; nil for the first goroutine, and where that is not known.
	Started *Place
	First   bool // it is known to have happened in the first goroutine
	Detail  []string
	Why     string
	Try     string
}

// Place is a position in a cell. A line counts from 1, a column in bytes from 1.
type Place struct {
	Cell, Line, Column int
	Func               string // the learner's function, "" at the top of a cell
	Text               string // what is said of this place; "" means the failure's own text
}

// String gives the form contracts fix for traceback[0] without its text.
func (p Place) String() string {
	return fmt.Sprintf("[cell %d]:%d:%d", p.Cell, p.Line, p.Column)
}

// Traceback gives the lines of the protocol's traceback: the place and text
// first, then what happened, why and what to try.
func (f *Failure) Traceback() []string {
	var lines []string
	for i, p := range f.Places {
		text := p.Text
		switch {
		case text == "" && i == 0:
			text = f.Text
		case text == "" && p.Func == "":
			text = "called from here"
		case text == "":
			text = "called from here, in " + p.Func
		}
		lines = append(lines, fmt.Sprintf("%v: %s", p, text))
	}
	if len(lines) == 0 {
		lines = append(lines, f.Text)
	}
	lines = append(lines, f.Detail...)
	if f.Why != "" {
		lines = append(lines, "Why: "+f.Why)
	}
	if f.Try != "" {
		lines = append(lines, "Try: "+f.Try)
	}
	return lines
}

// Error makes a Failure usable where Go wants an error.
func (f *Failure) Error() string {
	return strings.Join(f.Traceback(), "\n")
}
