// Package typename writes types as a Go program's %T and its runtime errors
// write them (go1.26.8 cmd/compile/internal/types/fmt.go, which gives package
// reflect its names). It is not go/types.TypeString, which writes them as they
// stand in source: with names of parameters, aliases and embedded interfaces.
package typename

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// Of gives the name of a type: packages by name, and by path in a list of type
// arguments, where a type declared in a function has a number.
func Of(t types.Type) string {
	return Writer{Named: func(t *types.Named) string { return named(t, (*types.Package).Name, "") }}.String(t)
}

// argument gives the name of a type in a list of type arguments.
func argument(t types.Type) string {
	return Writer{Inner: true, Named: func(t *types.Named) string {
		suffix := ""
		if n := LocalNumber(t.Obj()); n > 0 {
			suffix = fmt.Sprintf("·%d", n)
		}
		return named(t, (*types.Package).Path, suffix)
	}}.String(t)
}

func named(t *types.Named, qualify func(*types.Package) string, suffix string) string {
	obj := t.Obj()
	if obj.Pkg() == nil {
		return obj.Name()
	}
	s := qualify(obj.Pkg()) + "." + obj.Name()
	if t.TypeArgs().Len() > 0 {
		var list []string
		for arg := range t.TypeArgs().Types() {
			list = append(list, argument(arg))
		}
		s += "[" + strings.Join(list, ",") + "]"
	}
	return s + suffix
}

// LocalNumber gives the number of a type declared in a function among those of
// its package, in the order of the source and from 1; 0 for any other.
func LocalNumber(obj *types.TypeName) int {
	if obj.Pkg() == nil || obj.Parent() == obj.Pkg().Scope() {
		return 0
	}
	n := 1
	var count func(*types.Scope)
	count = func(s *types.Scope) {
		for _, name := range s.Names() {
			if tn, ok := s.Lookup(name).(*types.TypeName); ok && !tn.IsAlias() && tn.Pos() < obj.Pos() {
				if _, param := tn.Type().(*types.TypeParam); !param {
					n++
				}
			}
		}
		for c := range s.Children() {
			count(c)
		}
	}
	for file := range obj.Pkg().Scope().Children() {
		count(file)
	}
	return n
}

// Writer writes types with their named parts by a function.
type Writer struct {
	Named func(*types.Named) string
	Inner bool // in a list of type arguments, where fields that are not exported have a package
}

// String gives a type's name.
func (w Writer) String(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return w.Named(t)
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return "unsafe.Pointer"
		}
		return types.Typ[t.Kind()].Name() // uint8 for byte
	case *types.Pointer:
		return "*" + w.String(t.Elem())
	case *types.Slice:
		return "[]" + w.String(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), w.String(t.Elem()))
	case *types.Map:
		return "map[" + w.String(t.Key()) + "]" + w.String(t.Elem())
	case *types.Chan:
		return w.channel(t)
	case *types.Signature:
		return "func" + w.signature(t)
	case *types.Struct:
		return w.structure(t)
	case *types.Interface:
		return w.methods(t)
	}
	return types.TypeString(t, nil)
}

func (w Writer) channel(t *types.Chan) string {
	elem := w.String(t.Elem())
	switch t.Dir() {
	case types.SendOnly:
		return "chan<- " + elem
	case types.RecvOnly:
		return "<-chan " + elem
	}
	if inner, ok := types.Unalias(t.Elem()).(*types.Chan); ok && inner.Dir() == types.RecvOnly {
		elem = "(" + elem + ")"
	}
	return "chan " + elem
}

func (w Writer) signature(t *types.Signature) string {
	list := func(vars *types.Tuple, variadic bool) string {
		var parts []string
		for i := range vars.Len() {
			v := vars.At(i).Type()
			if s, ok := v.(*types.Slice); ok && variadic && i == vars.Len()-1 {
				parts = append(parts, "..."+w.String(s.Elem()))
				continue
			}
			parts = append(parts, w.String(v))
		}
		return strings.Join(parts, ", ")
	}
	text := "(" + list(t.Params(), t.Variadic()) + ")"
	switch t.Results().Len() {
	case 0:
		return text
	case 1:
		return text + " " + list(t.Results(), false)
	}
	return text + " (" + list(t.Results(), false) + ")"
}

func (w Writer) structure(t *types.Struct) string {
	var fields []string
	for i := range t.NumFields() {
		v := t.Field(i)
		name, text := v.Name(), w.String(v.Type())
		if w.Inner && !v.Exported() && v.Pkg() != nil {
			name = v.Pkg().Path() + "." + name
		}
		switch {
		case !v.Embedded():
			text = name + " " + text
		case w.Inner && strings.Contains(text, "·"):
			text = name + " = " + text
		}
		if tag := t.Tag(i); tag != "" {
			text += " " + strconv.Quote(tag)
		}
		fields = append(fields, text)
	}
	return braced("struct", fields)
}

// methods writes an interface's whole method set, the exported ones first.
func (w Writer) methods(t *types.Interface) string {
	var list []*types.Func
	for m := range t.Methods() {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b *types.Func) int {
		if a.Exported() != b.Exported() {
			return map[bool]int{true: -1, false: 1}[a.Exported()]
		}
		return cmp.Compare(a.Name(), b.Name())
	})
	var texts []string
	for _, m := range list {
		name := m.Name()
		if !token.IsExported(name) && m.Pkg() != nil {
			name = m.Pkg().Name() + "." + name
		}
		texts = append(texts, name+w.signature(m.Signature()))
	}
	return braced("interface", texts)
}

func braced(keyword string, parts []string) string {
	if len(parts) == 0 {
		return keyword + " {}"
	}
	return keyword + " { " + strings.Join(parts, "; ") + " }"
}
