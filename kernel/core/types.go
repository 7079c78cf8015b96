package core

import (
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"runnext/kernel/core/program"
)

// typeTable numbers the types of one program and gives their text in core Go.
type typeTable struct {
	e     *emitter
	index typeutil.Map // types.Type → int
	text  typeutil.Map // types.Type → string
	plain typeutil.Map // types.Type → bool, see faithful
	list  []program.Type
	named []types.Type // those with methods that a cell declares, in the order they were met

	looping map[*types.Named]bool
}

func newTypeTable(e *emitter) *typeTable {
	return &typeTable{e: e, list: make([]program.Type, 1), looping: map[*types.Named]bool{}}
}

// number gives a type's index, adding it and its parts when it is new.
func (t *typeTable) number(typ types.Type) int {
	typ = types.Unalias(typ)
	if i, ok := t.index.At(typ).(int); ok {
		return i
	}
	i := len(t.list)
	t.index.Set(typ, i)
	t.list = append(t.list, program.Type{})
	d := t.describe(typ)
	t.list[i] = d
	return i
}

func (t *typeTable) describe(typ types.Type) program.Type {
	switch typ := typ.(type) {
	case *types.Basic:
		return program.Type{Kind: program.Basic, Name: basicName(typ)}
	case *types.Named:
		if path, ok := isCarried(typ); ok {
			return program.Type{Kind: program.Std, Path: path, Name: typ.Obj().Name()}
		}
		return t.describeNamed(typ)
	case *types.Pointer:
		return program.Type{Kind: program.Pointer, Elem: t.number(typ.Elem())}
	case *types.Slice:
		return program.Type{Kind: program.Slice, Elem: t.number(typ.Elem())}
	case *types.Array:
		return program.Type{Kind: program.Array, Elem: t.number(typ.Elem()), Len: typ.Len()}
	case *types.Map:
		return program.Type{Kind: program.Map, Key: t.number(typ.Key()), Elem: t.number(typ.Elem())}
	case *types.Chan:
		dir := map[types.ChanDir]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}
		return program.Type{Kind: program.Chan, Elem: t.number(typ.Elem()), Dir: int(dir[typ.Dir()])}
	case *types.Signature:
		return program.Type{Kind: program.Signature, In: t.tuple(typ.Params()), Out: t.tuple(typ.Results()), Variadic: typ.Variadic()}
	case *types.Struct:
		if t.promotes(typ) {
			return t.describePromoting(typ)
		}
		return t.describeStruct(typ)
	case *types.Interface:
		if !typ.IsMethodSet() {
			t.e.refuse(token.NoPos, "an interface with a type set is used as a type")
		}
		return program.Type{Kind: program.Interface, Methods: t.interfaceMethods(typ)}
	case *types.TypeParam:
		t.e.refuse(typ.Obj().Pos(), "type parameter "+typ.String()+" is left without a type argument")
	}
	t.e.refuse(token.NoPos, "type "+typ.String()+" has no form here")
	return program.Type{}
}

func (t *typeTable) tuple(vars *types.Tuple) []int {
	var out []int
	for v := range vars.Variables() {
		out = append(out, t.number(v.Type()))
	}
	return out
}

// describeNamed describes a type that a cell declares, or that carried code
// declares without a name the runner could find it by.
func (t *typeTable) describeNamed(typ *types.Named) program.Type {
	obj := typ.Obj()
	d := program.Type{Kind: program.Named, Path: obj.Pkg().Path(), ID: t.identity(typ)}
	if st, ok := typ.Underlying().(*types.Struct); ok && t.promotes(st) {
		d.Elem = t.bareStruct(st)
	} else {
		d.Elem = t.number(typ.Underlying())
	}
	d.Own = t.loops(typ)
	d.Name = t.name(typ)
	if !types.IsInterface(typ) && obj.Pkg().Path() == "main" {
		t.methods(typ, &d)
	}
	return d
}

func (t *typeTable) interfaceMethods(typ *types.Interface) []program.Method {
	var methods []program.Method
	for fn := range typ.Methods() {
		sig := fn.Signature()
		m := program.Method{Name: fn.Name(), Type: t.number(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))}
		if !fn.Exported() {
			m.Path = fn.Pkg().Path()
		}
		methods = append(methods, m)
	}
	sortMethods(methods)
	return methods
}

// sortMethods puts exported names first, then sorts by name and package, as
// the compiler does: the runtime walks two such lists side by side.
func sortMethods(m []program.Method) {
	slices.SortFunc(m, func(a, b program.Method) int {
		if (a.Path == "") != (b.Path == "") {
			return strings.Compare(a.Path, b.Path)
		}
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.Path, b.Path)
	})
}

// isCarried tells whether compiled code has the named type, and where.
func isCarried(typ *types.Named) (path string, ok bool) {
	obj := typ.Obj()
	if obj.Pkg() == nil {
		return "", true // error
	}
	if obj.Pkg().Path() == "main" || !obj.Exported() && !exposed(obj) || typ.TypeArgs().Len() > 0 || obj.Parent() != obj.Pkg().Scope() {
		return "", false
	}
	return obj.Pkg().Path(), true
}

// exposed tells whether an exported variable leads to a type that is not
// exported, as binary.LittleEndian does.
func exposed(obj *types.TypeName) bool {
	scope := obj.Pkg().Scope()
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok && v.Exported() {
			if n := namedOf(v.Type()); n != nil && n.Obj() == obj {
				return true
			}
		}
	}
	return false
}

