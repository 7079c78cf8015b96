package interp

import (
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/types/typeutil"
)

// Kind is how a value of a type is handled.
type Kind uint8

// The kinds. Those of integers and floats are in order of size.
const (
	KInvalid Kind = iota
	KBool
	KInt8
	KInt16
	KInt32
	KInt // int and int64
	KUint8
	KUint16
	KUint32
	KUint // uint, uint64, uintptr
	KFloat32
	KFloat64
	KComplex64
	KComplex128
	KString
	KUnsafe
	KPointer
	KSlice
	KMap
	KChan
	KFunc
	KInterface
	KStruct
	KArray
)

func (k Kind) agg() bool    { return k == KStruct || k == KArray }
func (k Kind) signed() bool { return k >= KInt8 && k <= KInt }
func (k Kind) integer() bool {
	return k >= KInt8 && k <= KUint
}

// direct tells that an interface holds the value's own pointer.
func (k Kind) direct() bool {
	return k == KPointer || k == KMap || k == KChan || k == KFunc || k == KUnsafe
}

// Type is a type as the machine uses it. Identical types have one Type.
type Type struct {
	ID    uint64
	T     types.Type
	Kind  Kind
	Size  int // cells
	Bytes int64
	align int64

	elem       *Type // pointer, slice, array, chan, map value
	key        *Type
	fields     []field
	comparable int8                // 0 not known, 1 yes, -1 no
	pointers   int8                // the same: it holds some
	methods    map[string]*Func    // by types.Id
	implements map[*Type]methodSet // of an interface: who does
	natives    map[string]*Func
}

type field struct {
	typ    *Type
	offset int
	bytes  int64 // its offset as a program sees it
	v      *types.Var
}

type methodSet struct {
	ok      bool
	missing string
}

// Types numbers the types of one machine.
type typeTable struct {
	ids   typeutil.Map
	list  []*Type
	sizes types.Sizes
	byPtr map[types.Type]*Type
}

func newTypeTable() *typeTable {
	return &typeTable{list: []*Type{nil}, sizes: types.SizesFor("gc", "amd64"), byPtr: map[types.Type]*Type{}}
}

// of finds or makes the Type of t.
func (tt *typeTable) of(t types.Type) *Type {
	if x := tt.byPtr[t]; x != nil {
		return x
	}
	key := types.Unalias(t)
	if x, ok := tt.ids.At(key).(*Type); ok {
		tt.byPtr[t] = x
		return x
	}
	x := &Type{ID: uint64(len(tt.list)), T: key}
	tt.list = append(tt.list, x)
	tt.ids.Set(key, x)
	tt.byPtr[t] = x
	tt.fill(x)
	return x
}

func (tt *typeTable) fill(x *Type) {
	x.Size = 1
	switch u := x.T.Underlying().(type) {
	case *types.Basic:
		x.Kind = basicKind(u.Kind())
	case *types.Pointer:
		x.Kind = KPointer
	case *types.Slice:
		x.Kind = KSlice
	case *types.Map:
		x.Kind = KMap
	case *types.Chan:
		x.Kind = KChan
	case *types.Signature:
		x.Kind = KFunc
	case *types.Interface:
		x.Kind = KInterface
	case *types.Struct:
		x.Kind, x.Size = KStruct, 0
		for i := range u.NumFields() {
			f := field{typ: tt.of(u.Field(i).Type()), offset: x.Size, v: u.Field(i)}
			x.fields = append(x.fields, f)
			x.Size = min(x.Size+f.typ.Size, maxCells)
		}
		// The address of a last field without size must not be the next
		// object's.
		if n := len(x.fields); n > 0 && x.fields[n-1].typ.Size == 0 && x.Size > 0 {
			x.Size++
		}
	case *types.Array:
		x.Kind = KArray
		x.elem = tt.of(u.Elem())
		x.Size = maxCells
		if n := int64(x.elem.Size); n == 0 || u.Len() < maxCells/n {
			x.Size = int(u.Len() * n)
		}
	}
	tt.lay(x)
}

// lay finds a type's size and alignment in bytes from those of its parts: each
// type is looked at once, however often it stands within another.
// go/types gcsizes.go Sizeof
func (tt *typeTable) lay(x *Type) {
	switch x.Kind {
	case KInvalid:
	case KStruct:
		x.align = 1
		for i := range x.fields {
			f := x.fields[i].typ
			x.align = max(x.align, f.align)
			at := (x.Bytes + f.align - 1) &^ (f.align - 1)
			x.fields[i].bytes = at
			if x.Bytes = at + f.Bytes; x.Bytes > maxBytes {
				x.Bytes = maxBytes
			}
			if i == len(x.fields)-1 && f.Bytes == 0 && at > 0 {
				x.Bytes++
			}
		}
		x.Bytes = (x.Bytes + x.align - 1) &^ (x.align - 1)
	case KArray:
		x.align = x.elem.align
		n := x.T.Underlying().(*types.Array).Len()
		if x.Bytes = maxBytes; x.elem.Bytes == 0 || n <= maxBytes/x.elem.Bytes {
			x.Bytes = n * x.elem.Bytes
		}
	default:
		if b, ok := x.T.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			x.Bytes, x.align = 8, 8
			return
		}
		x.Bytes, x.align = tt.sizes.Sizeof(x.T), tt.sizes.Alignof(x.T)
	}
}

