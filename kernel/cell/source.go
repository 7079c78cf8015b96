package cell

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"sort"
	"strings"
)

// source is a parsed cell. Every position in it is the cell's own.
type source struct {
	number int
	code   string
	file   *token.File
	whole  bool // a file with a package clause: Go's order of initialization holds
	// compiled says that the toolchain builds the cell, not the interpreter.
	compiled bool
	imports  []*ast.ImportSpec
	funcs    []*ast.FuncDecl
	stmts    []ast.Stmt
	top      map[*ast.Object]bool // what the parser resolved to the top of the cell
	errs     []problem
	split    *split
}

// problem is one thing that is wrong with a cell, in Go's words.
type problem struct {
	pos  token.Pos
	msg  string
	soft bool // said by go/types of code that is otherwise right
}

const (
	declPrefix = "package p;\n"
	stmtPrefix = "package p;func _(){\n" // the line ends, so that a comment above the first declaration is its own
	stmtSuffix = "\n}"
	firstBase  = 64 // room for the prefixes before the first cell
)

// parse reads a cell. The cell's file must be in the notebook's FileSet.
func parse(file *token.File, number int, code string) *source {
	file.SetLinesForContent([]byte(code))
	s := &source{number: number, code: code, file: file, split: cut(code)}
	if s.split.deep >= 0 {
		s.fail(s.split.deep, "exceeded max nesting depth")
		return s
	}
	if c := s.split.clause; c.end > 0 {
		s.whole = true
		s.clause(c)
	}
	if len(s.split.decls) > 0 {
		s.parseDecls()
	}
	s.parseStmts()
	s.top = topObjects(s.stmts)
	sort.SliceStable(s.errs, func(i, j int) bool { return s.errs[i].pos < s.errs[j].pos })
	return s
}

func (s *source) fail(offset int, msg string) {
	s.errs = append(s.errs, problem{pos: s.file.Pos(min(offset, len(s.code))), msg: msg})
}

func (s *source) clause(c span) {
	f := s.parser(mask(s.code, []span{c}), "", parser.PackageClauseOnly)
	if f.Name.Name != "main" && f.Name.Name != "" {
		s.errs = append(s.errs, problem{pos: f.Name.Pos(), msg: fmt.Sprintf("package %s: a cell is part of package main", f.Name.Name)})
	}
}

// parseDecls parses imports and functions apart from each other: in a file
// imports come first, in a cell they stand anywhere.
func (s *source) parseDecls() {
	var imports, funcs []span
	for _, d := range s.split.decls {
		if strings.HasPrefix(s.code[d.start:d.end], "import") {
			imports = append(imports, d)
		} else {
			funcs = append(funcs, d)
		}
	}
	if len(imports) > 0 {
		s.imports = s.parser(mask(s.code, imports), declPrefix, 0).Imports
	}
	if len(funcs) == 0 {
		return
	}
	f := s.parser(mask(s.code, append(funcs, s.split.notes...)), declPrefix, parser.ParseComments)
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok {
			s.funcs = append(s.funcs, d)
		}
	}
}

func (s *source) parseStmts() {
	drop := append([]span{s.split.clause}, s.split.decls...)
	for _, o := range s.split.stray {
		if o.tok != token.RBRACE || covered(s.split.decls, o.offset) {
			continue // the parser says it
		}
		s.fail(o.offset, "expected statement, found '}'")
		drop = append(drop, span{o.offset, o.offset + 1})
	}
	text := without(s.code, drop)
	if blank(text) {
		return
	}
	f := s.parser(append(text, stmtSuffix...), stmtPrefix, parser.ParseComments)
	if len(f.Decls) == 0 {
		return
	}
	if fn, ok := f.Decls[0].(*ast.FuncDecl); ok && fn.Body != nil {
		s.stmts = fn.Body.List
	}
}

func blank(text []byte) bool {
	for _, c := range text {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// parser runs go/parser over text that has the cell's length, behind prefix. A
// FileSet of its own whose next base lies as far before the cell's file as the
// prefix is long makes the parser write the cell's own positions.
func (s *source) parser(text []byte, prefix string, mode parser.Mode) *ast.File {
	scratch := token.NewFileSet()
	base := s.file.Base() - len(prefix)
	scratch.AddFile("", 1, base-2)
	f, err := parser.ParseFile(scratch, "", append([]byte(prefix), text...), mode|parser.AllErrors)
	var list scanner.ErrorList
	if errors.As(err, &list) {
		s.syntax(list, len(prefix))
	}
	return f
}

// syntax keeps one error a line, as the go command prints them.
func (s *source) syntax(list scanner.ErrorList, prefix int) {
	sort.SliceStable(list, func(i, j int) bool { return list[i].Pos.Offset < list[j].Pos.Offset })
	lines := map[int]bool{}
	for _, e := range list {
		offset := max(e.Pos.Offset-prefix, 0)
		msg := e.Msg
		if offset >= len(s.code) {
			if len(s.errs) > 0 && len(s.split.open) == 0 {
				continue // the parser has lost its place over an error before
			}
			offset = len(s.code)
			msg = s.atEnd(msg)
		}
		line := s.file.Line(s.file.Pos(offset))
		if !lines[line] {
			lines[line] = true
			s.fail(offset, msg)
		}
	}
}

// atEnd words an error at the wrapper's closing brace as one at the end.
func (s *source) atEnd(msg string) string {
	if n := len(s.split.open); n > 0 {
		closer := map[token.Token]string{token.LPAREN: ")", token.LBRACK: "]", token.LBRACE: "}"}
		return fmt.Sprintf("expected '%s', found 'EOF'", closer[s.split.open[n-1].tok])
	}
	if i := strings.LastIndex(msg, "found "); i >= 0 {
		return msg[:i] + "found 'EOF'"
	}
	return msg
}

// topObjects gives what the parser takes for variables, constants and types of
// the wrapping function and what are in truth the notebook's.
func topObjects(stmts []ast.Stmt) map[*ast.Object]bool {
	top := map[*ast.Object]bool{}
	add := func(id *ast.Ident) {
		if id != nil && id.Obj != nil {
			top[id.Obj] = true
		}
	}
	for _, stmt := range stmts {
		switch stmt := inner(stmt).(type) {
		case *ast.AssignStmt:
			if stmt.Tok == token.DEFINE {
				for _, e := range stmt.Lhs {
					if id, ok := e.(*ast.Ident); ok {
						add(id)
					}
				}
			}
		case *ast.DeclStmt:
			if d, ok := stmt.Decl.(*ast.GenDecl); ok {
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.ValueSpec:
						for _, id := range spec.Names {
							add(id)
						}
					case *ast.TypeSpec:
						add(spec.Name)
					}
				}
			}
		}
	}
	return top
}

// inner gives the statement behind labels.
func inner(stmt ast.Stmt) ast.Stmt {
	for {
		l, ok := stmt.(*ast.LabeledStmt)
		if !ok {
			return stmt
		}
		stmt = l.Stmt
	}
}
