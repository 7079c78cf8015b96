package core

import (
	"go/types"

	"runnext/kernel/core/program"
	"runnext/sim/typename"
)

func (t *typeTable) describeStruct(typ *types.Struct) program.Type {
	d := program.Type{Kind: program.Struct, Name: typename.Writer{Named: t.name}.String(typ)}
	for i := range typ.NumFields() {
		f := typ.Field(i)
		field := program.Field{Name: shownName(f.Name()), Tag: typ.Tag(i), Type: t.number(f.Type()), Embedded: f.Embedded()}
		if !f.Exported() {
			field.Path = f.Pkg().Path()
		}
		d.Fields = append(d.Fields, field)
	}
	return d
}

// describePromoting describes a struct without a name that has methods from
// what it embeds. Package reflect cannot make one, so the runner makes it as it
// makes named types, from a struct that nothing else speaks of.
func (t *typeTable) describePromoting(typ *types.Struct) program.Type {
	d := program.Type{
		Kind: program.Named, Path: "main", Elem: t.bareStruct(typ),
		Name: typename.Writer{Named: t.name}.String(typ),
		ID:   t.identityText(typ),
	}
	t.methods(typ, &d)
	return d
}

// bareStruct adds a struct without the methods it promotes: what is under a name
// that has these itself.
func (t *typeTable) bareStruct(typ *types.Struct) int {
	d := t.describeStruct(typ)
	t.list = append(t.list, d)
	return len(t.list) - 1
}

// promotes tells whether a struct without a name has methods.
func (t *typeTable) promotes(typ *types.Struct) bool {
	return t.e.prog.MethodSets.MethodSet(types.NewPointer(typ)).Len() > 0
}

// methods adds the method set of a type that the runner makes.
func (t *typeTable) methods(typ types.Type, d *program.Type) {
	t.named = append(t.named, typ)
	set := t.e.prog.MethodSets.MethodSet(types.NewPointer(typ))
	values := t.e.prog.MethodSets.MethodSet(typ)
	for i := range set.Len() {
		fn := set.At(i).Obj().(*types.Func)
		sig := set.At(i).Type().(*types.Signature)
		m := program.Method{Name: fn.Name(), Type: t.number(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))}
		if !fn.Exported() {
			m.Path = fn.Pkg().Path()
		}
		m.Value = values.Lookup(fn.Pkg(), fn.Name()) != nil
		d.Methods = append(d.Methods, m)
	}
	sortMethods(d.Methods)
}
