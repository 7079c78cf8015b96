package cell

import (
	"go/ast"
	"go/token"
)

// reuse lets a type keep its identity when a cell that declares it is run
// again and nothing about it is different: the text, what its names mean, and
// the methods declared with it. Variables of the type then stay of the type.
func (b *build) reuse() {
	same := map[*decl]*decl{}
	for _, u := range b.units {
		if len(u.decls) != 1 || u.decls[0].kind != typeKind {
			continue
		}
		d := u.decls[0]
		old := b.st.names[d.base]
		if old != nil && old.kind == typeKind && old.unit.text == u.text && b.keepsMethods(old) && b.vars[d.base] == nil && b.own[d.base] == d {
			same[d] = old
		}
	}
	for changed := true; changed; {
		changed = false
		for d, old := range same {
			if !b.sameMeaning(d, old, same) {
				delete(same, d)
				changed = true
			}
		}
	}
	if len(same) == 0 {
		return
	}
	var units []*unit
	for _, u := range b.units {
		if len(u.decls) == 1 && same[u.decls[0]] != nil {
			continue
		}
		units = append(units, u)
	}
	b.units = units
	for i, d := range b.order {
		if old := same[d]; old != nil {
			b.own[d.base] = old
			b.order[i] = old
		}
	}
}

// keepsMethods tells whether the cell declares all methods again that were
// declared together with an older type.
func (b *build) keepsMethods(old *decl) bool {
	for _, m := range b.st.methods[old] {
		if m.cell == b.st.home[old] && m.recv == old && !b.declaresMethod(old.base, m.base) {
			return false
		}
	}
	return true
}

func (b *build) declaresMethod(typ, name string) bool {
	for _, fn := range b.src.funcs {
		if r := receiverName(fn); r != nil && r.Name == typ && fn.Name.Name == name {
			return true
		}
	}
	return false
}

func (b *build) sameMeaning(d, old *decl, same map[*decl]*decl) bool {
	for _, x := range d.unit.uses {
		now := b.newest(x.id.Name)
		if now != nil && same[now] != nil {
			now = same[now]
		}
		if now != old.unit.bound[x.id.Name] {
			return false
		}
	}
	return true
}

// bindMethods finds the types that the cell's methods belong to, and gives a
// type that is declared anew the methods that other cells gave the old one.
func (b *build) bindMethods() {
	for _, u := range b.units {
		fn := u.fn()
		if fn == nil || fn.Recv == nil {
			continue
		}
		id := receiverName(fn)
		if id == nil {
			continue
		}
		if d := b.unalias(b.newest(id.Name)); d != nil {
			u.recv = d
			b.methods[d] = append(b.methods[d], u)
		}
	}
	for _, d := range b.order {
		if d.kind != typeKind || d.pos < token.Pos(b.src.file.Base()) {
			continue
		}
		old := b.st.names[d.base]
		if old == nil || old.kind != typeKind || old == d {
			continue
		}
		for _, m := range b.st.methods[old] {
			if m.cell != b.st.home[old] && !hasMethod(b.methods[d], m.base) {
				b.methods[d] = append(b.methods[d], m)
			}
		}
	}
}

// unalias follows `type A = T` to the type a method of A belongs to; it is nil
// for what is no type.
func (b *build) unalias(d *decl) *decl {
	for range maxDepth { // an alias of itself is go/types' to report
		if d == nil || d.kind != typeKind {
			return nil
		}
		spec := d.unit.node.(*ast.TypeSpec)
		id, ok := spec.Type.(*ast.Ident)
		if !ok || !spec.Assign.IsValid() {
			return d
		}
		next := d.unit.bound[id.Name]
		if d.unit.bound == nil { // the cell's own, not bound yet
			next = b.newest(id.Name)
		}
		if next == nil {
			return d
		}
		d = next
	}
	return nil
}

// methodsOf gives all methods of a type as they stand with this cell.
func (b *build) methodsOf(d *decl) []*unit {
	if own := b.methods[d]; len(own) > 0 {
		return mergeMethods(b.st.methods[d], own)
	}
	return b.st.methods[d]
}
