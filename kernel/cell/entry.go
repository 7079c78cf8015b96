package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
)

// entry makes the function that holds a cell's statements, and the
// package-level variables that the statements at the top define.
type entry struct {
	b      *build
	whole  bool // variables are set in Go's order of initialization
	wrap   bool // the last expression is given to resultName in any case
	specs  []*ast.GenDecl
	body   []ast.Stmt
	inits  []*unit
	filled int           // where whole's assignments go in body
	value  *ast.ExprStmt // the last expression when it may be a statement too
	result *ast.CallExpr // the call of resultName
	short  []*ast.AssignStmt
	values []*ast.AssignStmt // those of body that are values of var declarations
}

func (b *build) entry(wrap bool) *entry {
	e := &entry{b: b, wrap: wrap, inits: b.inits, whole: b.src.whole && onlyDecls(b.src.stmts)}
	b.seen = map[string]*decl{}
	if e.whole {
		b.seen = b.vars
	}
	for i, stmt := range b.src.stmts {
		if !e.whole {
			e.callInits(stmt.Pos())
		}
		e.stmt(stmt, i == len(b.src.stmts)-1)
	}
	e.callInits(token.Pos(b.src.file.Base() + b.src.file.Size() + 1))
	if b.main != nil {
		e.call(b.main.decls[0].name, b.main.fn().Name.Pos())
	}
	return e
}

func onlyDecls(stmts []ast.Stmt) bool {
	for _, s := range stmts {
		switch s.(type) {
		case *ast.DeclStmt, *ast.EmptyStmt:
		default:
			return false
		}
	}
	return true
}

// callInits calls the init functions that stand before pos.
func (e *entry) callInits(pos token.Pos) {
	for len(e.inits) > 0 && e.inits[0].node.Pos() < pos {
		u := e.inits[0]
		e.call(e.b.initName(u), u.fn().Name.Pos())
		e.inits = e.inits[1:]
	}
}

func (e *entry) call(name string, pos token.Pos) {
	e.body = append(e.body, &ast.ExprStmt{X: &ast.CallExpr{
		Fun: &ast.Ident{NamePos: pos, Name: name}, Lparen: pos, Rparen: pos,
	}})
}

// initName names an init function of the cell as the compiler does: Go's own
// initialization must not find it.
func (b *build) initName(u *unit) string {
	for i, v := range b.inits {
		if v == u {
			return fmt.Sprintf("%s.%d", b.name("init"), i)
		}
	}
	return "init"
}

// copier gives what copies syntax that stands where the statements stand now.
func (e *entry) copy(n ast.Node, do func(*copier) ast.Node) ast.Node {
	b := e.b
	names := map[*ast.Ident]string{}
	return b.reach.copy(freeIn(b.src.top, n), names, nil, func(x use) (*decl, bool) {
		d := b.resolve(x, b.lookup)
		if d == nil {
			if path := b.dotted(x.id.Name); path != "" {
				b.reach.dots = addPath(b.reach.dots, path)
			} else if b.vars[x.id.Name] != nil && !x.field {
				names[x.id] = x.id.Name + undefinedMark // must not find what is defined further down
			}
			return nil, false
		}
		if x.field && b.structLiteral(x.key, b.lookup, 0) {
			return nil, false
		}
		return d, false
	}, do)
}

func (e *entry) expr(x ast.Expr) ast.Expr {
	if x == nil {
		return nil
	}
	return e.copy(x, func(c *copier) ast.Node { return c.expr(x) }).(ast.Expr)
}

func (e *entry) exprs(list []ast.Expr) []ast.Expr { return each(list, e.expr) }

func (e *entry) stmt(s ast.Stmt, last bool) {
	switch in := inner(s).(type) {
	case *ast.AssignStmt:
		if in.Tok == token.DEFINE && allNames(in.Lhs) {
			e.add(s, e.define(in))
			return
		}
	case *ast.DeclStmt:
		if gen, ok := in.Decl.(*ast.GenDecl); ok {
			e.decl(s, gen)
			return
		}
	case *ast.ExprStmt:
		if last {
			e.add(s, e.last(in))
			return
		}
	}
	e.body = append(e.body, e.copy(s, func(c *copier) ast.Node { return c.stmt(s) }).(ast.Stmt))
}

// add puts a statement in the place of one that may carry labels.
func (e *entry) add(old, s ast.Stmt) {
	if l, ok := old.(*ast.LabeledStmt); ok {
		n := len(e.body)
		e.add(l.Stmt, s)
		c := copier{}
		e.body[n] = &ast.LabeledStmt{Label: c.ident(l.Label), Colon: l.Colon, Stmt: e.body[n]}
		return
	}
	e.body = append(e.body, s)
}

// define turns x := e into a variable and an assignment.
func (e *entry) define(s *ast.AssignStmt) ast.Stmt {
	names := make([]*ast.Ident, len(s.Lhs))
	for i, x := range s.Lhs {
		names[i] = x.(*ast.Ident)
	}
	out := &ast.AssignStmt{TokPos: s.TokPos, Tok: token.ASSIGN, Rhs: e.exprs(s.Rhs)}
	for i, id := range names {
		if id.Name != "_" && slices.ContainsFunc(names[:i], func(other *ast.Ident) bool { return other.Name == id.Name }) {
			e.b.fail(id.Pos(), id.Name+" repeated on left side of :=")
		}
	}
	e.short = append(e.short, s)
	spec, fresh := e.spec(names, nil, s.Rhs, true)
	if !fresh {
		e.b.fail(s.TokPos, "no new variables on left side of :=")
	}
	e.pair(s.Pos(), spec, len(s.Lhs), len(s.Rhs))
	out.Lhs = e.targets(names)
	return out
}

