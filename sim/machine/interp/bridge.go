package interp

import (
	"go/types"
	"math"
	"unsafe"
)

// Handle is a pointer that stands for the type in a program's values.
func (t *Type) Handle() unsafe.Pointer { return unsafe.Pointer(t) }

// TypeOfHandle finds the type again.
func TypeOfHandle(p unsafe.Pointer) *Type { return (*Type)(p) }

// NativeMethods counts the methods of a type made by [Machine.NativeType].
func (t *Type) NativeMethods() int { return len(t.natives) }

// SetNativeMethods gives such a type methods that are found by name only.
func (t *Type) SetNativeMethods(methods map[string]Native) {
	for id, f := range methods {
		if t.natives == nil {
			t.natives = map[string]*Func{}
		}
		t.natives[id] = &Func{Name: id, recover: -1, results: 1, native: f}
	}
	t.methods = nil
}

// At is the address of element i of a slice.
func At(s Value, elem *Type, i int) unsafe.Pointer { return at(s.P, i*elem.Size) }

// Method is a type's exported method as a func value; its receiver is the
// first argument. It is nil when there is none.
func Method(m *Machine, t *Type, name string) *Closure {
	f := m.Method(t, nil, name)
	if f == nil {
		return nil
	}
	return &Closure{Fn: f}
}

// Offset is the address n cells behind p.
func Offset(p unsafe.Pointer, n int) unsafe.Pointer { return at(p, n) }

// Cells is the value of a struct or array whose cells are list.
func Cells(list []Value) Value { return Value{P: unsafe.Pointer(unsafe.SliceData(list))} }

// SliceOf makes a slice value of elements that have size cells each.
func SliceOf(list []Value, size int) Value {
	if len(list) == 0 {
		return sliceOf(unsafe.Pointer(&zero[0]), 0, 0)
	}
	return sliceOf(unsafe.Pointer(unsafe.SliceData(list)), len(list)/size, len(list)/size)
}

// Float32 is the value of a float32.
func Float32(f float32) Value { return Value{N: uint64(math.Float32bits(f))} }

// ByteOffset is the place of a struct's field, in bytes, as a program sees it.
func (t *Type) ByteOffset(field int) int64 { return t.fields[field].bytes }

// Generics gives natives for the instances of generic functions without bodies,
// by the name of the function. It must be called before anything runs.
func (m *Machine) Generics(of map[string]func(*Machine, []types.Type) Native) { m.generics = of }

// Signature is the type of a func type.
func (t *Type) Signature() *types.Signature {
	s, _ := t.T.Underlying().(*types.Signature)
	return s
}

// GrowCap is the capacity that append gives to a slice of e with cap old which
// must hold need.
func (m *Machine) GrowCap(e *Type, need, old int) int {
	return growCap(need, old, e.Bytes, m.pointers(e))
}