// maxBytes is what larger types count as.
const maxBytes = 1 << 50

// elem finds it lazily, because types refer to each other.
func (m *Machine) elem(x *Type) *Type {
	if x.elem == nil {
		switch u := x.T.Underlying().(type) {
		case *types.Pointer:
			x.elem = m.types.of(u.Elem())
		case *types.Slice:
			x.elem = m.types.of(u.Elem())
		case *types.Chan:
			x.elem = m.types.of(u.Elem())
		case *types.Map:
			x.elem, x.key = m.types.of(u.Elem()), m.types.of(u.Key())
		}
	}
	return x.elem
}

func basicKind(k types.BasicKind) Kind {
	switch k {
	case types.Bool, types.UntypedBool:
		return KBool
	case types.Int8:
		return KInt8
	case types.Int16:
		return KInt16
	case types.Int32, types.UntypedRune:
		return KInt32
	case types.Int, types.Int64, types.UntypedInt:
		return KInt
	case types.Uint8:
		return KUint8
	case types.Uint16:
		return KUint16
	case types.Uint32:
		return KUint32
	case types.Uint, types.Uint64, types.Uintptr:
		return KUint
	case types.Float32:
		return KFloat32
	case types.Float64, types.UntypedFloat:
		return KFloat64
	case types.Complex64:
		return KComplex64
	case types.Complex128, types.UntypedComplex:
		return KComplex128
	case types.String, types.UntypedString:
		return KString
	case types.UnsafePointer, types.UntypedNil:
		return KUnsafe
	}
	return KInvalid
}

// Field is a field of a struct: its type, where it lies, and its declaration.
func (t *Type) Field(i int) (*Type, int, *types.Var) {
	f := &t.fields[i]
	return f.typ, f.offset, f.v
}

// NumField is the number of fields of a struct.
func (t *Type) NumField() int { return len(t.fields) }

// Elem is what a pointer, slice, array or channel, or a map's value, is of.
func (m *Machine) Elem(t *Type) *Type { return m.elem(t) }

// Key is what a map's keys are of.
func (m *Machine) Key(t *Type) *Type {
	m.elem(t)
	return t.key
}

// ByID finds a type by its number.
func (m *Machine) ByID(id uint64) *Type { return m.types.list[id] }

// Load reads a value of type t at an address.
func (t *Type) Load(p unsafe.Pointer) Value { return load(p, t.Size, t.Kind.agg()) }

// Store writes a value of type t to an address.
func (t *Type) Store(p unsafe.Pointer, v Value) { store(p, v, t.Size, t.Kind.agg()) }

// Part reads the value of type t that lies off cells behind p.
func (t *Type) Part(p unsafe.Pointer, off int) Value { return part(p, off, t) }

// New allocates n values of type t that lie behind each other.
func (t *Type) New(n int) unsafe.Pointer { return newCells(n * t.Size) }

// Equal compares two values of a type for a native.
func (t *Thread) Equal(typ *Type, x, y Value) (bool, Status) { return t.equal(typ, nil, x, y) }

// TypeOf finds the machine's Type of t.
func (m *Machine) TypeOf(t types.Type) *Type { return m.types.of(t) }

// Dynamic is the dynamic type of an interface value, nil for a nil interface.
func (m *Machine) Dynamic(v Value) *Type { return m.types.list[v.N] }

// Box puts a value of type t into an interface.
func (m *Machine) Box(t *Type, v Value) Value {
	switch {
	case t.Kind == KInterface:
		return v
	case t.Kind.direct() || t.Kind.agg():
		return Value{N: t.ID, P: v.P}
	}
	p := new(Value)
	*p = v
	return Value{N: t.ID, P: Pointer(p).P}
}

// Unbox takes the value out of an interface that is not nil.
func (m *Machine) Unbox(v Value) (*Type, Value) {
	t := m.types.list[v.N]
	if t.Kind.direct() || t.Kind.agg() {
		return t, Value{P: v.P}
	}
	return t, *(*Value)(v.P)
}

// Signed tells whether the kind is one of the signed integers.
func (k Kind) Signed() bool { return k.signed() }

// Integer tells whether the kind is one of the integers.
func (k Kind) Integer() bool { return k.integer() }
