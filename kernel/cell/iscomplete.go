package cell

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"strings"

	"runnext/kernel/engine"
)

// IsComplete tells by the parser alone whether code can run as it stands, can
// be made to run by adding to its end, or neither (jupyter messaging 5.5,
// is_complete).
func (n *Notebook) IsComplete(code string) engine.Completeness {
	return IsComplete(code)
}

// IsComplete is [Notebook.IsComplete], which needs no notebook. It may be
// called from any goroutine.
func IsComplete(code string) engine.Completeness {
	if endsInside(code) { // a raw string or a comment: an indent would become part of it
		return engine.Completeness{Status: "incomplete"}
	}
	fset := token.NewFileSet()
	fset.AddFile("", 1, firstBase)
	src := parse(fset.AddFile("", -1, len(code)), 0, code)
	end := src.file.Base() + len(strings.TrimRight(code, " \t\r\n"))
	switch {
	case len(src.errs) == 0 && !endsWithLabel(src.stmts):
		return engine.Completeness{Status: "complete"}
	case len(src.errs) > 0 && int(src.errs[0].pos) < end:
		return engine.Completeness{Status: "invalid"}
	}
	return engine.Completeness{Status: "incomplete", Indent: indent(src)}
}

// endsInside tells whether code ends inside of a raw string or a comment.
func endsInside(code string) bool {
	inside := false
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), func(_ token.Position, msg string) {
		inside = inside || msg == "raw string literal not terminated" || msg == "comment not terminated"
	}, scanner.ScanComments)
	for {
		if _, tok, _ := s.Scan(); tok == token.EOF {
			return inside
		}
	}
}

// endsWithLabel tells whether the last statement is a label that names
// nothing yet; Go would let it stand.
func endsWithLabel(stmts []ast.Stmt) bool {
	if len(stmts) == 0 {
		return false
	}
	l, ok := stmts[len(stmts)-1].(*ast.LabeledStmt)
	if !ok {
		return false
	}
	empty, ok := inner(l).(*ast.EmptyStmt)
	return ok && empty.Implicit
}

// indent gives a tab for each open bracket, and one for a line that goes on.
func indent(src *source) string {
	depth := len(src.split.open)
	toks := lex(src.code)
	for i := len(toks) - 1; i >= 0; i-- {
		switch tok := toks[i].tok; tok {
		case token.EOF, token.COMMENT, token.SEMICOLON:
			continue
		case token.LPAREN, token.LBRACK, token.LBRACE, token.COMMA, token.COLON:
		default:
			if tok.IsOperator() && tok != token.RPAREN && tok != token.RBRACK && tok != token.RBRACE {
				depth++
			}
		}
		break
	}
	return strings.Repeat("\t", depth)
}
