package core

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/typename"
)

// owners knows the function instances that local types belong to. go/ssa gives
// each instance of a generic function types of its own and does not say whose
// they are.
type owners map[*types.TypeName][]types.Type

// learn looks through a function for local types that nobody owns yet: they are
// of this instance. Functions are looked through callers first, so that a type
// which is a type argument has its owner already.
func (o owners) learn(fn *ssa.Function) {
	root := fn
	for root.Parent() != nil {
		root = root.Parent()
	}
	args := root.TypeArgs()
	if len(args) == 0 || root.Syntax() == nil {
		return
	}
	seen := map[types.Type]bool{}
	take := func(t types.Type) {
		for n := range namedIn(t, seen) {
			obj := n.Obj()
			if _, known := o[obj]; !known && obj.Parent() == nil && encloses(root.Syntax(), obj.Pos()) {
				o[obj] = args
			}
		}
	}
	for _, b := range fn.Blocks {
		for _, i := range b.Instrs {
			if v, ok := i.(ssa.Value); ok {
				take(v.Type())
			}
			if a, ok := i.(*ssa.TypeAssert); ok {
				take(a.AssertedType)
			}
			for _, op := range i.Operands(nil) {
				if *op == nil || (*op).Type() == nil {
					continue
				}
				take((*op).Type())
				if callee, ok := (*op).(*ssa.Function); ok {
					for _, a := range callee.TypeArgs() {
						take(a)
					}
				}
			}
		}
	}
}

func encloses(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }

// namedIn gives the named types that a type is made of.
func namedIn(t types.Type, seen map[types.Type]bool) func(func(*types.Named) bool) {
	return func(yield func(*types.Named) bool) {
		var walk func(types.Type) bool
		tuple := func(vars *types.Tuple) bool {
			for v := range vars.Variables() {
				if !walk(v.Type()) {
					return false
				}
			}
			return true
		}
		walk = func(t types.Type) bool {
			t = types.Unalias(t)
			if seen[t] {
				return true
			}
			seen[t] = true
			switch t := t.(type) {
			case *types.Named:
				for a := range t.TypeArgs().Types() {
					if !walk(a) {
						return false
					}
				}
				return yield(t) && (t.Obj().Pkg() == nil || t.Obj().Pkg().Path() != "main" || walk(t.Underlying()))
			case *types.Pointer:
				return walk(t.Elem())
			case *types.Slice:
				return walk(t.Elem())
			case *types.Array:
				return walk(t.Elem())
			case *types.Chan:
				return walk(t.Elem())
			case *types.Map:
				return walk(t.Key()) && walk(t.Elem())
			case *types.Signature:
				return tuple(t.Params()) && tuple(t.Results())
			case *types.Tuple:
				return tuple(t)
			case *types.Struct:
				for v := range t.Fields() {
					if !walk(v.Type()) {
						return false
					}
				}
			}
			return true
		}
		walk(t)
	}
}

// identity gives the text that makes a named type the same in another cell.
func (t *typeTable) identity(typ *types.Named) string {
	obj := typ.Obj()
	if obj.Pkg() == nil {
		return obj.Name()
	}
	id := obj.Pkg().Path() + "." + obj.Name()
	if isLocal(obj) {
		p := t.e.in.Fset.Position(obj.Pos())
		id += fmt.Sprintf("@%v %s", p, types.TypeString(typ.Underlying(), nil))
	}
	return id + t.arguments(typ, t.identityText)
}

func isLocal(obj *types.TypeName) bool {
	return obj.Pkg() != nil && obj.Parent() != obj.Pkg().Scope()
}

// arguments gives the type arguments as the compiler writes them: those of the
// function that a local type stands in before those of its own.
func (t *typeTable) arguments(typ *types.Named, text func(types.Type) string) string {
	outer := t.e.owners[typ.Obj()]
	if len(outer) == 0 && typ.TypeArgs().Len() == 0 {
		return ""
	}
	list := func(args []types.Type) string {
		var parts []string
		for _, a := range args {
			parts = append(parts, text(a))
		}
		return strings.Join(parts, ",")
	}
	own := slices.Collect(typ.TypeArgs().Types())
	switch {
	case len(outer) == 0:
		return "[" + list(own) + "]"
	case len(own) == 0:
		return "[" + list(outer) + "]"
	}
	return "[" + list(outer) + ";" + list(own) + "]"
}

// identityText gives a type argument for identity, shownText one for a name as
// go1.26.8 reflect shows it: a local type has the number of its declaration.
func (t *typeTable) identityText(typ types.Type) string {
	return typename.Writer{Inner: true, Named: t.identity}.String(typ)
}

func (t *typeTable) shownText(typ types.Type) string {
	return typename.Writer{Inner: true, Named: func(n *types.Named) string {
		obj := n.Obj()
		if obj.Pkg() == nil {
			return obj.Name()
		}
		s := obj.Pkg().Path() + "." + shownName(obj.Name()) + t.arguments(n, t.shownText)
		if isLocal(obj) {
			s += fmt.Sprintf("·%d", t.e.localNumber(obj))
		}
		return s
	}}.String(typ)
}

// name gives a declared type's name as package reflect shows it.
func (t *typeTable) name(n *types.Named) string {
	obj := n.Obj()
	if obj.Pkg() == nil {
		return obj.Name()
	}
	return obj.Pkg().Name() + "." + shownName(obj.Name()) + t.arguments(n, t.shownText)
}

// localNumber gives the number of a local type among those of the cell.
func (e *emitter) localNumber(obj *types.TypeName) int {
	if e.locals == nil {
		e.locals = map[token.Pos]int{}
		var at []token.Pos
		for id, def := range e.in.Info.Defs {
			if tn, ok := def.(*types.TypeName); ok && !tn.IsAlias() && isLocal(tn) {
				if _, param := tn.Type().(*types.TypeParam); !param {
					at = append(at, id.Pos())
				}
			}
		}
		slices.Sort(at)
		for i, pos := range at {
			e.locals[pos] = i + 1
		}
	}
	return e.locals[obj.Pos()]
}

// shownName takes off the suffix of a name that a notebook declares again.
func shownName(name string) string {
	base, _, _ := strings.Cut(name, "·")
	return base
}
