package cell

import "go/ast"

// use is an identifier that no scope inside its declaration or statement
// defines: it names something of the notebook, of an import or of Go itself.
type use struct {
	id *ast.Ident
	// member is what is selected from it, in `x.member`.
	member string
	// field is set for `k` in `T{k: v}`: k is a use only when T, of which key
	// is the expression, is not a struct.
	field bool
	key   ast.Expr
	// embeds is set for the name of an embedded field.
	embeds bool
}

// freeIn gathers the uses in a piece of syntax. The parser has resolved what is
// local; top holds the objects it resolved to the notebook's own level.
func freeIn(top map[*ast.Object]bool, nodes ...ast.Node) []use {
	f := finder{top: top}
	for _, n := range nodes {
		if !isNil(n) {
			f.walk(n)
		}
	}
	return f.uses
}

func isNil(n ast.Node) bool {
	switch n := n.(type) {
	case nil:
		return true
	case *ast.FieldList:
		return n == nil
	case *ast.BlockStmt:
		return n == nil
	case *ast.FuncType:
		return n == nil
	}
	return false
}

type finder struct {
	top  map[*ast.Object]bool
	uses []use
}

// local tells whether a scope inside the syntax at hand defines the identifier.
func (f *finder) local(id *ast.Ident) bool {
	if id.Obj == nil || f.top[id.Obj] {
		return false
	}
	fn, ok := id.Obj.Decl.(*ast.FuncDecl)
	return !ok || fn.Recv != nil
}

func (f *finder) add(u use) {
	if u.id != nil && u.id.Name != "_" && !f.local(u.id) {
		f.uses = append(f.uses, u)
	}
}

func (f *finder) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			f.add(use{id: n})
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok {
				f.add(use{id: id, member: n.Sel.Name})
			} else {
				f.walk(n.X)
			}
			return false
		case *ast.CompositeLit:
			if n.Type != nil {
				f.walk(n.Type)
			}
			f.elements(n, n.Type)
			return false
		case *ast.StructType:
			f.embedded(n.Fields)
			return false
		case *ast.InterfaceType:
			for _, m := range n.Methods.List {
				f.walk(m.Type)
			}
			return false
		case *ast.Field: // a parameter, or a type parameter: its names are local
			if n.Type != nil {
				f.walk(n.Type)
			}
			return false
		case *ast.BranchStmt:
			return false
		case *ast.LabeledStmt:
			f.walk(n.Stmt)
			return false
		case *ast.FuncDecl:
			f.fn(n)
			return false
		case *ast.ImportSpec:
			return false
		case *ast.ValueSpec:
			for _, e := range n.Values {
				f.walk(e)
			}
			if n.Type != nil {
				f.walk(n.Type)
			}
			return false
		case *ast.TypeSpec:
			if n.TypeParams != nil {
				f.walk(n.TypeParams)
			}
			f.walk(n.Type)
			return false
		case *ast.GenDecl:
			for _, s := range n.Specs {
				f.walk(s)
			}
			return false
		}
		return true
	})
}

func (f *finder) fn(d *ast.FuncDecl) {
	if d.Recv != nil {
		for _, field := range d.Recv.List {
			f.receiver(field.Type)
		}
	}
	f.walk(d.Type)
	if d.Body != nil {
		f.walk(d.Body)
	}
}

// receiver finds the type a method belongs to and passes over the names its
// type parameters are given.
func (f *finder) receiver(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		f.add(use{id: e})
	case *ast.StarExpr:
		f.receiver(e.X)
	case *ast.ParenExpr:
		f.receiver(e.X)
	case *ast.IndexExpr:
		f.receiver(e.X)
	case *ast.IndexListExpr:
		f.receiver(e.X)
	}
}

func (f *finder) embedded(fields *ast.FieldList) {
	for _, field := range fields.List {
		if len(field.Names) > 0 {
			f.walk(field.Type)
			continue
		}
		from := len(f.uses)
		f.walk(field.Type)
		t := pointed(field.Type)
		switch generic := t.(type) {
		case *ast.IndexExpr:
			t = generic.X
		case *ast.IndexListExpr:
			t = generic.X
		}
		if id, ok := t.(*ast.Ident); ok && len(f.uses) > from && f.uses[from].id == id {
			f.uses[from].embeds = true
		}
	}
}

// elements walks what a composite literal holds; typ is its type, also when an
// outer literal's type implies it.
func (f *finder) elements(lit *ast.CompositeLit, typ ast.Expr) {
	key, elem := elementTypes(typ)
	inside := func(e ast.Expr, typ ast.Expr) {
		if l, ok := e.(*ast.CompositeLit); ok && l.Type == nil {
			f.elements(l, typ)
			return
		}
		f.walk(e)
	}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			inside(e, elem)
			continue
		}
		if id, ok := kv.Key.(*ast.Ident); ok {
			plain := key != nil || isArray(typ)
			f.add(use{id: id, field: !plain, key: typ})
		} else {
			inside(kv.Key, key)
		}
		inside(kv.Value, elem)
	}
}

func isArray(typ ast.Expr) bool {
	_, ok := typ.(*ast.ArrayType)
	return ok
}

// elementTypes gives the types that literals inside a literal of type typ may
// leave out, as far as typ says so itself.
func elementTypes(typ ast.Expr) (key, elem ast.Expr) {
	switch t := typ.(type) {
	case *ast.ArrayType:
		return nil, pointed(t.Elt)
	case *ast.MapType:
		return pointed(t.Key), pointed(t.Value)
	}
	return nil, nil
}

func pointed(e ast.Expr) ast.Expr {
	if star, ok := e.(*ast.StarExpr); ok {
		return star.X
	}
	return e
}

// receiverName gives the identifier of the type a method is declared for.
func receiverName(d *ast.FuncDecl) *ast.Ident {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return nil
	}
	for e := d.Recv.List[0].Type; ; {
		switch t := e.(type) {
		case *ast.Ident:
			return t
		case *ast.StarExpr:
			e = t.X
		case *ast.ParenExpr:
			e = t.X
		case *ast.IndexExpr:
			e = t.X
		case *ast.IndexListExpr:
			e = t.X
		default:
			return nil
		}
	}
}
