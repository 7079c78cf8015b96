package cell

import (
	"go/ast"
	"go/token"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Variables gives the names a learner writes for the variables that later
// cells can see, sorted, with the cell each was declared in.
func (n *Notebook) Variables() (names []string, cells map[string]int) {
	cells = map[string]int{}
	for base, d := range n.state().names {
		if d.kind == varKind {
			names = append(names, base)
			cells[base] = d.cell
		}
	}
	sort.Strings(names)
	return names, cells
}

// Forget takes away variables whose storage is gone: later cells are told that
// they are undefined, and so is who calls a function that uses them. Functions,
// types, constants and imports stay.
func (n *Notebook) Forget(names []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	next := n.now.clone()
	for _, base := range names {
		next.gone[base] = n.versions[base]
		if d := next.names[base]; d != nil && d.kind == varKind {
			delete(next.names, base)
		}
	}
	n.now = next
}

// isGone tells whether a variable's storage is gone.
func (s *state) isGone(d *decl) bool {
	number := d.number()
	return d.kind == varKind && number > 0 && number <= s.gone[d.base]
}

// number counts the meanings of a name, from 1; a tentative one has 0.
func (d *decl) number() int {
	_, suffix, ok := strings.Cut(d.name, versionMark)
	if !ok {
		return 1
	}
	number, err := strconv.Atoi(suffix)
	if err != nil {
		return 1
	}
	return number
}

// Again gives the part of a cell that may be run a second time and leaves no
// trace but the variables it names: definitions of wanted names by literals,
// constants, make and new, or by nothing. Each stands at its place in the cell;
// the rest is blank. The names are those it defines.
func (n *Notebook) Again(number int, code string, wanted func(name string) bool) (string, []string) {
	p := pure{src: n.parse(number, code), names: n.state().names}
	defer n.fset.RemoveFile(p.src.file)
	var keep []span
	var defined []string
	for _, stmt := range p.src.stmts {
		names := p.defines(stmt)
		if len(names) == 0 || !slices.ContainsFunc(names, wanted) {
			continue
		}
		keep = append(keep, span{p.src.file.Offset(stmt.Pos()), p.src.file.Offset(stmt.End())})
		defined = append(defined, names...)
	}
	return string(mask(code, keep)), defined
}

// pure judges by syntax alone what may be evaluated again: no name in it is a
// variable, nothing in it is called but make, new and conversions.
type pure struct {
	src   *source
	names map[string]*decl
}

// defines gives the variables of a statement that may be run again.
func (p pure) defines(stmt ast.Stmt) []string {
	var names []string
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE || len(s.Lhs) != len(s.Rhs) || !p.exprs(s.Rhs) {
			return nil
		}
		for _, x := range s.Lhs {
			if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
				names = append(names, id.Name)
			}
		}
	case *ast.DeclStmt:
		gen, ok := s.Decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			return nil
		}
		for _, spec := range gen.Specs {
			v := spec.(*ast.ValueSpec)
			if len(v.Values) > 0 && len(v.Values) != len(v.Names) || !p.exprs(v.Values) {
				return nil
			}
			for _, id := range v.Names {
				names = append(names, id.Name)
			}
		}
	}
	return names
}

func (p pure) exprs(list []ast.Expr) bool {
	for _, x := range list {
		if !p.expr(x) {
			return false
		}
	}
	return true
}

func (p pure) expr(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		d := p.names[x.Name]
		return d == nil && isConstant(x.Name) || d != nil && d.kind == constKind
	case *ast.ParenExpr:
		return p.expr(x.X)
	case *ast.UnaryExpr:
		return x.Op != token.ARROW && p.expr(x.X)
	case *ast.BinaryExpr:
		return p.expr(x.X) && p.expr(x.Y)
	case *ast.CompositeLit:
		return p.exprs(x.Elts)
	case *ast.KeyValueExpr:
		_, field := x.Key.(*ast.Ident)
		return (field || p.expr(x.Key)) && p.expr(x.Value)
	case *ast.CallExpr:
		return p.call(x)
	}
	return false
}

func isConstant(name string) bool {
	return name == "true" || name == "false" || name == "nil"
}

// call takes make(T, n), new(T) and conversions such as float64(3).
func (p pure) call(x *ast.CallExpr) bool {
	id, ok := x.Fun.(*ast.Ident)
	if !ok || p.names[id.Name] != nil || len(x.Args) == 0 {
		return false
	}
	switch id.Name {
	case "make", "new":
		return p.exprs(x.Args[1:])
	case "string", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32",
		"uint64", "uintptr", "byte", "rune", "float32", "float64", "complex64", "complex128", "bool":
		return p.exprs(x.Args)
	}
	return false
}
