package directive

import (
	"fmt"
	"go/scanner"
	"go/token"
	"strings"
)

// Parse takes the directives off the top of a cell.
//
// They stand above the first line of Go, one on a line: first %name lines,
// then at most one %%name. Blank lines and comments may stand above and
// between them. A line of Go cannot begin with %, so a directive that stands
// lower down is an error here, not a riddle from the Go parser; text inside a
// raw string or a comment is left alone.
func (t *Table) Parse(code string) (Parsed, *Error) {
	out := Parsed{}
	rest := []byte(code)
	h := header{code: code}
	for h.next() {
		call, err := t.call(h.text, h.line, h.indent)
		if err != nil {
			return Parsed{}, err
		}
		switch {
		case out.Cell != nil && call.Entry.Kind == Cell:
			return Parsed{}, call.Fail(-1,
				fmt.Sprintf("%s after %s", call.Entry.Written(), out.Cell.Entry.Written()),
				"A %% directive takes the whole cell, so a cell has one at most.",
				"Put it into a cell of its own.")
		case out.Cell != nil:
			return Parsed{}, call.Fail(-1,
				fmt.Sprintf("%s stands below %s", call.Entry.Written(), out.Cell.Entry.Written()),
				"What follows a %% line belongs to that directive.",
				fmt.Sprintf("Move the %s line above the %s line.", call.Entry.Written(), out.Cell.Entry.Written()))
		case call.Entry.Kind == Cell:
			out.Cell = &call
		default:
			out.Lines = append(out.Lines, call)
		}
		for i := h.start; i < h.end; i++ {
			rest[i] = ' '
		}
	}
	out.Code = string(rest)
	if err := strayed(out.Code); err != nil {
		return Parsed{}, err
	}
	return out, nil
}

// header walks over the top of a cell and stops at each directive line.
type header struct {
	code    string
	pos     int // where the next line starts
	line    int
	comment bool // inside a /* */ that began on an earlier line

	// The directive line found last, without its line end.
	start, end int
	indent     int // bytes before the %
	text       string
}

// byteOrderMark may stand before the first line; go/scanner skips it too.
const byteOrderMark = "\uFEFF"

func (h *header) next() bool {
	for h.pos < len(h.code) {
		start, text := h.pos, h.code[h.pos:]
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			text = text[:i]
			h.pos += i + 1
		} else {
			h.pos = len(h.code)
		}
		h.line++
		text = strings.TrimRight(text, "\r")
		end := start + len(text)
		if start == 0 {
			text = strings.TrimPrefix(text, byteOrderMark)
		}
		if !h.comment {
			body := strings.TrimLeft(text, " \t")
			if strings.HasPrefix(body, "%") {
				h.start, h.end = end-len(body), end
				h.indent = h.start - start
				h.text = body
				return true
			}
		}
		if !h.onlyComment(text) {
			h.pos = len(h.code)
		}
	}
	return false
}

// onlyComment says whether a line holds nothing but blanks and comments, and
// keeps count of a comment that is still open at its end.
func (h *header) onlyComment(text string) bool {
	for {
		if h.comment {
			_, after, closed := strings.Cut(text, "*/")
			if !closed {
				return true
			}
			h.comment, text = false, after
		}
		text = strings.TrimLeft(text, " \t\r")
		switch {
		case text == "" || strings.HasPrefix(text, "//"):
			return true
		case strings.HasPrefix(text, "/*"):
			h.comment, text = true, text[2:]
		default:
			return false
		}
	}
}

// call reads one directive line, which begins with a %.
func (t *Table) call(text string, line, indent int) (Call, *Error) {
	kind, name := Line, text[1:]
	if strings.HasPrefix(name, "%") {
		kind, name = Cell, name[1:]
	}
	bare := Call{Line: line, Column: indent + 1}
	n := nameLength(name)
	args := name[n:]
	name = name[:n]
	if n == 0 || args != "" && args[0] != ' ' && args[0] != '\t' {
		return Call{}, bare.Fail(-1,
			fmt.Sprintf("%s is not a directive", firstField(text)),
			"A directive is % or %% and right after it a name: letters, digits and hyphens, a letter first.",
			t.pointToHelp())
	}
	e, ok := t.Lookup(kind, name)
	if !ok {
		return Call{}, t.unknown(bare, kind, name)
	}
	bare.Entry = e
	fields, err := split(args)
	at := indent + len(text) - len(args) + 1 // the column of args[0]
	if err != nil {
		return Call{}, &Error{Line: line, Column: at + err.offset, Text: err.text,
			Why: "An argument with blanks in it is put in quotes, and quotes come in pairs.",
			Try: `Close the quote, or write a backslash before one that is meant as itself.`}
	}
	for _, f := range fields {
		bare.Args = append(bare.Args, f.text)
		bare.Columns = append(bare.Columns, at+f.offset)
	}
	return bare, nil
}

// strayed finds a directive below the first line of Go. No line of Go begins
// with a % token: the token before it would have ended a statement.
func strayed(code string) *Error {
	if !strings.Contains(code, "%") {
		return nil
	}
	var s scanner.Scanner
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(code))
	// Errors of the scanner are for the type checker to report.
	s.Init(file, []byte(code), func(token.Position, string) {}, 0)
	last := 0 // the line the token before ended on
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return nil
		}
		at := file.Position(pos)
		if tok == token.REM && at.Line > last {
			text := strings.TrimLeft(code[at.Offset:], "%")
			if n := nameLength(text); n > 0 {
				sign := code[at.Offset : len(code)-len(text)]
				begin := strings.LastIndexByte(code[:at.Offset], '\n') + 1
				if strings.Trim(code[begin:at.Offset], " \t") != "" {
					return &Error{Line: at.Line, Column: at.Column,
						Text: fmt.Sprintf("%s%s does not begin its line", sign, text[:n]),
						Why:  "A directive has its line for itself.",
						Try:  "Put the comment before it on a line of its own.",
					}
				}
				return &Error{Line: at.Line, Column: at.Column,
					Text: fmt.Sprintf("%s%s stands below Go code", sign, text[:n]),
					Why:  "Directives stand at the top of a cell, above the first line of Go.",
					Try:  "Move the line up, or give it a cell of its own.",
				}
			}
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue // made by the scanner, not a token of its own
		}
		last = at.Line + strings.Count(lit, "\n")
	}
}

// nameLength gives the length of the name that text begins with.
func nameLength(text string) int {
	for i := 0; i < len(text); i++ {
		c := text[i] | 0x20
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || !('0' <= text[i] && text[i] <= '9' || text[i] == '-')) {
			return i
		}
	}
	return len(text)
}

func firstField(text string) string {
	if i := strings.IndexAny(text, " \t"); i > 0 {
		text = text[:i]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