// spec makes the package-level variables of a definition. In a short one, a
// name that this cell has defined already is assigned to and not made again:
// fresh tells whether any is new. The names are seen by what follows.
func (e *entry) spec(names []*ast.Ident, typ ast.Expr, values []ast.Expr, short bool) (spec *ast.ValueSpec, fresh bool) {
	spec = &ast.ValueSpec{Type: e.expr(typ), Values: e.exprs(values)}
	for _, id := range names {
		d := e.b.vars[id.Name]
		name := "_"
		if d != nil && (!short || d.pos == id.Pos()) {
			name = d.name
			fresh = true
		}
		spec.Names = append(spec.Names, &ast.Ident{NamePos: id.Pos(), Name: name})
	}
	for _, id := range names {
		if d := e.b.vars[id.Name]; d != nil {
			e.b.seen[id.Name] = d
		}
	}
	if fresh || e.whole && !named(names) {
		e.specs = append(e.specs, &ast.GenDecl{TokPos: names[0].Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}})
	}
	return spec, fresh
}

// isShort tells whether a position is in a value of a top-level `:=`.
func (e *entry) isShort(pos token.Pos) bool {
	return slices.ContainsFunc(e.short, func(s *ast.AssignStmt) bool { return s.TokPos < pos && pos < s.End() })
}

// pair says what is wrong when there is not one value for each variable; the
// statement's own check would say it of a declaration.
func (e *entry) pair(pos token.Pos, spec *ast.ValueSpec, left, right int) {
	if left == right || right == 1 {
		return
	}
	plural := "s"
	if left == 1 {
		plural = ""
	}
	e.b.fail(pos, fmt.Sprintf("assignment mismatch: %d variable%s but %d values", left, plural, right))
	spec.Type, spec.Values = &ast.BadExpr{From: pos, To: pos}, nil
}

// targets gives the left side of the assignment that sets names.
func (e *entry) targets(names []*ast.Ident) []ast.Expr {
	lhs := make([]ast.Expr, len(names))
	for i, id := range names {
		out := &ast.Ident{NamePos: id.Pos(), Name: "_"}
		if d := e.b.vars[id.Name]; d != nil {
			out.Name = d.name
		}
		lhs[i] = out
	}
	return lhs
}

// decl passes a declaration statement: types and constants are the package's,
// variables become assignments.
func (e *entry) decl(old ast.Stmt, gen *ast.GenDecl) {
	if old != inner(old) {
		e.add(old, &ast.EmptyStmt{Semicolon: gen.Pos(), Implicit: true})
	}
	if gen.Tok != token.VAR {
		return
	}
	for _, s := range gen.Specs {
		s := s.(*ast.ValueSpec)
		if !named(s.Names) && !e.whole { // a program's is set when it is its turn
			e.blank(gen, s)
			continue
		}
		var rhs []ast.Expr
		if !e.whole {
			rhs = e.exprs(s.Values)
		}
		e.spec(s.Names, s.Type, s.Values, false)
		if e.whole || len(s.Values) == 0 {
			continue
		}
		if len(s.Values) != 1 && len(s.Values) != len(s.Names) {
			continue // the variables' own check says so
		}
		set := &ast.AssignStmt{Lhs: e.targets(s.Names), TokPos: s.Pos(), Tok: token.ASSIGN, Rhs: rhs}
		e.values = append(e.values, set)
		e.body = append(e.body, set)
	}
}

// blank keeps `var _ T = e`, which makes no variable, as it is.
func (e *entry) blank(gen *ast.GenDecl, s *ast.ValueSpec) {
	spec := e.copy(s, func(c *copier) ast.Node { return c.spec(s) }).(ast.Spec)
	e.body = append(e.body, &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: gen.TokPos, Tok: token.VAR, Specs: []ast.Spec{spec}}})
}

func named(ids []*ast.Ident) bool {
	for _, id := range ids {
		if id.Name != "_" {
			return true
		}
	}
	return false
}

// last gives the cell's value to resultName. A call is left as it is until the
// check has told whether it has a value.
func (e *entry) last(s *ast.ExprStmt) ast.Stmt {
	x := e.expr(s.X)
	out := &ast.ExprStmt{X: x}
	if !e.wrap && mayBeStatement(x) {
		e.value = out
		return out
	}
	e.result = wrapResult(x)
	out.X = e.result
	return out
}

func wrapResult(x ast.Expr) *ast.CallExpr {
	return &ast.CallExpr{
		Fun:    &ast.Ident{NamePos: x.Pos(), Name: resultName},
		Lparen: x.Pos(), Args: []ast.Expr{x}, Rparen: x.End(),
	}
}

// mayBeStatement tells calls that Go takes as a statement from those it does
// not; it errs for conversions, which only the check can tell.
func mayBeStatement(x ast.Expr) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		switch fun.Name {
		case "append", "cap", "complex", "imag", "len", "make", "max", "min", "new", "real":
			return false
		}
	case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.InterfaceType, *ast.StarExpr:
		return false
	}
	return true
}
