// Package gofile judges one Go file as the go command would: its errors are the
// go command's, as FILE:LINE:COL lines. It runs nothing; what runs a file that
// compiles is runnext/kernel/run or runnext/kernel/simulate, and a cell of a
// notebook, which is no file, is judged by runnext/kernel/cell.
package gofile

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// maxProblems is how many errors the go command prints.
const maxProblems = 10

// Judge says with what a file is judged.
type Judge struct {
	Fset *token.FileSet // takes the positions of the file
	// Importer gives the packages the file may import.
	Importer types.Importer
	// Preloaded are packages that need no import, by name. One is imported
	// where the file uses its name and nothing else bears it.
	Preloaded map[string]string
	// Info is filled as go/types does; nil when nobody needs it.
	Info *types.Info
}

// Checked is a file that compiles.
type Checked struct {
	File *ast.File
	Pkg  *types.Package
	Info *types.Info // the judge's
}

// Check judges a file of package main by its text. problems is nil when it
// compiles.
func (j Judge) Check(name, code string) (c *Checked, problems []string) {
	file, err := parser.ParseFile(j.Fset, name, code, parser.AllErrors|parser.SkipObjectResolution)
	if err != nil {
		return nil, syntaxErrors(name, err)
	}
	if file.Name.Name != "main" {
		return nil, []string{j.at(name, file.Name.Pos(), "package "+file.Name.Name+" is not a main package")}
	}
	pkg, found := j.types(file)
	if j.preload(file, found) {
		pkg, found = j.types(file)
	}
	if len(found) == 0 {
		if pkg.Scope().Lookup("main") == nil {
			return nil, []string{j.at(name, file.Package, "function main is undeclared in the main package")}
		}
		return &Checked{File: file, Pkg: pkg, Info: j.Info}, nil
	}
	slices.SortStableFunc(found, func(a, b types.Error) int { return cmp.Compare(a.Pos, b.Pos) })
	for i, e := range found {
		if i == maxProblems {
			return nil, append(problems, "too many errors")
		}
		problems = append(problems, j.at(name, e.Pos, e.Msg))
	}
	return nil, problems
}

func (j Judge) types(file *ast.File) (*types.Package, []types.Error) {
	var found []types.Error
	conf := types.Config{
		Importer:  j.Importer,
		GoVersion: languageVersion(runtime.Version()),
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) {
				found = append(found, e)
			}
		},
	}
	pkg, _ := conf.Check("main", j.Fset, []*ast.File{file}, j.Info) // its error is the first found
	return pkg, found
}

// preload imports what the file names without an import.
func (j Judge) preload(file *ast.File, found []types.Error) bool {
	added := false
	for name, path := range j.Preloaded {
		if !slices.ContainsFunc(found, func(e types.Error) bool { return e.Msg == "undefined: "+name }) {
			continue
		}
		end := file.FileEnd
		spec := &ast.ImportSpec{
			Name: &ast.Ident{NamePos: end, Name: name},
			Path: &ast.BasicLit{ValuePos: end, Kind: token.STRING, Value: strconv.Quote(path)},
		}
		file.Imports = append(file.Imports, spec)
		file.Decls = slices.Insert(file.Decls, 0, ast.Decl(&ast.GenDecl{TokPos: end, Tok: token.IMPORT, Specs: []ast.Spec{spec}}))
		added = true
	}
	return added
}

// languageVersion gives go1.26 of go1.26.8.
func languageVersion(release string) string {
	parts := strings.SplitN(release, ".", 3)
	if len(parts) < 2 || !strings.HasPrefix(release, "go") {
		return ""
	}
	minor := parts[1]
	if i := strings.IndexFunc(minor, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		minor = minor[:i]
	}
	return parts[0] + "." + minor
}

// syntaxErrors keeps one error a line, as the go command does.
func syntaxErrors(name string, err error) []string {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return []string{fmt.Sprintf("%s:1:1: %v", name, err)}
	}
	list.RemoveMultiples()
	var lines []string
	for i, e := range list {
		if i == maxProblems {
			return append(lines, "too many errors")
		}
		lines = append(lines, fmt.Sprintf("%s:%d:%d: syntax error: %s", name, e.Pos.Line, e.Pos.Column, e.Msg))
	}
	return lines
}

func (j Judge) at(name string, pos token.Pos, msg string) string {
	p := j.Fset.PositionFor(pos, false)
	return fmt.Sprintf("%s:%d:%d: %s", name, max(p.Line, 1), max(p.Column, 1), msg)
}
