package run

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
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
)

// fileCell is the number a program's file has as a cell; no position of the
// program shows it.
const fileCell = 1

// maxProblems is how many errors the go command prints.
const maxProblems = 10

// front checks a file and emits it, or gives the lines that say why not. A
// file is no notebook: imports and variables must be used, and nothing is
// imported for it, so Go's own judgement comes first.
func (c Config) front(name, code string) (_ []byte, problems []string) {
	if problems := c.judge(name, code); problems != nil {
		return nil, problems
	}
	// What is left to fail is ours: a file that Go accepts.
	defer func() {
		if r := recover(); r != nil {
			problems = []string{fmt.Sprintf("%s:1:1: this program cannot be run here: internal error: %v", name, r)}
		}
	}()
	cells := cell.New(cell.Config{Importer: c.Importer})
	checked, failure := cells.Check(fileCell, code)
	if failure != nil {
		return nil, refusal(name, failure)
	}
	p, failure := c.Emit(checked)
	if failure != nil {
		return nil, refusal(name, failure)
	}
	return p, nil
}

// judge gives what the go command would say of a file that does not compile,
// as FILE:LINE:COL lines; nil when it does.
func (c Config) judge(name, code string) []string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, code, parser.AllErrors|parser.SkipObjectResolution)
	if err != nil {
		return syntaxErrors(name, err)
	}
	if file.Name.Name != "main" {
		return []string{at(name, fset, file.Name.Pos(), "package "+file.Name.Name+" is not a main package")}
	}
	var found []types.Error
	conf := types.Config{
		Importer:  c.Importer,
		GoVersion: languageVersion(runtime.Version()),
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) {
				found = append(found, e)
			}
		},
	}
	pkg, err := conf.Check("main", fset, []*ast.File{file}, nil)
	if err == nil && pkg.Scope().Lookup("main") == nil {
		return []string{at(name, fset, file.Package, "function main is undeclared in the main package")}
	}
	slices.SortStableFunc(found, func(a, b types.Error) int { return cmp.Compare(a.Pos, b.Pos) })
	var problems []string
	for i, e := range found {
		if i == maxProblems {
			return append(problems, "too many errors")
		}
		problems = append(problems, at(name, fset, e.Pos, e.Msg))
	}
	return problems
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

func at(name string, fset *token.FileSet, pos token.Pos, msg string) string {
	p := fset.PositionFor(pos, false)
	return fmt.Sprintf("%s:%d:%d: %s", name, max(p.Line, 1), max(p.Column, 1), msg)
}

// refusal tells why a program that Go takes is not run.
func refusal(name string, f *engine.Failure) []string {
	var lines []string
	for i, p := range f.Places {
		text := p.Text
		if text == "" && i == 0 {
			text = f.Text
		}
		lines = append(lines, fmt.Sprintf("%s:%d:%d: refused: %s", name, p.Line, p.Column, text))
	}
	if len(lines) == 0 {
		lines = append(lines, fmt.Sprintf("%s:1:1: refused: %s", name, f.Text))
	}
	if f.Why != "" {
		lines = append(lines, "Why: "+f.Why)
	}
	return append(lines, "Try: go run "+name)
}
