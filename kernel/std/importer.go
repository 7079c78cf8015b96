package std

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/tools/go/gcexportdata"

	"runnext/kernel/std/internal/index"
)

// Importer gives carried packages to the type checker, one *types.Package for
// each path however often it is asked. A package whose bodies are needed is
// checked from its source, and before any export data that names it is read,
// so that its types are the same everywhere. Safe for concurrent use.
type Importer struct {
	lib  *Library
	fset *token.FileSet
	all  bool // from source whatever can be

	mu     sync.Mutex
	loaded map[string]*types.Package // complete
	named  map[string]*types.Package // complete, or named by export data so far
	bodies map[string]*Source
	order  []*Source
}

// Source is a package that was checked from its source.
type Source struct {
	Pkg   *types.Package
	Files []*ast.File
	Info  *types.Info
}

// Importer gives a new importer for cells: a package is checked from its source
// when a compiled form of it would lack generic functions. Positions of sources
// go to fset.
func (l *Library) Importer(fset *token.FileSet) *Importer { return l.importer(fset, false) }

// SourceImporter gives a new importer for the simulator: every package whose
// source is carried is checked from it.
func (l *Library) SourceImporter(fset *token.FileSet) *Importer { return l.importer(fset, true) }

func (l *Library) importer(fset *token.FileSet, all bool) *Importer {
	return &Importer{
		lib: l, fset: fset, all: all,
		loaded: map[string]*types.Package{"unsafe": types.Unsafe},
		named:  map[string]*types.Package{},
		bodies: map[string]*Source{},
	}
}

// Import implements [types.Importer].
func (im *Importer) Import(path string) (*types.Package, error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.lib.index.Packages[path].Hidden {
		return nil, fmt.Errorf("use of internal package %s not allowed", path)
	}
	return im.load(path)
}

// Bodies gives the syntax of a package that was checked from its source, and
// false for one that is known by its export data or was not imported.
func (im *Importer) Bodies(path string) ([]*ast.File, *types.Info, bool) {
	im.mu.Lock()
	defer im.mu.Unlock()
	s, ok := im.bodies[path]
	if !ok {
		return nil, nil, false
	}
	return s.Files, s.Info, true
}

// Sourced lists the packages that were checked from their sources so far, each
// after those it imports.
func (im *Importer) Sourced() []*Source {
	im.mu.Lock()
	defer im.mu.Unlock()
	return slices.Clone(im.order)
}

// fromSource tells whether a package is checked from its source.
func (im *Importer) fromSource(p index.Package) bool {
	return len(p.Sources) > 0 && (im.all || p.Cells)
}

// load gives a package with im.mu held.
func (im *Importer) load(path string) (*types.Package, error) {
	if p, ok := im.loaded[path]; ok {
		return p, nil
	}
	entry, ok := im.lib.index.Packages[path]
	if !ok {
		return nil, fmt.Errorf("package %s is not part of this kernel", path)
	}
	names := entry.Mentions
	if im.fromSource(entry) {
		names = entry.Imports
	}
	for _, other := range names {
		if im.fromSource(entry) || im.fromSource(im.lib.index.Packages[other]) {
			if _, err := im.load(other); err != nil {
				return nil, err
			}
		}
	}
	var p *types.Package
	var err error
	if im.fromSource(entry) {
		p, err = im.check(path, entry)
	} else {
		p, err = im.readExport(path)
	}
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", path, err)
	}
	im.loaded[path], im.named[path] = p, p
	return p, nil
}

func (im *Importer) readExport(path string) (*types.Package, error) {
	data, err := im.lib.read(index.Export(path))
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(bytes.NewReader(data), im.fset, im.named, path)
}

func (im *Importer) check(path string, entry index.Package) (*types.Package, error) {
	var files []*ast.File
	for _, name := range entry.Sources {
		text, err := im.lib.read(index.Source(path, name))
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(im.fset, path+"/"+name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	info := NewInfo()
	conf := types.Config{
		Importer: importFunc(im.load),
		Sizes:    types.SizesFor("gc", runtime.GOARCH),
	}
	p, err := conf.Check(path, im.fset, files, info)
	if err != nil {
		return nil, err
	}
	im.bodies[path] = &Source{p, files, info}
	im.order = append(im.order, im.bodies[path])
	return p, nil
}

type importFunc func(path string) (*types.Package, error)

func (f importFunc) Import(path string) (*types.Package, error) { return f(path) }

// NewInfo gives an Info with every map that go/ssa reads.
func NewInfo() *types.Info {
	return &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Instances:    map[*ast.Ident]types.Instance{},
		Scopes:       map[ast.Node]*types.Scope{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		FileVersions: map[*ast.File]string{},
	}
}
