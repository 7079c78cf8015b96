package cell

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"runnext/kernel/engine"
)

// cursorName is put behind what stands before the cursor, so that there is an
// identifier even where nothing has been written. It is a letter that nobody
// writes: LATIN LETTER SINOLOGICAL DOT.
const cursorName = "ꞏ"

// Complete offers what may stand at a byte offset of half-written code. It may
// be called from any goroutine and waits for no running cell.
func (n *Notebook) Complete(code string, offset int) (out engine.Completion) {
	offset = clampOffset(code, offset)
	start := offset - len(identBefore(code[:offset]))
	out = engine.Completion{Start: start, End: offset}
	// go/types is not made for every tree the parser can rescue from broken
	// code; what it does not survive is answered by nothing.
	defer func() {
		if recover() != nil {
			out.Items = nil
		}
	}()
	switch where := contextAt(code, offset); where.kind {
	case inText:
		return out
	case inImport:
		out.Start = where.start
		out.Items = n.importItems(code[where.start:offset])
		return out
	}
	c := &completer{nb: n, prefix: code[start:offset]}
	if v := n.view(code, start, offset); v != nil {
		c.view = v
		c.at(v)
	}
	out.Items = c.sorted()
	return out
}

func clampOffset(code string, offset int) int {
	offset = max(0, min(offset, len(code)))
	for offset > 0 && offset < len(code) && !utf8.RuneStart(code[offset]) {
		offset--
	}
	return offset
}

func identBefore(s string) string {
	i := len(s)
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		i -= size
	}
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[i:]
}

type contextKind uint8

const (
	inCode   contextKind = iota
	inText               // a string or a comment
	inImport             // the path of an import
)

type context struct {
	kind  contextKind
	start int // of the text inside the quotes
}

// contextAt tells what kind of token the cursor stands in.
func contextAt(code string, offset int) context {
	imports, group := false, false
	for _, l := range lex(code) {
		if l.offset >= offset {
			break
		}
		end := l.offset + width(l)
		switch l.tok {
		case token.IMPORT:
			imports = true
		case token.LPAREN:
			group = imports
		case token.RPAREN:
			imports, group = false, false
		case token.SEMICOLON:
			imports = imports && group
		case token.STRING, token.CHAR:
			closed := len(l.lit) > 1 && l.lit[len(l.lit)-1] == l.lit[0]
			if offset < end || !closed {
				if imports {
					return context{inImport, l.offset + 1}
				}
				return context{kind: inText}
			}
		case token.COMMENT:
			if offset < end || strings.HasPrefix(l.lit, "//") && offset == end {
				return context{kind: inText}
			}
		}
	}
	return context{}
}

// importItems offers import paths that begin with what is written.
func (n *Notebook) importItems(prefix string) []engine.Item {
	var items []engine.Item
	for _, path := range n.pkgs.paths {
		if strings.HasPrefix(path, prefix) {
			items = append(items, engine.Item{Text: path, Kind: "module", Signature: "package " + nameOfPath(path)})
		}
	}
	return items
}

// view is half-written code, checked as far as it goes, and what of it stands
// at the cursor.
type view struct {
	a     *attempt
	pos   token.Pos
	ident *ast.Ident
	path  []ast.Node // from the file to the identifier
}

// view checks code with an identifier at the cursor. Where the parser loses
// the cursor, brackets are closed and what follows is left out, in turn.
func (n *Notebook) view(code string, start, offset int) *view {
	head := balanced(code[:offset]) + cursorName
	rest := code[offset:]
	for _, text := range []string{
		head + rest,
		closed(head + rest),
		closed(head + " {}" + rest),
		closed(head),
		closed(head + " {}"),
	} {
		if v := n.viewOf(text, start); v != nil {
			return v
		}
	}
	return nil
}

// balanced blanks the brackets that close nothing: the parser gives up on what
// follows them.
func balanced(code string) string {
	stray := cut(code).stray
	if len(stray) == 0 {
		return code
	}
	text := []byte(code)
	for _, o := range stray {
		text[o.offset] = ' '
	}
	return string(text)
}

