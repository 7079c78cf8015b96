// Package directive reads the lines above the Go of a cell: %name args, a line
// directive, and %%name args, which hands the whole cell to somebody else. It
// holds the table of what there is, splits arguments, and writes the help.
//
// It serves no directive itself and knows no Go beyond its tokens: who serves
// one is for its caller to say (runnext/kernel/notebook), and what is left of a
// cell once its directives are gone is read by runnext/kernel/cell.
package directive

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Kind tells a directive for a line from one for a whole cell.
type Kind int

// The two kinds, written %name and %%name.
const (
	Line Kind = iota
	Cell
)

// Sign gives the characters that stand before the name.
func (k Kind) Sign() string {
	if k == Cell {
		return "%%"
	}
	return "%"
}

// Entry describes one directive. A name may exist as both kinds; these are two
// entries.
type Entry struct {
	Name    string // letters, digits and hyphens, a letter first
	Kind    Kind
	Usage   string // the arguments alone: "[NAME] [-seed N]"
	Summary string // one line, no full stop
	Long    string // Markdown, shown by %help NAME
	Server  string // who answers it: kernel, simulator, worker
}

// Written gives the directive as a learner types it, without arguments.
func (e Entry) Written() string { return e.Kind.Sign() + e.Name }

// Synopsis gives the directive as a learner types it, with its arguments.
func (e Entry) Synopsis() string {
	return strings.TrimRight(e.Written()+" "+e.Usage, " ")
}

// Table is the set of directives a kernel serves. It does not change once it
// is made, so all its methods may be called from any goroutine.
type Table struct {
	entries []Entry // by name, the line directive before the cell directive
}

// NewTable makes a table. It refuses an entry without a proper name or a
// summary, and a second one of the same name and kind.
func NewTable(entries ...Entry) (*Table, error) {
	t := &Table{entries: slices.Clone(entries)}
	slices.SortFunc(t.entries, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	for i, e := range t.entries {
		switch {
		case e.Kind != Line && e.Kind != Cell:
			return nil, fmt.Errorf("directive %q: kind %d is neither Line nor Cell", e.Name, e.Kind)
		case nameLength(e.Name) != len(e.Name) || e.Name == "":
			return nil, fmt.Errorf("directive %q: a name is letters, digits and hyphens, a letter first", e.Name)
		case e.Summary == "" || strings.Contains(e.Summary, "\n"):
			return nil, fmt.Errorf("directive %s: the summary is one line", e.Written())
		case i > 0 && e.Name == t.entries[i-1].Name && e.Kind == t.entries[i-1].Kind:
			return nil, fmt.Errorf("directive %s: it is there twice", e.Written())
		}
	}
	return t, nil
}

// Entries gives all directives, by name.
func (t *Table) Entries() []Entry { return slices.Clone(t.entries) }

// Lookup finds a directive of one kind.
func (t *Table) Lookup(kind Kind, name string) (Entry, bool) {
	for _, e := range t.entries {
		if e.Name == name && e.Kind == kind {
			return e, true
		}
	}
	return Entry{}, false
}

// Call is one directive as it stands in a cell.
type Call struct {
	Entry   Entry
	Args    []string // split and unquoted
	Line    int      // in the cell, from 1
	Column  int      // of the first %, in bytes from 1
	Columns []int    // of each argument, in bytes from 1
}

// Fail gives the error of a server that cannot take an argument; it points at
// that argument, or at the directive when i is out of range.
func (c Call) Fail(i int, text, why, try string) *Error {
	col := c.Column
	if i >= 0 && i < len(c.Columns) {
		col = c.Columns[i]
	}
	return &Error{Line: c.Line, Column: col, Text: text, Why: why, Try: try}
}

// Parsed is a cell with its directives taken out.
type Parsed struct {
	Lines []Call // the %name lines, from the top
	Cell  *Call  // the %%name line, nil if there is none
	// Code is the cell with a space for each byte of a directive: every line,
	// column and byte offset of what is left is what it was.
	Code string
}

// Error says why the directives of a cell cannot be read, in the learner's
// terms. It is always about one place of the cell.
type Error struct {
	Line, Column int // from 1, the column in bytes
	Text         string
	Why, Try     string
}

// Error gives place and text on one line.
func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Text)
}
