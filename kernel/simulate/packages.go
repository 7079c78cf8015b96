package simulate

import (
	"go/token"
	"go/types"
	"sync"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/std"
	"runnext/sim/machine"
)

// Preloaded are the packages that a simulated program need not import, name to
// import path.
func Preloaded() map[string]string { return map[string]string{"gmp": "runnext/gmp"} }

// Packages are the carried packages as simulated programs import them: those
// whose bodies the machine executes are checked from their sources, each when
// it is first imported. They are not those that cells are checked with: a type
// of the one is none of the other. Safe for concurrent use.
type Packages struct {
	std  *std.Importer
	fset *token.FileSet // of the programs

	mu       sync.Mutex
	library  *machine.Library
	size     map[*types.Package]int // names a package had when library was made
	programs int
}

// NewPackages gives the packages of a library for programs with positions in
// fset.
func NewPackages(l *std.Library, fset *token.FileSet) *Packages {
	return &Packages{std: l.SourceImporter(token.NewFileSet()), fset: fset}
}

// Import implements [types.Importer].
func (p *Packages) Import(path string) (*types.Package, error) { return p.std.Import(path) }

// maxPrograms is after how many programs the SSA form of the packages is made
// anew: the form of each program is reachable from it.
const maxPrograms = 64

// Program gives the SSA form of a package main whose imports are these packages.
func (p *Packages) Program(main *machine.Checked) (*ssa.Program, *ssa.Package) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.library == nil || p.programs == maxPrograms || p.grown(main.Pkg.Imports(), map[*types.Package]bool{}) {
		p.make(main.Pkg.Imports())
	}
	p.programs++
	return p.library.Program(main)
}

// grown tells whether a package is not in the library, or has got names since:
// one that was only mentioned by another's export data, and is imported itself
// now.
func (p *Packages) grown(pkgs []*types.Package, seen map[*types.Package]bool) bool {
	for _, pkg := range pkgs {
		if seen[pkg] {
			continue
		}
		seen[pkg] = true
		if n, ok := p.size[pkg]; !ok || n != pkg.Scope().Len() || p.grown(pkg.Imports(), seen) {
			return true
		}
	}
	return false
}

func (p *Packages) make(imports []*types.Package) {
	var pkgs []*machine.Checked
	p.size, p.programs = map[*types.Package]int{}, 0
	for _, s := range p.std.Sourced() {
		pkgs = append(pkgs, &machine.Checked{Pkg: s.Pkg, Files: s.Files, Info: s.Info})
		p.note([]*types.Package{s.Pkg})
	}
	p.note(imports)
	p.library = machine.NewLibrary(p.fset, pkgs)
}

func (p *Packages) note(pkgs []*types.Package) {
	for _, pkg := range pkgs {
		if _, ok := p.size[pkg]; !ok {
			p.size[pkg] = pkg.Scope().Len()
			p.note(pkg.Imports())
		}
	}
}
