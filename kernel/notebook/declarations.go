package notebook

import (
	"bytes"
	"go/scanner"
	"go/token"
)

// declarations gives the imports, functions, methods, types and constants of a
// cell that Go accepts, each at its place; the rest is blank.
func declarations(code string) string {
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), nil, 0)
	out := blank(code)
	depth, from, start := 0, -1, true
	keep := func(end int) {
		if from >= 0 {
			copy(out[from:end], code[from:end])
		}
		from = -1
	}
	tok, at := next(&s, file)
	for tok != token.EOF {
		after, then := next(&s, file)
		if start && depth == 0 {
			switch tok {
			case token.IMPORT, token.TYPE, token.CONST:
				from = at
			case token.FUNC:
				// A literal that is called is a statement: func() {…}().
				if after == token.IDENT || after == token.LPAREN && isMethod(code[then:]) {
					from = at
				}
			}
		}
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
		start = tok == token.SEMICOLON
		if start && depth == 0 {
			keep(at)
		}
		tok, at = after, then
	}
	keep(len(code))
	return string(out)
}

func next(s *scanner.Scanner, file *token.File) (token.Token, int) {
	pos, tok, _ := s.Scan()
	return tok, file.Offset(pos)
}

// isMethod tells whether a name follows the parentheses that a text begins
// with: a method and its receiver.
func isMethod(text string) bool {
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), nil, 0)
	for depth := 0; ; {
		switch tok, _ := next(&s, file); tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			if depth--; depth == 0 {
				tok, _ := next(&s, file)
				return tok == token.IDENT
			}
		case token.EOF:
			return false
		}
	}
}

// blank gives a text of the same length and lines with nothing on them.
func blank(code string) []byte {
	out := bytes.Repeat([]byte(" "), len(code))
	for i := range out {
		if code[i] == '\n' {
			out[i] = '\n'
		}
	}
	return out
}
