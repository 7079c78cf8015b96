package forge

import (
	"reflect"
	"unsafe"
)

// The layouts below are go1.26.8 internal/abi/type.go. They are checked
// against the running toolchain by the package's tests.

// rtype is abi.Type.
type rtype struct {
	size, ptrBytes uintptr
	hash           uint32
	tflag          uint8
	align          uint8
	fieldAlign     uint8
	kind           uint8
	equal          func(unsafe.Pointer, unsafe.Pointer) bool
	gcData         *byte
	str            int32
	ptrToThis      int32
}

// Flags of rtype.tflag.
const (
	flagUncommon  = 1 << 0
	flagExtraStar = 1 << 1
	flagNamed     = 1 << 2
	flagDirect    = 1 << 5
)

// uncommon is abi.UncommonType; it follows the kind's own part.
type uncommon struct {
	pkgPath        int32
	mcount, xcount uint16
	moff           uint32
	_              uint32
}

// method is abi.Method.
type method struct {
	name, mtyp, ifn, tfn int32
}

// structType is abi.StructType.
type structType struct {
	rtype
	pkgPath *byte
	fields  []structField
}

// structField is abi.StructField.
type structField struct {
	name   *byte
	typ    *rtype
	offset uintptr
}

// interfaceType is abi.InterfaceType.
type interfaceType struct {
	rtype
	pkgPath *byte
	methods []imethod
}

// imethod is abi.Imethod.
type imethod struct {
	name, typ int32
}

// elemType is the common start of array, chan, pointer and slice types.
type elemType struct {
	rtype
	elem *rtype
}

// funcType is abi.FuncType; its parameters follow the uncommon part.
type funcType struct {
	rtype
	in, out uint16
}

// mapType is abi.MapType.
type mapType struct {
	rtype
	key, elem, group             *rtype
	hasher                       func(unsafe.Pointer, uintptr) uintptr
	groupSize, slotSize, elemOff uintptr
	flags                        uint32
}

// arrayType is abi.ArrayType.
type arrayType struct {
	rtype
	elem, slice *rtype
	len         uintptr
}

// chanType is abi.ChanType.
type chanType struct {
	rtype
	elem *rtype
	dir  int
}

// headSize gives the bytes before the uncommon part of a type of kind k.
func headSize(k reflect.Kind) uintptr {
	switch k {
	case reflect.Array:
		return unsafe.Sizeof(arrayType{})
	case reflect.Chan:
		return unsafe.Sizeof(chanType{})
	case reflect.Func:
		return unsafe.Sizeof(funcType{})
	case reflect.Interface:
		return unsafe.Sizeof(interfaceType{})
	case reflect.Map:
		return unsafe.Sizeof(mapType{})
	case reflect.Pointer, reflect.Slice:
		return unsafe.Sizeof(elemType{})
	case reflect.Struct:
		return unsafe.Sizeof(structType{})
	}
	return unsafe.Sizeof(rtype{})
}

// eface is the memory of an empty interface.
type eface struct {
	typ  *rtype
	data unsafe.Pointer
}

// value is the start of reflect.Value.
type value struct {
	typ  *rtype
	ptr  unsafe.Pointer
	flag uintptr
}

// toRType gives the memory of a reflect.Type.
func toRType(t reflect.Type) *rtype {
	return (*rtype)((*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1])
}

// Memory gives where a type lies, as the runtime points to it.
func Memory(t reflect.Type) unsafe.Pointer { return unsafe.Pointer(toRType(t)) }

// Iface is the memory of an interface: its word is the type of what it holds,
// or a table with that (go1.26.8 internal/abi/iface.go:14 ITab).
type Iface struct{ Word, Data unsafe.Pointer }

// Dynamic gives the type of what an interface, with methods or without, holds.
func (x Iface) Dynamic(methods bool) unsafe.Pointer {
	if methods && x.Word != nil {
		return *(*unsafe.Pointer)(unsafe.Add(x.Word, unsafe.Sizeof(x.Word)))
	}
	return x.Word
}

// Direct tells whether an interface holds values of a type themselves, and not
// where they lie.
func Direct(t reflect.Type) bool { return toRType(t).tflag&flagDirect != 0 }

// TypeAt is the opposite of [Memory].
func TypeAt(p unsafe.Pointer) reflect.Type { return toType((*rtype)(p)) }

// Copy gives another place where the same lies as a type of structs does. The
// runtime takes it for a type; package reflect is not to see it.
func Copy(t reflect.Type) unsafe.Pointer {
	c := *(*structType)(Memory(t))
	return unsafe.Pointer(&c)
}

// toType gives the reflect.Type of memory.
func toType(t *rtype) reflect.Type {
	var x any
	(*eface)(unsafe.Pointer(&x)).typ = t
	return reflect.TypeOf(x)
}

//go:linkname addReflectOff reflect.addReflectOff
func addReflectOff(ptr unsafe.Pointer) int32

// encodeName gives a name as abi.Name holds it.
func encodeName(name, tag string, exported, embedded bool) *byte {
	var bits byte
	if exported {
		bits |= 1 << 0
	}
	if tag != "" {
		bits |= 1 << 1
	}
	if embedded {
		bits |= 1 << 3
	}
	b := append([]byte{bits}, varint(len(name))...)
	b = append(b, name...)
	if tag != "" {
		b = append(b, varint(len(tag))...)
		b = append(b, tag...)
	}
	return &b[0]
}

func varint(n int) (b []byte) {
	for n >= 0x80 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return append(b, byte(n))
}
