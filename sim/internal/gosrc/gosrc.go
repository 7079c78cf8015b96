// Package gosrc type-checks a program and the standard packages it needs from
// the source tree of the toolchain at hand. It serves tests and tools that
// have a toolchain; a binary that must do without one takes its packages from
// what it carries (runnext/kernel/std).
package gosrc

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"

	"runnext/sim/machine"
)

// Loader checks packages and keeps them. It is owned by one goroutine.
type Loader struct {
	Fset   *token.FileSet
	bodies map[string]bool
	ctx    build.Context
	pkgs   map[string]*machine.Checked
	order  []*machine.Checked
}

// New makes a loader that keeps the bodies of the packages that
// [machine.Sources] names.
func New() *Loader {
	l := &Loader{Fset: token.NewFileSet(), bodies: map[string]bool{}, ctx: build.Default,
		pkgs: map[string]*machine.Checked{}}
	l.ctx.CgoEnabled = false
	for _, p := range machine.Sources() {
		l.bodies[p] = true
	}
	return l
}

// Packages gives the packages checked so far, each after those it imports.
func (l *Loader) Packages() []*machine.Checked { return l.order }

// Import makes the loader a types.Importer.
func (l *Loader) Import(path string) (*types.Package, error) {
	return l.ImportFrom(path, "", 0)
}

// ImportFrom makes the loader a types.ImporterFrom, for vendored packages.
func (l *Loader) ImportFrom(path, dir string, _ types.ImportMode) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	bp, err := l.ctx.Import(path, dir, 0)
	if err != nil {
		return nil, fmt.Errorf("gosrc: find %s: %w", path, err)
	}
	if c := l.pkgs[bp.ImportPath]; c != nil {
		return c.Pkg, nil
	}
	var files []string
	for _, f := range bp.GoFiles {
		files = append(files, filepath.Join(bp.Dir, f))
	}
	c, err := l.check(bp.ImportPath, bp.Dir, files, nil, !l.bodies[bp.ImportPath])
	if err != nil {
		return nil, err
	}
	return c.Pkg, nil
}

// Program checks a package main in one file and gives it with everything it
// imports, itself last.
func (l *Loader) Program(file string, src []byte) ([]*machine.Checked, error) {
	c, err := l.check("main", filepath.Dir(file), []string{file}, src, false)
	if err != nil {
		return nil, err
	}
	l.order = l.order[:len(l.order)-1]
	delete(l.pkgs, "main")
	return append(append([]*machine.Checked(nil), l.order...), c), nil
}

func (l *Loader) check(path, dir string, files []string, src []byte, headers bool) (*machine.Checked, error) {
	c := &machine.Checked{Info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{}}}
	for _, name := range files {
		var text any
		if src != nil {
			text = src
		}
		f, err := parser.ParseFile(l.Fset, name, text, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("gosrc: %w", err)
		}
		c.Files = append(c.Files, f)
	}
	var errs []error
	conf := types.Config{Importer: from{l, dir}, IgnoreFuncBodies: headers, FakeImportC: true,
		Sizes: types.SizesFor("gc", "amd64"), GoVersion: "go1.26",
		Error: func(err error) { errs = append(errs, err) }}
	pkg, _ := conf.Check(path, l.Fset, c.Files, c.Info)
	if len(errs) > 0 {
		return nil, fmt.Errorf("gosrc: check %s: %w", path, errors.Join(errs...))
	}
	c.Pkg = pkg
	if headers {
		c.Files, c.Info = nil, nil
	}
	l.pkgs[path] = c
	l.order = append(l.order, c)
	return c, nil
}

// from resolves imports as seen from a folder, so that the standard library
// finds what it vendors.
type from struct {
	l   *Loader
	dir string
}

func (f from) Import(path string) (*types.Package, error) {
	if strings.HasPrefix(f.dir, f.l.ctx.GOROOT) {
		return f.l.ImportFrom(path, f.dir, 0)
	}
	return f.l.ImportFrom(path, "", 0)
}
