package cell

import (
	"go/ast"
	"go/token"
	"go/types"
)

// inst is one appearance of a unit in a cell's File. A unit may appear more
// than once: a method for the old and the new meaning of its type, a function
// as it is now and as it was when an older method was declared.
type inst struct {
	unit   *unit
	recv   *decl // a method's type
	pinned bool  // names keep the meaning they had when the unit was declared
}

// reach follows names from the cell into what earlier cells declared.
type reach struct {
	b     *build
	insts map[inst]ast.Node // copied, under the names of this File
	order []inst
	// cause says, for what is in only because a method of a reached type needs
	// it, which method that is.
	cause   map[inst]*inst
	vars    []*decl
	imports []*decl
	types   map[string]*decl // by identifying name
	dots    []string
	has     map[*decl]bool
	plain   map[string]bool // names of File's declarations
	embeds  []embed
	later   []inst // methods, passed after all that the cell names itself

	fits
}

// fits is what earlier attempts at a cell have found to stand in its way.
type fits struct {
	// fields has the names of embedded fields where they are selected, by place.
	fields map[token.Pos]string
	pin    map[method]problem // those that only fit the meanings of their own time, and why
	drop   map[method]problem // those that fit nothing, and why
}

// method is a method of one meaning of its type; typ is nil for the meaning
// that the cell being checked declares.
type method struct {
	unit *unit
	typ  *decl
}

func (b *build) method(i inst) method {
	if b.isNew(i.recv) {
		return method{unit: i.unit}
	}
	return method{i.unit, i.recv}
}

// embed is an embedded field whose type was declared anew: the field's name
// is the type's shown name.
type embed struct {
	id *ast.Ident
	d  *decl
}

func newReach(b *build, f fits) *reach {
	return &reach{
		b: b, insts: map[inst]ast.Node{}, cause: map[inst]*inst{}, types: map[string]*decl{},
		has: map[*decl]bool{}, plain: map[string]bool{},
		fits: f,
	}
}

// roots takes in all that the cell itself declares.
func (r *reach) roots() {
	for _, u := range r.b.units {
		if u.recv == nil || len(u.decls) > 0 {
			if len(u.decls) > 0 && u.decls[0].kind == typeKind {
				r.decl(u.decls[0], nil)
				continue
			}
			r.add(inst{unit: u}, nil)
			continue
		}
		r.decl(u.recv, nil)
		r.add(inst{unit: u, recv: u.recv}, nil)
	}
	for _, d := range r.b.order {
		if d.kind == typeKind {
			r.decl(d, nil)
		}
	}
}

// finish takes in the methods of all reached types.
func (r *reach) finish() {
	for len(r.later) > 0 {
		m := r.later[0]
		r.later = r.later[1:]
		key := m
		if _, ok := r.drop[r.b.method(m)]; ok {
			continue
		}
		if _, ok := r.insts[m]; ok {
			continue
		}
		_, m.pinned = r.pin[r.b.method(m)]
		r.add(m, &key)
	}
}

func (r *reach) decl(d *decl, cause *inst) {
	if d.kind != funcKind {
		if r.has[d] {
			return
		}
		r.has[d] = true
	}
	switch d.kind {
	case importKind:
		r.imports = append(r.imports, d)
	case varKind:
		r.plain[d.name] = true
		if r.b.vars[d.base] == d {
			return
		}
		r.vars = append(r.vars, d)
		for _, t := range d.types {
			r.decl(t, cause)
		}
	case typeKind:
		r.types[d.name] = d
		r.plain[d.name] = true
		r.add(inst{unit: d.unit}, cause)
		for _, m := range r.b.methodsOf(d) {
			r.later = append(r.later, inst{unit: m, recv: d})
		}
	case constKind, funcKind:
		r.add(inst{unit: d.unit}, cause)
	}
}

func (r *reach) add(i inst, cause *inst) {
	if _, ok := r.insts[i]; ok {
		return
	}
	r.insts[i] = nil
	if cause != nil {
		r.cause[i] = cause
	}
	for _, path := range i.unit.dots {
		r.dots = addPath(r.dots, path)
	}
	names := map[*ast.Ident]string{}
	r.define(i, names)
	r.insts[i] = r.copy(i.unit.uses, names, cause, func(x use) (*decl, bool) {
		d := r.meaning(i, x.id.Name)
		if d == nil || x.field && r.isStruct(x.key, i) {
			return nil, false
		}
		return d, d.kind == funcKind && r.isPinned(i, d)
	}, func(c *copier) ast.Node { return c.node(i.unit.node) })
	r.order = append(r.order, i)
}

