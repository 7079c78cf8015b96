package cell

import (
	"go/scanner"
	"go/token"
	"strings"
)

// span is a range of byte offsets of a cell.
type span struct{ start, end int }

// split is a cell's text cut along its tokens: what can stand only at the top
// of a file (imports, functions, the package clause) and the rest, which reads
// as the body of a function.
type split struct {
	clause  span   // the package clause, empty without one
	decls   []span // imports, functions and methods
	notes   []span // comments that stand on lines of their own between them
	stray   []open // closing brackets nothing was opened for
	open    []open // brackets nothing closes
	pragmas []note // compiler directives
	deep    int    // offset at which brackets nest too deep, -1 when they do not
}

// open is a bracket that is still open at the end of the cell.
type open struct {
	tok    token.Token
	offset int
}

// note is a comment and where it starts.
type note struct {
	offset int
	text   string
}

// maxDepth bounds how deep brackets nest. go/parser stops at 100,000, which
// takes it and go/types gigabytes of stack; no person writes 1,000.
const maxDepth = 1000

// lexeme is one token of a cell.
type lexeme struct {
	tok    token.Token
	offset int
	lit    string
}

func lex(code string) []lexeme {
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(code))
	var s scanner.Scanner
	s.Init(file, []byte(code), func(token.Position, string) {}, scanner.ScanComments)
	lexemes := make([]lexeme, 0, len(code)/4+1)
	for {
		pos, tok, lit := s.Scan()
		lexemes = append(lexemes, lexeme{tok, file.Offset(pos), lit})
		if tok == token.EOF {
			return lexemes
		}
	}
}

// cut finds the parts of a cell. It never fails: what it makes of broken code
// only decides which of the parser's errors are seen.
func cut(code string) *split {
	c := cutter{code: code, out: &split{deep: -1}}
	for _, l := range lex(code) {
		if l.tok == token.COMMENT {
			c.comment(l)
			continue
		}
		c.toks = append(c.toks, l)
	}
	c.run()
	return c.out
}

type cutter struct {
	code string
	toks []lexeme // without comments, EOF last
	out  *split
	all  []note
}

func (c *cutter) comment(l lexeme) {
	n := note{l.offset, l.lit}
	if strings.HasPrefix(l.lit, "//go:") || strings.HasPrefix(l.lit, "//export ") {
		c.out.pragmas = append(c.out.pragmas, n)
	}
	line := strings.LastIndexByte(c.code[:l.offset], '\n') + 1
	if strings.TrimSpace(c.code[line:l.offset]) == "" {
		c.all = append(c.all, n)
	}
}

func (c *cutter) run() {
	var (
		stack []open
		start = true // a statement or declaration may begin here
		from  = -1   // start of the declaration being passed, -1 outside
		first = true
		prev  = 0 // end of the token before
		level = 0 // depth of the declaration being passed
	)
	flush := func(end int) {
		if from < 0 {
			return
		}
		if first && c.code[from] == 'p' {
			c.out.clause = span{from, end}
		} else {
			c.out.decls = append(c.out.decls, span{from, end})
		}
		from, first = -1, false
	}
	var inside []span // brackets at the top, to leave their comments alone
	for i, l := range c.toks {
		if start && from < 0 && len(stack) == 0 {
			if c.declares(i, first) {
				from, level = l.offset, 0
			} else if l.tok != token.SEMICOLON && l.tok != token.EOF {
				first = false
			}
		}
		start = false
		switch l.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			stack = append(stack, open{l.tok, l.offset})
			if len(stack) > maxDepth && c.out.deep < 0 {
				c.out.deep = l.offset
			}
		case token.RPAREN, token.RBRACK, token.RBRACE:
			switch {
			case len(stack) > 0 && closes(stack[len(stack)-1].tok, l.tok):
				if len(stack) == 1 {
					inside = append(inside, span{stack[0].offset, l.offset})
				}
				stack = stack[:len(stack)-1]
			case l.tok != token.RBRACE || !has(stack, token.LBRACE):
				c.out.stray = append(c.out.stray, open{l.tok, l.offset})
			default: // ( or [ was never closed; go on behind the block
				for stack[len(stack)-1].tok != token.LBRACE {
					stack = stack[:len(stack)-1]
				}
				stack = stack[:len(stack)-1]
			}
		case token.SEMICOLON:
			if len(stack) == level {
				end := prev
				if l.lit == ";" { // another one may follow in the same line
					end = l.offset + 1
				}
				flush(end)
				start = true
			}
		case token.EOF:
			flush(prev)
		}
		prev = min(l.offset+width(l), len(c.code)) // the literal of a broken rune is longer than the rune
	}
	c.out.open = stack
	for _, n := range c.all {
		if !covered(inside, n.offset) && !covered(c.out.decls, n.offset) {
			c.out.notes = append(c.out.notes, span{n.offset, n.offset + len(n.text)})
		}
	}
}

// declares tells whether a declaration that no function body may hold begins
// at token i.
func (c *cutter) declares(i int, first bool) bool {
	switch c.toks[i].tok {
	case token.PACKAGE:
		return first
	case token.IMPORT:
		return true
	case token.FUNC:
		switch c.toks[i+1].tok {
		case token.IDENT:
			return true
		case token.LPAREN:
			return c.method(i + 1)
		}
	}
	return false
}

// method tells func (t T) name( from the literal func(t T) T { … }.
func (c *cutter) method(i int) bool {
	depth := 0
	for ; i < len(c.toks); i++ {
		switch c.toks[i].tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			if depth--; depth == 0 {
				return i+2 < len(c.toks) && c.toks[i+1].tok == token.IDENT &&
					(c.toks[i+2].tok == token.LPAREN || c.toks[i+2].tok == token.LBRACK)
			}
		case token.LBRACE, token.EOF:
			return false
		}
	}
	return false
}

func closes(open, close token.Token) bool {
	switch open {
	case token.LPAREN:
		return close == token.RPAREN
	case token.LBRACK:
		return close == token.RBRACK
	}
	return close == token.RBRACE
}

func has(stack []open, tok token.Token) bool {
	for _, o := range stack {
		if o.tok == tok {
			return true
		}
	}
	return false
}

func covered(spans []span, offset int) bool {
	for _, s := range spans {
		if s.start <= offset && offset < s.end {
			return true
		}
	}
	return false
}

// width is how many bytes of the cell a token takes. Raw strings lose their
// carriage returns in the scanner, so for them it is a lower bound.
func width(l lexeme) int {
	switch {
	case l.tok == token.SEMICOLON && l.lit != ";":
		return 0
	case l.lit != "":
		return len(l.lit)
	}
	return len(l.tok.String())
}

// mask gives text of code's length in which only the given spans are left and
// everything else is blank; lines end where they ended.
func mask(code string, keep []span) []byte {
	text := make([]byte, len(code))
	for i := range text {
		text[i] = ' '
		if code[i] == '\n' {
			text[i] = '\n'
		}
	}
	for _, s := range keep {
		copy(text[s.start:s.end], code[s.start:s.end])
	}
	return text
}

// without gives code with the spans blanked.
func without(code string, drop []span) []byte {
	text := []byte(code)
	for _, s := range drop {
		for i := s.start; i < s.end; i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
	return text
}
