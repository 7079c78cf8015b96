package cell

import (
	"go/ast"
	"go/token"
	"maps"
	"strconv"
	"strings"
)

// kind is what a name of the notebook stands for.
type kind uint8

const (
	varKind kind = iota
	constKind
	typeKind
	funcKind
	importKind
)

// decl is one meaning that a name has had in the notebook. It is not changed
// once its cell has been committed.
type decl struct {
	kind kind
	base string // what a learner writes: x
	name string // what identifies it: x, x·2, x·3
	cell int
	pos  token.Pos
	unit *unit  // types, constants, functions
	path string // imports

	// A variable's type as an expression in which notebook types stand with
	// their identifying names, and what those names are.
	typ   ast.Expr
	types []*decl
	alien []alien
}

// unit is what is declared, checked and compiled as one piece: a function, a
// method, a type, or a group of constants (they share iota).
type unit struct {
	cell  int
	node  ast.Node // *ast.FuncDecl, *ast.TypeSpec, *ast.GenDecl of constants
	decls []*decl  // what it declares; none for methods and init
	uses  []use
	// bound says what the uses meant when the unit was declared. A name that
	// is not in it meant something of Go itself or of a dot import.
	bound map[string]*decl
	dots  []string
	text  string // a type's source

	// recv is the type a method was declared for; base is the method's name.
	recv *decl
	base string
}

func (u *unit) fn() *ast.FuncDecl {
	fn, _ := u.node.(*ast.FuncDecl)
	return fn
}

// state is all that a notebook has declared at one time. It is never changed;
// commit makes the next one.
type state struct {
	names   map[string]*decl
	methods map[*decl][]*unit // by type; one of a name
	dots    []string          // paths of dot imports
	// home is the cell that declared a type last, word for word the same.
	home map[*decl]int
	// gone counts the meanings of a name whose storage is lost.
	gone map[string]int
	// misfits are methods that were not carried over to a type, and why.
	misfits map[*decl]map[*unit]problem
}

func newState() *state {
	return &state{names: map[string]*decl{}, methods: map[*decl][]*unit{}, home: map[*decl]int{}, gone: map[string]int{}, misfits: map[*decl]map[*unit]problem{}}
}

func (s *state) clone() *state {
	return &state{
		names: maps.Clone(s.names), methods: maps.Clone(s.methods), dots: s.dots,
		home: maps.Clone(s.home), gone: maps.Clone(s.gone), misfits: maps.Clone(s.misfits),
	}
}

// delta is what a checked cell would change.
type delta struct {
	names   []*decl // in the order of the cell
	methods map[*decl][]*unit
	misfits map[*decl]map[*unit]problem
	dots    []string
}

func (d *delta) declared() []string {
	var names []string
	seen := map[string]bool{}
	for _, x := range d.names {
		if x.kind != importKind && !seen[x.base] {
			seen[x.base] = true
			names = append(names, x.base)
		}
	}
	return names
}

// Commit makes what a cell declares known to later cells. The notebook decides
// when: a cell that panicked half way has declared its names too.
func (n *Notebook) Commit(c *Checked) {
	n.mu.Lock()
	defer n.mu.Unlock()
	next := n.now.clone()
	for _, d := range c.delta.names {
		next.names[d.base] = d
		if d.kind == typeKind {
			next.home[d] = c.Number
		}
	}
	for t, units := range c.delta.methods {
		next.methods[t] = mergeMethods(next.methods[t], units)
	}
	maps.Copy(next.misfits, c.delta.misfits)
	for _, path := range c.delta.dots {
		next.dots = addPath(next.dots, path)
	}
	n.now = next
}

// mergeMethods puts newer methods in the place of older ones of their name.
func mergeMethods(old, newer []*unit) []*unit {
	var out []*unit
	for _, u := range old {
		if !hasMethod(newer, u.base) {
			out = append(out, u)
		}
	}
	return append(out, newer...)
}

func hasMethod(units []*unit, name string) bool {
	for _, u := range units {
		if u.base == name {
			return true
		}
	}
	return false
}

func addPath(paths []string, path string) []string {
	for _, p := range paths {
		if p == path {
			return paths
		}
	}
	return append(paths[:len(paths):len(paths)], path)
}

// versionMark stands between a name and its number. It is no letter in Go, so
// no learner's name holds it.
const versionMark = "·"

// version gives the next identifying name for what a learner calls base. Names
// of Go itself and of dot imports always get a number: older functions that
// mean those must not see the notebook's.
func (n *Notebook) version(base string, taken bool) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.versions[base]++
	if v := n.versions[base]; v > 1 || taken {
		return base + versionMark + strconv.Itoa(v)
	}
	return base
}

// Shown takes the notebook's suffixes off every name in a text: x·2 is x.
func Shown(text string) string {
	text = strings.ReplaceAll(text, undefinedMark, "")
	if !strings.Contains(text, versionMark) {
		return text
	}
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, versionMark)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		rest := strings.TrimLeft(after, "0123456789")
		rest, pinned := cutMark(rest, len(rest) < len(after))
		if !wordBefore(before) || len(rest) == len(after) && !pinned {
			b.WriteString(versionMark)
			rest = after
		}
		text = rest
	}
}

// cutMark takes pinnedMark off the front of a text; numbered tells whether a
// number stood before it and its own dot is therefore still there.
func cutMark(rest string, numbered bool) (string, bool) {
	mark := pinnedMark
	if !numbered {
		mark = strings.TrimPrefix(mark, versionMark)
	}
	return strings.CutPrefix(rest, mark)
}

// undefinedMark ends a name that means nothing yet. It is made of letters: of
// a name that is none go/types says nothing.
const undefinedMark = cursorName + "undefined"

// pinnedMark ends the name of a function that is compiled a second time, with
// the meanings its names had when it was declared.
const pinnedMark = "·then"

func wordBefore(s string) bool {
	if s == "" {
		return false
	}
	c := s[len(s)-1]
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