// copy takes in what some syntax uses and copies the syntax under File's names.
func (r *reach) copy(uses []use, names map[*ast.Ident]string, cause *inst, mean func(use) (d *decl, pinned bool), do func(*copier) ast.Node) ast.Node {
	var embeds []embed
	for _, x := range uses {
		d, pinned := mean(x)
		if d == nil {
			continue
		}
		name := d.name
		if r.b.st.isGone(d) {
			names[x.id] = d.base + undefinedMark
			continue
		}
		if pinned {
			r.add(inst{unit: d.unit, pinned: true}, cause)
			name += pinnedMark
		} else {
			r.decl(d, cause)
		}
		if x.embeds && d.kind == typeKind {
			embeds = append(embeds, embed{x.id, d})
		} else {
			names[x.id] = name
		}
	}
	c := &copier{selected: r.fields, names: names, found: map[*ast.Ident]*ast.Ident{}}
	for _, e := range embeds {
		c.found[e.id] = nil
	}
	out := do(c)
	for _, e := range embeds {
		r.embeds = append(r.embeds, embed{c.found[e.id], e.d})
	}
	return out
}

// define gives what a unit declares its names in File.
func (r *reach) define(i inst, names map[*ast.Ident]string) {
	rename := func(id *ast.Ident) {
		for _, d := range i.unit.decls {
			if d.base == id.Name {
				names[id] = d.name
				r.plain[d.name] = true
				if i.pinned {
					names[id] += pinnedMark
				}
			}
		}
	}
	switch n := i.unit.node.(type) {
	case *ast.FuncDecl:
		if n.Recv == nil {
			rename(n.Name)
			if n.Name.Name == "init" {
				names[n.Name] = r.b.initName(i.unit)
			}
		}
	case *ast.TypeSpec:
		rename(n.Name)
	case *ast.GenDecl:
		for _, spec := range n.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				rename(id)
			}
		}
	}
}

// isPinned tells whether a function that a pinned unit calls is to be compiled
// as it was then. A function of this cell has no then.
func (r *reach) isPinned(i inst, d *decl) bool {
	return i.pinned && r.b.own[d.base] != d
}

// meaning gives what a name in a unit stands for in this File. Types and
// constants keep what they meant when they were declared; functions and methods
// see what the notebook means now, as long as it is the same kind of thing.
func (r *reach) meaning(i inst, base string) *decl {
	then := i.unit.bound[base]
	if then == nil || i.unit.fn() == nil {
		return then
	}
	if i.recv != nil && then.kind == typeKind && then == i.unit.recv {
		return i.recv
	}
	if i.pinned || then.kind == importKind {
		return then
	}
	now := r.b.newest(base)
	if now == nil || now.kind == importKind || (now.kind == typeKind) != (then.kind == typeKind) {
		return then
	}
	return now
}

// isStruct tells whether the keys of a composite literal are field names.
func (r *reach) isStruct(typ ast.Expr, i inst) bool {
	return r.b.structLiteral(typ, func(base string) *decl { return r.meaning(i, base) }, 0)
}

func (b *build) structLiteral(typ ast.Expr, meaning func(string) *decl, depth int) bool {
	if depth > 10 {
		return true
	}
	switch t := typ.(type) {
	case *ast.ArrayType, *ast.MapType:
		return false
	case *ast.ParenExpr:
		return b.structLiteral(t.X, meaning, depth+1)
	case *ast.IndexExpr:
		return b.structLiteral(t.X, meaning, depth+1)
	case *ast.IndexListExpr:
		return b.structLiteral(t.X, meaning, depth+1)
	case *ast.SelectorExpr:
		x, ok := t.X.(*ast.Ident)
		if !ok {
			return true
		}
		d := meaning(x.Name)
		if d == nil || d.kind != importKind {
			return true
		}
		pkg, err := b.nb.pkgs.Import(d.path)
		if err != nil {
			return true
		}
		obj := pkg.Scope().Lookup(t.Sel.Name)
		if obj == nil {
			return true
		}
		_, ok = obj.Type().Underlying().(*types.Struct)
		return ok
	case *ast.Ident:
		if t.Obj != nil && !b.src.top[t.Obj] {
			if spec, ok := t.Obj.Decl.(*ast.TypeSpec); ok {
				return b.structLiteral(spec.Type, meaning, depth+1)
			}
		}
		d := meaning(t.Name)
		if d == nil || d.kind != typeKind {
			return true
		}
		spec := d.unit.node.(*ast.TypeSpec)
		return b.structLiteral(spec.Type, func(base string) *decl { return d.unit.bound[base] }, depth+1)
	}
	return true
}
