package core

import (
	"go/ast"
	"go/token"
	"go/types"
	"sync"

	"golang.org/x/tools/go/ssa"
)

// Bodies gives the syntax of packages that were checked from their sources;
// kernel/std's Importer is one.
type Bodies interface {
	Bodies(path string) ([]*ast.File, *types.Info, bool)
}

// Builder emits the cells of one notebook. What it builds of carried packages
// is kept for the next cell. Safe for concurrent use.
type Builder struct {
	bodies Bodies

	mu    sync.Mutex
	prog  *ssa.Program
	fset  *token.FileSet
	built map[*ssa.Package]bool
	size  map[*types.Package]int // names a package had when its SSA form was made
	cells int
}

// maxCells is after how many cells the SSA form of carried packages is built
// anew: the form of each cell is reachable from it.
const maxCells = 64

// NewBuilder gives a builder. bodies may be nil, then generic functions of
// packages are refused.
func NewBuilder(bodies Bodies) *Builder { return &Builder{bodies: bodies} }

// build makes the cell's SSA form.
func (e *emitter) build() {
	b := e.b
	if b.prog == nil || b.fset != e.in.Fset || b.cells >= maxCells || b.grown(e.in.Pkg.Imports(), map[*types.Package]bool{}) {
		b.prog = ssa.NewProgram(e.in.Fset, ssa.InstantiateGenerics|ssa.BuildSerially)
		b.fset, b.cells = e.in.Fset, 0
		b.built = map[*ssa.Package]bool{}
		b.size = map[*types.Package]int{}
	}
	b.cells++
	e.prog = b.prog
	b.create(e.in.Pkg.Imports())
	e.main = e.prog.CreatePackage(e.in.Pkg, []*ast.File{e.in.File}, e.in.Info, false)
	e.main.Build()
}

// grown tells whether a package has got names since its SSA form was made: one
// that was only mentioned by another's export data, and is imported itself now.
func (b *Builder) grown(pkgs []*types.Package, seen map[*types.Package]bool) bool {
	for _, p := range pkgs {
		if seen[p] {
			continue
		}
		seen[p] = true
		if n, made := b.size[p]; made && n != p.Scope().Len() || b.grown(p.Imports(), seen) {
			return true
		}
	}
	return false
}

// create adds packages and what they import.
func (b *Builder) create(pkgs []*types.Package) {
	for _, p := range pkgs {
		if b.prog.Package(p) != nil {
			continue
		}
		var files []*ast.File
		var info *types.Info
		if b.bodies != nil {
			files, info, _ = b.bodies.Bodies(p.Path())
		}
		b.prog.CreatePackage(p, files, info, true)
		b.size[p] = p.Scope().Len()
		b.create(p.Imports())
	}
}

// ensure builds the body of a function of a carried package.
func (b *Builder) ensure(fn *ssa.Function) {
	if fn.Blocks != nil || fn.Pkg == nil || b.built[fn.Pkg] {
		return
	}
	b.built[fn.Pkg] = true
	fn.Pkg.Build()
}
