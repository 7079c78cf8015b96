package cell

import (
	"go/types"
	"strings"
)

// signatureOf gives Go's text of an object's type on one line, as seen from
// package main. Of a type of another package it tells what can be used from
// outside.
func signatureOf(obj types.Object, main *types.Package) string {
	switch obj := obj.(type) {
	case *types.Builtin:
		return builtinSignature(obj.Name())
	case *types.Nil, *types.PkgName:
		return ""
	case *types.TypeName:
		if obj.Pkg() == nil {
			return ""
		}
		if s, ok := obj.Type().Underlying().(*types.Struct); ok && obj.Pkg() != main {
			fields, _ := structFields(s, main, from(main))
			return "struct{" + Shown(strings.Join(fields, "; ")) + "}"
		}
		return Shown(types.TypeString(obj.Type().Underlying(), from(main)))
	}
	return Shown(types.TypeString(obj.Type(), from(main)))
}

// from names packages as code of package main does.
func from(main *types.Package) types.Qualifier {
	return func(p *types.Package) string {
		if p == main {
			return ""
		}
		return p.Name()
	}
}

// declarationOf gives Go's text of an object's declaration: structs and
// interfaces a line for each member, as they are written.
func declarationOf(obj types.Object, main *types.Package) string {
	qual := from(main)
	name, ok := obj.(*types.TypeName)
	if !ok || name.Pkg() == nil || name.IsAlias() {
		return types.ObjectString(obj, qual)
	}
	var lines []string
	word, hidden := "", false
	switch t := name.Type().Underlying().(type) {
	case *types.Struct:
		word = "struct"
		lines, hidden = structFields(t, main, qual)
	case *types.Interface:
		word = "interface"
		for e := range t.EmbeddedTypes() {
			lines = append(lines, types.TypeString(e, qual))
		}
		for m := range t.ExplicitMethods() {
			if m.Exported() || m.Pkg() == main {
				lines = append(lines, m.Name()+strings.TrimPrefix(types.TypeString(m.Type(), qual), "func"))
			} else {
				hidden = true
			}
		}
	default:
		return types.ObjectString(obj, qual)
	}
	head := "type " + typeHead(name, qual) + " " + word + " {"
	if hidden {
		lines = append(lines, "// and what is not exported")
	}
	if len(lines) == 0 {
		return head + "}"
	}
	return head + "\n\t" + strings.Join(lines, "\n\t") + "\n}"
}

// typeHead names a type with its type parameters: `Stack[T any]`.
func typeHead(name *types.TypeName, qual types.Qualifier) string {
	text := name.Name()
	if q := qual(name.Pkg()); q != "" {
		text = q + "." + text
	}
	named, ok := name.Type().(*types.Named)
	if !ok || named.TypeParams().Len() == 0 {
		return text
	}
	var params []string
	for p := range named.TypeParams().TypeParams() {
		params = append(params, p.Obj().Name()+" "+types.TypeString(p.Constraint(), qual))
	}
	return text + "[" + strings.Join(params, ", ") + "]"
}

// structFields writes the fields of a struct that code of main can use, and
// tells whether there are others.
func structFields(s *types.Struct, main *types.Package, qual types.Qualifier) (lines []string, hidden bool) {
	for f := range s.Fields() {
		switch {
		case !f.Exported() && f.Pkg() != main:
			hidden = true
		case f.Embedded():
			lines = append(lines, types.TypeString(f.Type(), qual))
		default:
			lines = append(lines, f.Name()+" "+types.TypeString(f.Type(), qual))
		}
	}
	return lines, hidden
}
