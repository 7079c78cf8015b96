package cell

import (
	"go/ast"
	"go/printer"
	"go/token"
	"go/types"
	"strings"
)

// at offers what may stand at the cursor.
func (c *completer) at(v *view) {
	var parent, above ast.Node
	if n := len(v.path); n >= 2 {
		parent = v.path[n-2]
		if n >= 3 {
			above = v.path[n-3]
		}
	}
	if sel, ok := parent.(*ast.SelectorExpr); ok && sel.Sel == v.ident {
		c.members(sel.X)
		return
	}
	switch parent := parent.(type) {
	case *ast.CompositeLit:
		c.keys(parent)
	case *ast.KeyValueExpr:
		if lit, ok := above.(*ast.CompositeLit); ok && parent.Key == v.ident {
			c.keys(lit)
		}
	}
	c.rank = local
	c.locals()
	c.rank = notebook
	c.notebook()
	c.rank = language
	c.universe()
	c.rank = library
	c.imports()
}

// members offers what may be selected from an expression.
func (c *completer) members(x ast.Expr) {
	info := c.view.a.info
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		if pkg, ok := info.Uses[id].(*types.PkgName); ok {
			scope := pkg.Imported().Scope()
			for _, name := range scope.Names() {
				if obj := scope.Lookup(name); obj.Exported() {
					c.object(obj)
				}
			}
			return
		}
	}
	tv, ok := info.Types[x]
	if !ok || tv.Type == nil {
		return
	}
	c.methods(tv.Type)
	if !tv.IsType() {
		c.fields(tv.Type)
	}
}

// methods offers the methods that can be called on an addressable value of a
// type, promoted ones included.
func (c *completer) methods(t types.Type) {
	if !types.IsInterface(t) {
		if _, ok := types.Unalias(t).(*types.Pointer); !ok {
			t = types.NewPointer(t)
		}
	}
	set := types.NewMethodSet(t)
	for sel := range set.Methods() {
		c.object(sel.Obj())
	}
}

// fields offers the fields of a struct and those that embedding promotes.
func (c *completer) fields(t types.Type) {
	seen := map[types.Type]bool{}
	level := []types.Type{t}
	for len(level) > 0 {
		var next []types.Type
		for _, t := range level {
			t = types.Unalias(t)
			if p, ok := t.Underlying().(*types.Pointer); ok {
				t = types.Unalias(p.Elem())
			}
			s, ok := t.Underlying().(*types.Struct)
			if !ok || seen[t] {
				continue
			}
			seen[t] = true
			for f := range s.Fields() {
				c.object(f)
				if f.Embedded() {
					next = append(next, f.Type())
				}
			}
		}
		level = next
	}
}

// keys offers the fields a composite literal has not named yet.
func (c *completer) keys(lit *ast.CompositeLit) {
	t := c.view.a.info.Types[lit].Type
	if t == nil {
		return
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	named := map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				named[id.Name] = true
			}
		}
	}
	for f := range s.Fields() {
		if !named[f.Name()] {
			c.object(f)
		}
	}
}

// locals offers what the functions around the cursor define before it.
func (c *completer) locals() {
	a := c.view.a
	var inner *types.Scope
	for _, s := range a.info.Scopes {
		if s.Parent() != a.pkg.Scope() && s.Contains(c.view.pos) && (inner == nil || s.End()-s.Pos() < inner.End()-inner.Pos()) {
			inner = s
		}
	}
	for s := inner; s != nil && s != a.pkg.Scope() && s != types.Universe; s = s.Parent() {
		for _, name := range s.Names() {
			obj := s.Lookup(name)
			if _, ok := obj.(*types.PkgName); ok || obj.Pos() >= c.view.pos {
				continue
			}
			c.object(obj)
		}
	}
}

// notebook offers what the cell and the cells before it declare.
func (c *completer) notebook() {
	b := c.view.a.b
	scope := c.view.a.pkg.Scope()
	offer := func(d *decl) {
		if obj := scope.Lookup(d.name); obj != nil && obj.Type() != nil {
			c.add(d.base, itemKind(obj), c.nb.named(signatureOf(obj, c.view.a.pkg)))
			return
		}
		c.add(d.base, d.itemKind(), c.nb.named(d.signature()))
	}
	for _, d := range b.vars {
		offer(d)
	}
	for _, d := range b.own {
		offer(d)
	}
	for _, d := range b.st.names {
		offer(d)
	}
}

// universe offers Go's own names and keywords.
func (c *completer) universe() {
	for _, name := range types.Universe.Names() {
		obj := types.Universe.Lookup(name)
		c.add(name, itemKind(obj), signatureOf(obj, c.view.a.pkg))
	}
	if c.prefix == "" {
		return
	}
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		c.add(tok.String(), "keyword", "")
	}
}

// imports offers the packages that would be imported by being named.
func (c *completer) imports() {
	if c.prefix == "" {
		return
	}
	for name := range c.nb.pkgs.free {
		c.add(name, "module", "")
	}
	for name, paths := range c.nb.pkgs.byName {
		if path, ok := c.nb.pkgs.missing(name, nil); ok {
			c.add(name, "module", `"`+path+`"`)
		} else {
			c.add(name, "module", `"`+paths[0]+`"`)
		}
	}
}

// itemKind is the kind of a declaration that the cell does not reach.
func (d *decl) itemKind() string {
	switch d.kind {
	case constKind:
		return "constant"
	case typeKind:
		return "type"
	case funcKind:
		return "function"
	case importKind:
		return "module"
	}
	return "instance"
}

// signature is Go's text of a declaration's type, from its syntax.
func (d *decl) signature() string {
	switch {
	case d.kind == importKind:
		return `"` + d.path + `"`
	case d.kind == funcKind:
		var text strings.Builder
		if printer.Fprint(&text, token.NewFileSet(), d.unit.fn().Type) != nil {
			return ""
		}
		return text.String()
	case d.kind == typeKind:
		return types.ExprString(d.unit.node.(*ast.TypeSpec).Type)
	case d.typ != nil:
		return Shown(types.ExprString(d.typ))
	}
	return ""
}