// faithful tells whether both faces of a type are one (see package forge).
func (t *typeTable) faithful(typ types.Type) bool {
	typ = types.Unalias(typ)
	if known, ok := t.plain.At(typ).(bool); ok {
		return known
	}
	all := func(vars *types.Tuple) bool {
		for v := range vars.Variables() {
			if !t.faithful(v.Type()) {
				return false
			}
		}
		return true
	}
	ok := false
	switch typ := typ.(type) {
	case *types.Basic, *types.Interface:
		ok = true
	case *types.Named:
		_, ok = isCarried(typ)
		ok = ok || types.IsInterface(typ)
	case *types.Pointer:
		ok = t.faithful(typ.Elem())
	case *types.Slice:
		ok = t.faithful(typ.Elem())
	case *types.Array:
		ok = t.faithful(typ.Elem())
	case *types.Chan:
		ok = t.faithful(typ.Elem())
	case *types.Map:
		ok = t.faithful(typ.Key()) && t.faithful(typ.Elem())
	case *types.Signature:
		ok = !typ.Variadic() && all(typ.Params()) && all(typ.Results())
	}
	t.plain.Set(typ, ok)
	return ok
}

// loops tells whether a named type leads back to itself by slices, maps,
// functions and the like alone, so that it cannot be written without its name.
// Such a type has a name on its core face too.
func (t *typeTable) loops(n *types.Named) bool {
	if known, ok := t.looping[n]; ok {
		return known
	}
	if types.IsInterface(n) {
		return false
	}
	seen := map[types.Type]bool{}
	var reach func(typ types.Type) bool
	tuple := func(vars *types.Tuple) bool {
		for v := range vars.Variables() {
			if reach(v.Type()) {
				return true
			}
		}
		return false
	}
	reach = func(typ types.Type) bool {
		switch typ := types.Unalias(typ).(type) {
		case *types.Named:
			if types.Identical(typ, n) {
				return true
			}
			if _, carried := isCarried(typ); carried || seen[typ] {
				return false
			}
			seen[typ] = true
			return reach(typ.Underlying())
		case *types.Pointer:
			return reach(typ.Elem())
		case *types.Slice:
			return reach(typ.Elem())
		case *types.Array:
			return reach(typ.Elem())
		case *types.Chan:
			return reach(typ.Elem())
		case *types.Map:
			return reach(typ.Key()) || reach(typ.Elem())
		case *types.Signature:
			return tuple(typ.Params()) || tuple(typ.Results())
		}
		return false
	}
	_, isStruct := n.Underlying().(*types.Struct)
	found := !isStruct && reach(n.Underlying())
	t.looping[n] = found
	return found
}

// core gives the text of a type's core face.
func (t *typeTable) core(typ types.Type) string {
	typ = types.Unalias(typ)
	if text, ok := t.text.At(typ).(string); ok {
		return text
	}
	text := ""
	list := func(vars *types.Tuple) string {
		var parts []string
		for v := range vars.Variables() {
			parts = append(parts, t.core(v.Type()))
		}
		return strings.Join(parts, ", ")
	}
	switch typ := typ.(type) {
	case *types.Basic:
		if typ.Kind() == types.UntypedNil {
			text = t.symbol(types.NewInterfaceType(nil, nil))
			break
		}
		if text = basicName(typ); typ.Kind() == types.UnsafePointer {
			text = t.symbol(typ)
		}
	case *types.Named:
		if host := hostTypes[typ.Obj().Name()]; host != "" && typ.Obj().Parent() == nil {
			text = host
			break
		}
		_, carried := isCarried(typ)
		_, isStruct := typ.Underlying().(*types.Struct)
		if carried || isStruct || types.IsInterface(typ) || t.loops(typ) {
			text = t.symbol(typ)
			break
		}
		text = t.core(typ.Underlying())
	case *types.Pointer:
		text = "*" + t.core(typ.Elem())
	case *types.Slice:
		text = "[]" + t.core(typ.Elem())
	case *types.Array:
		text = "[" + strconv.FormatInt(typ.Len(), 10) + "]" + t.core(typ.Elem())
	case *types.Map:
		text = "map[" + t.core(typ.Key()) + "]" + t.core(typ.Elem())
	case *types.Chan:
		text = map[types.ChanDir]string{types.SendRecv: "chan (", types.SendOnly: "chan<- (", types.RecvOnly: "<-chan ("}[typ.Dir()] + t.core(typ.Elem()) + ")"
	case *types.Signature:
		text = "func(" + list(typ.Params()) + ")"
		switch typ.Results().Len() {
		case 0:
		case 1:
			text += " " + list(typ.Results())
		default:
			text += " (" + list(typ.Results()) + ")"
		}
	default:
		text = t.symbol(typ)
	}
	t.text.Set(typ, text)
	return text
}

// hostTypes are the types that go/ssa makes up.
var hostTypes = map[string]string{"rangeIter": "h.Iter", "deferStack": "h.Frame"}

// symbol gives the name by which the source finds a type.
func (t *typeTable) symbol(typ types.Type) string { return "h.T" + strconv.Itoa(t.number(typ)) }

func basicName(b *types.Basic) string {
	switch b.Kind() {
	case types.UnsafePointer:
		return "unsafe.Pointer"
	case types.UntypedNil:
		return "unsafe.Pointer"
	}
	if b.Info()&types.IsUntyped != 0 {
		return types.Default(b).(*types.Basic).Name()
	}
	switch b.Kind() { // byte and rune are other *types.Basic
	case types.Uint8:
		return "uint8"
	case types.Int32:
		return "int32"
	}
	return b.Name()
}
