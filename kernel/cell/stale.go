package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"strings"
)

// stale is a declaration of an earlier cell that does not fit what its names
// mean now.
type stale struct {
	inst inst
	why  problem // what go/types says of it
}

// outdated looks for errors in older declarations. A method that nobody may
// want is first tried with the meanings it was declared with, and left out when
// the type it is carried over to does not take it; that makes another attempt
// worth while. What is left is said to the learner: the cell uses it.
func (a *attempt) outdated(f fits) bool {
	again := false
	for _, p := range a.errs {
		if a.inCell(p.pos) || p.msg[0] == '\t' {
			continue
		}
		for _, i := range a.at(p.pos) {
			owner := i
			if i.recv == nil {
				cause := a.b.reach.cause[i]
				if cause == nil || i.pinned {
					a.stale = append(a.stale, stale{i, p})
					continue
				}
				owner = *cause
			}
			key := a.b.method(owner)
			if _, tried := a.b.reach.pin[key]; tried || a.b.isNew(owner.recv) {
				f.drop[key] = p
			} else {
				f.pin[key] = p
			}
			again = true
		}
	}
	return again
}

func (f fits) clone() fits {
	return fits{maps.Clone(f.fields), maps.Clone(f.pin), maps.Clone(f.drop)}
}

// misnamed looks for selected fields that are missing because they embed one
// of two meanings of a name and carry its suffix.
func (a *attempt) misnamed(f fits) bool {
	again := false
	for base, names := range a.b.suffixed {
		for _, p := range a.errs {
			if !strings.HasSuffix(p.msg, "has no field or method "+base+")") && !strings.HasPrefix(p.msg, "unknown field "+base+" in struct literal") {
				continue
			}
			if _, tried := f.fields[p.pos]; !tried {
				f.fields[p.pos] = names[0]
				again = true
			}
		}
	}
	return again
}

// at gives the older declarations that a position is inside of.
func (a *attempt) at(pos token.Pos) []inst {
	var list []inst
	for _, i := range a.b.reach.order {
		n := i.unit.node
		if n.Pos() <= pos && pos <= n.End() {
			list = append(list, i)
		}
	}
	return list
}

// isNew tells whether a type is declared by the cell being checked.
func (b *build) isNew(d *decl) bool {
	return d != nil && b.own[d.base] == d && b.st.names[d.base] != d
}

// usesOutdated refuses what a cell itself calls of the methods that only fit
// the meanings of their own time.
func (a *attempt) usesOutdated() {
	r := a.b.reach
	for m, why := range r.drop {
		a.missing(m.unit, why)
	}
	for _, d := range r.types {
		for u, why := range a.b.st.misfits[d] {
			a.missing(u, why)
		}
	}
	if len(r.pin) == 0 {
		return
	}
	for id, obj := range a.info.Uses {
		fn, ok := obj.(*types.Func)
		if !ok || !a.inCell(id.Pos()) {
			continue
		}
		for _, i := range a.at(fn.Pos()) {
			if i.recv == nil || !i.pinned || i.unit.fn().Name.Pos() != fn.Pos() || recvName(fn) != i.recv.name {
				continue
			}
			why := r.pin[a.b.method(i)]
			a.errs = append(a.errs, why)
			a.stale = append(a.stale, stale{i, why})
		}
	}
}

// missing says why a type has not the method that the cell calls.
func (a *attempt) missing(u *unit, why problem) {
	for _, p := range a.errs {
		if a.inCell(p.pos) && strings.HasSuffix(p.msg, "has no field or method "+u.base+")") {
			a.errs = append(a.errs, why)
			a.stale = append(a.stale, stale{inst{unit: u}, why})
			return
		}
	}
}

func recvName(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return ""
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := t.(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}

// renewed finds what has been declared again since a unit was declared, which
// is why it no longer fits.
func (b *build) renewed(i inst) []*decl {
	var list []*decl
	seen := map[*decl]bool{}
	for _, x := range i.unit.uses {
		then := i.unit.bound[x.id.Name]
		if then == nil || then.kind == importKind {
			continue
		}
		now := b.newest(x.id.Name)
		if now != nil && now != then && !seen[now] {
			seen[now] = true
			list = append(list, now)
		}
	}
	return list
}

// usedAt finds where the cell itself names a declaration.
func (a *attempt) usedAt(i inst) token.Pos {
	fn := i.unit.fn()
	if fn == nil {
		return token.NoPos
	}
	at := token.NoPos
	for id, obj := range a.info.Uses {
		if obj.Pos() == fn.Name.Pos() && a.inCell(id.Pos()) && (at == token.NoPos || id.Pos() < at) {
			at = id.Pos()
		}
	}
	return at
}

// title is what a declaration is called when it is spoken of.
func (u *unit) title() string {
	switch n := u.node.(type) {
	case *ast.FuncDecl:
		if id := receiverName(n); id != nil {
			return fmt.Sprintf("method %s.%s of cell %d", id.Name, n.Name.Name, u.cell)
		}
		return fmt.Sprintf("function %s of cell %d", n.Name.Name, u.cell)
	case *ast.TypeSpec:
		return fmt.Sprintf("type %s of cell %d", n.Name.Name, u.cell)
	}
	return fmt.Sprintf("constants of cell %d", u.cell)
}