// closed adds what closes the brackets that code leaves open.
func closed(code string) string {
	open := cut(code).open
	var b strings.Builder
	b.WriteString(code)
	for i := len(open) - 1; i >= 0; i-- {
		switch open[i].tok {
		case token.LPAREN:
			b.WriteString(")")
		case token.LBRACK:
			b.WriteString("]")
		case token.LBRACE:
			b.WriteString("\n}")
		}
	}
	return b.String()
}

// viewOf checks code for an answer about what stands at an offset; it is nil
// when the parser has lost the place.
func (n *Notebook) viewOf(code string, offset int) *view {
	src := n.parse(0, code)
	defer n.fset.RemoveFile(src.file)
	pos := token.Pos(src.file.Base() + offset)
	if !src.hasIdent(pos) {
		return nil
	}
	a := n.attempt(src, n.state(), tentative, map[string]string{}, fits{})
	v := &view{a: a, pos: pos}
	v.find()
	if v.ident == nil {
		return nil
	}
	return v
}

// hasIdent tells whether an identifier begins at a position.
func (s *source) hasIdent(pos token.Pos) bool {
	found := false
	visit := func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Pos() == pos {
			found = true
		}
		return !found
	}
	for _, stmt := range s.stmts {
		ast.Inspect(stmt, visit)
	}
	for _, fn := range s.funcs {
		ast.Inspect(fn, visit)
	}
	return found
}

// find looks for the identifier in the checked copy, where it may stand twice:
// the one whose surroundings have types is taken.
func (v *view) find() {
	var stack []ast.Node
	ast.Inspect(v.a.file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		id, ok := n.(*ast.Ident)
		if !ok || id.Pos() != v.pos || id.Name == resultName {
			return true
		}
		if v.ident == nil || v.typed(stack) {
			v.ident, v.path = id, append([]ast.Node(nil), stack...)
		}
		return true
	})
}

func (v *view) typed(path []ast.Node) bool {
	if len(path) < 2 {
		return false
	}
	sel, ok := path[len(path)-2].(*ast.SelectorExpr)
	return ok && v.a.info.Types[sel.X].Type != nil
}

// completer gathers proposals.
type completer struct {
	nb     *Notebook
	view   *view
	prefix string
	rank   rank // of what is being added
	items  []ranked
	seen   map[string]bool
}

// rank orders proposals by how likely they are meant: what is nearest first.
type rank uint8

const (
	nearest  rank = iota // members, fields of a literal
	local                // of the function around the cursor
	notebook             // of this cell and of cells before it
	language             // keywords and what is built in
	library              // packages that would be imported
)

type ranked struct {
	engine.Item
	rank rank
}

func (c *completer) add(text, kind, signature string) {
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	if c.seen[text] || strings.HasSuffix(text, cursorName) || strings.Contains(text, versionMark) || text == "_" {
		return
	}
	if len(text) < len(c.prefix) || !strings.EqualFold(text[:len(c.prefix)], c.prefix) {
		return
	}
	c.seen[text] = true
	c.items = append(c.items, ranked{engine.Item{Text: text, Kind: kind, Signature: signature}, c.rank})
}

func (c *completer) object(obj types.Object) {
	if obj.Exported() || obj.Pkg() == nil || obj.Pkg() == c.view.a.pkg {
		c.add(Shown(obj.Name()), itemKind(obj), c.nb.named(signatureOf(obj, c.view.a.pkg)))
	}
}

// sorted puts what begins exactly as written first, then what is nearest.
func (c *completer) sorted() []engine.Item {
	slices.SortStableFunc(c.items, func(a, b ranked) int {
		return cmp.Or(
			-truth(strings.HasPrefix(a.Text, c.prefix), strings.HasPrefix(b.Text, c.prefix)),
			cmp.Compare(a.rank, b.rank),
			strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)),
			strings.Compare(a.Text, b.Text),
		)
	})
	items := make([]engine.Item, len(c.items))
	for i, item := range c.items {
		items[i] = item.Item
	}
	return items
}

// truth compares two facts: one that holds is more than one that does not.
func truth(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func itemKind(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Func:
		if obj.Signature().Recv() != nil {
			return "method"
		}
		return "function"
	case *types.Builtin:
		return "function"
	case *types.TypeName:
		return "type"
	case *types.Const, *types.Nil:
		return "constant"
	case *types.PkgName:
		return "module"
	case *types.Var:
		if obj.IsField() {
			return "field"
		}
	}
	return "instance"
}
