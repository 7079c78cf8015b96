package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"unicode"
	"unicode/utf8"

	"runnext/kernel/engine"
)

// Inspect describes the name at a byte offset, or the function whose arguments
// are being written there: its declaration, its doc comment, the methods of a
// type, and with detail 1 all of them and the source of a notebook's function. It may be
// called from any goroutine and waits for no running cell.
func (n *Notebook) Inspect(code string, offset, detail int) (out engine.Bundle, ok bool) {
	defer func() { // as in Complete
		if recover() != nil {
			out, ok = engine.Bundle{}, false
		}
	}()
	start, end := nameAt(code, clampOffset(code, offset))
	if start == end {
		return engine.Bundle{}, false
	}
	s, ok := keyword(code[start:end])
	if !ok {
		v := n.inspected(code, start, end)
		if v == nil {
			return engine.Bundle{}, false
		}
		if s, ok = n.describe(v, detail); !ok {
			return engine.Bundle{}, false
		}
	}
	return engine.Bundle{Data: map[string]any{
		"text/plain":    s.plain(),
		"text/markdown": s.markdown(),
	}}, true
}

func (n *Notebook) inspected(code string, start, end int) *view {
	for _, text := range []string{code, closed(code), closed(code[:end]), closed(code[:end] + " {}")} {
		if v := n.viewOf(text, start); v != nil {
			return v
		}
	}
	return nil
}

// nameAt finds the identifier around an offset. Where there is none it takes
// the one before the innermost parenthesis that is open there.
func nameAt(code string, offset int) (start, end int) {
	start = offset - len(identBefore(code[:offset]))
	end = offset
	for end < len(code) {
		r, size := utf8.DecodeRuneInString(code[end:])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		end += size
	}
	if start < end {
		return start, end
	}
	var open []int // for each open parenthesis the index of the token before it
	toks := lex(code)
	for i, l := range toks {
		if l.offset >= offset {
			break
		}
		switch l.tok {
		case token.LPAREN:
			open = append(open, i-1)
		case token.RPAREN:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	for i := len(open) - 1; i >= 0; i-- {
		if j := open[i]; j >= 0 && toks[j].tok == token.IDENT {
			return toks[j].offset, toks[j].offset + len(toks[j].lit)
		}
	}
	return offset, offset
}

// sheet is what is known of a name.
type sheet struct {
	code string // declaration, in Go
	doc  string
	from string // where it comes from
	more string // further Go
}

func (s sheet) plain() string {
	return join(s.code, s.doc, s.from, s.more)
}

func (s sheet) markdown() string {
	more := ""
	if s.more != "" {
		more = "```go\n" + s.more + "\n```"
	}
	return join("```go\n"+s.code+"\n```", s.doc, s.from, more)
}

func join(parts ...string) string {
	var keep []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			keep = append(keep, p)
		}
	}
	return strings.Join(keep, "\n\n")
}

func (n *Notebook) describe(v *view, detail int) (sheet, bool) {
	a := v.a
	obj := a.info.Uses[v.ident]
	if obj == nil {
		obj = a.info.Defs[v.ident]
	}
	if obj == nil {
		return sheet{}, false
	}
	var s sheet
	switch obj := obj.(type) {
	case *types.PkgName:
		path := cellPath(obj.Imported().Path())
		s = sheet{code: fmt.Sprintf("import %q", path), doc: n.doc(path, "")}
	case *types.Builtin:
		s = sheet{code: "func " + obj.Name() + strings.TrimPrefix(builtinSignature(obj.Name()), "func"), doc: n.doc("builtin", obj.Name()), from: "Built into Go."}
	default:
		s.code = n.named(Shown(declarationOf(obj, a.pkg)))
		switch {
		case obj.Pkg() == nil:
			s.doc, s.from = n.doc("builtin", obj.Name()), "Built into Go."
		case obj.Pkg() != a.pkg:
			path := cellPath(obj.Pkg().Path())
			s.doc = n.doc(path, docName(obj))
			s.from = fmt.Sprintf("From package %q.", path)
		default:
			s.doc = a.docOf(obj)
			s.from = n.origin(v, obj)
		}
	}
	s.more = a.moreOf(obj, detail)
	return s, true
}

func (n *Notebook) doc(path, name string) string {
	if n.cfg.Doc == nil {
		return ""
	}
	return n.cfg.Doc(path, name)
}

// docName is the name of an object in its package's documentation.
func docName(obj types.Object) string {
	if fn, ok := obj.(*types.Func); ok {
		if recv := recvName(fn); recv != "" {
			return recv + "." + fn.Name()
		}
	}
	return obj.Name()
}

// origin says which cell a name of the notebook is from.
func (n *Notebook) origin(v *view, obj types.Object) string {
	if v.a.inCell(obj.Pos()) || obj.Parent() != v.a.pkg.Scope() {
		return ""
	}
	if p := placeOf(n.fset, obj.Pos()); p.Cell > 0 {
		return fmt.Sprintf("Declared in cell %d, line %d.", p.Cell, p.Line)
	}
	return ""
}

// docOf finds the doc comment of a declaration in a cell.
func (a *attempt) docOf(obj types.Object) string {
	for _, d := range a.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if a.info.Defs[d.Name] == obj {
				return d.Doc.Text()
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if s, ok := s.(*ast.TypeSpec); ok && a.info.Defs[s.Name] == obj {
					if s.Doc != nil {
						return s.Doc.Text()
					}
					return d.Doc.Text()
				}
			}
		}
	}
	return ""
}

// shownMethods bounds the methods that the page of a type lists.
const shownMethods = 24

// moreOf gives the methods of a type, and with detail the source of a
// notebook's function.
func (a *attempt) moreOf(obj types.Object, detail int) string {
	switch obj := obj.(type) {
	case *types.TypeName:
		if types.IsInterface(obj.Type()) {
			return "" // its declaration shows them
		}
		var lines []string
		for sel := range types.NewMethodSet(types.NewPointer(obj.Type())).Methods() {
			if m := sel.Obj(); m.Exported() || m.Pkg() == a.pkg {
				lines = append(lines, Shown(types.ObjectString(m, from(a.pkg))))
			}
		}
		if more := len(lines) - shownMethods; more > 0 && detail == 0 {
			lines = append(lines[:shownMethods], fmt.Sprintf("// and %d more", more))
		}
		return strings.Join(lines, "\n")
	case *types.Func:
		for _, i := range a.b.reach.order {
			if fn := i.unit.fn(); fn != nil && fn.Name.Pos() == obj.Pos() && detail > 0 {
				return i.unit.text
			}
		}
	}
	return ""
}
