// Package cell turns the text of a notebook cell into a type-checked piece of
// Go that can be compiled alone. It keeps what earlier cells declared, splits a
// cell into imports, declarations and statements, has go/types judge it, and
// answers what an editor asks about half-written code.
//
// It runs nothing and reads nothing: directives above the first line of Go are
// runnext/kernel/directive's, packages come from the importer it is given
// (runnext/kernel/std), and what is made of a checked cell is
// runnext/kernel/core's. The rules by which a notebook differs from a Go file
// are in README.md beside this file.
package cell

import (
	"fmt"
	"go/token"
	"go/types"
	"sync"
)

// Config says what a Notebook may import.
type Config struct {
	// Importer gives the packages a cell may name. It is called by one
	// goroutine at a time and must give the same package for a path each time.
	Importer types.Importer
	// Packages are the import paths that are offered by completion and that a
	// missing import may be completed from.
	Packages []string
	// Preloaded are the packages that need no import, name to import path,
	// such as lab. Their use is not reported in Checked.AutoImported.
	Preloaded map[string]string
	// Doc gives the doc comment of an exported name of a package, "" when
	// there is none; name is "T.Method" for methods and "" for the package's
	// own. It may be nil.
	Doc func(path, name string) string
	// GoVersion is the language version, "go1.26" when empty.
	GoVersion string
}

// Notebook is what the cells so far have declared. Its methods may be called
// from any goroutine, and none of them waits for another's type-check.
type Notebook struct {
	cfg  Config
	pkgs *packages
	fset *token.FileSet

	mu       sync.Mutex
	now      *state
	versions map[string]int // names given away so far, by what a learner writes
	imports  map[importKey]*decl
	aliens   map[string]types.Type
}

// importKey is an import as a learner writes it: under which name, of what.
type importKey struct{ base, path string }

// New returns the notebook no cell has been run in.
func New(cfg Config) *Notebook {
	if cfg.GoVersion == "" {
		cfg.GoVersion = "go1.26"
	}
	fset := token.NewFileSet()
	// The parser is shown a wrapper before the cell's first byte; the room for
	// it keeps positions from going below one.
	fset.AddFile("", 1, firstBase)
	return &Notebook{
		cfg:      cfg,
		pkgs:     newPackages(cfg),
		fset:     fset,
		now:      newState(),
		versions: map[string]int{},
		imports:  map[importKey]*decl{},
		aliens:   map[string]types.Type{},
	}
}

// Reset forgets everything that was declared. Names are not given away a
// second time: storage of before the reset is never taken for a new variable's.
func (n *Notebook) Reset() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = newState()
}

// state gives the declarations as they stand; a state is never changed.
func (n *Notebook) state() *state {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

// importDecl gives the one declaration that stands for an import of a path
// under a name, whichever cells write it.
func (n *Notebook) importDecl(base, path string, number int, pos token.Pos) *decl {
	key := importKey{base, path}
	n.mu.Lock()
	d := n.imports[key]
	n.mu.Unlock()
	if d != nil {
		return d
	}
	d = &decl{kind: importKind, base: base, name: n.version(base, types.Universe.Lookup(base) != nil), cell: number, pos: pos, path: path}
	n.mu.Lock()
	defer n.mu.Unlock()
	if other := n.imports[key]; other != nil {
		return other
	}
	n.imports[key] = d
	return d
}

// alienName gives the name under which a type that cannot be written is lent
// to the type checker.
func (n *Notebook) alienName(t types.Type) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	for name, other := range n.aliens {
		if types.Identical(t, other) {
			return name
		}
	}
	name := fmt.Sprintf("T%d", len(n.aliens)+1)
	n.aliens[name] = t
	return name
}
