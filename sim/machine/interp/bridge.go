package interp

import (
	"go/types"
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

// Signature is the type of a func type.
func (t *Type) Signature() *types.Signature {
	s, _ := t.T.Underlying().(*types.Signature)
	return s
}
