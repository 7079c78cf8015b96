package yaegi

import (
	"reflect"
	"sync"
	"unsafe"
	"weak"

	"runnext/kernel/core/program"
)

// makeWeakMake makes weak.Make[T]. A weak.Pointer holds the same for every T
// (go1.26.8 weak/pointer.go:60 Pointer).
func makeWeakMake(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	return makeFunc(list(t.In(0)), list(t.Out(0)), func(in []reflect.Value) []reflect.Value {
		out := reflect.New(t.Out(0))
		*(*weak.Pointer[byte])(out.UnsafePointer()) = weak.Make((*byte)(in[0].UnsafePointer()))
		return values(out.Elem())
	})
}

// makeWeakValue makes (weak.Pointer[T]).Value.
func makeWeakValue(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	return makeFunc(list(t.In(0)), list(t.Out(0)), func(in []reflect.Value) []reflect.Value {
		p := reflect.New(t.In(0))
		p.Elem().Set(in[0])
		v := unsafe.Pointer((*weak.Pointer[byte])(p.UnsafePointer()).Value())
		return values(reflect.NewAt(t.Out(0), unsafe.Pointer(&v)).Elem())
	})
}

// makeUniqueMake makes unique.Make[T]. A unique.Handle holds a pointer to the
// value (go1.26.8 unique/handle.go:20 Handle).
func makeUniqueMake(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	return makeFunc(list(t.In(0)), list(t.Out(0)), func(in []reflect.Value) []reflect.Value {
		out := reflect.New(t.Out(0))
		*(*unsafe.Pointer)(out.UnsafePointer()) = c.r.uniques.pointer(in[0])
		return values(out.Elem())
	})
}

// makeUniqueValue makes (unique.Handle[T]).Value.
func makeUniqueValue(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	return makeFunc(list(t.In(0)), list(t.Out(0)), func(in []reflect.Value) []reflect.Value {
		h := reflect.New(t.In(0))
		h.Elem().Set(in[0])
		return values(reflect.NewAt(t.Out(0), *(*unsafe.Pointer)(h.UnsafePointer())).Elem())
	})
}

// uniques holds the values that handles of the notebook's programs stand for,
// as long as the process lives.
type uniques struct {
	of sync.Map // uniqueKey → pointer to the value
}

type uniqueKey struct {
	t reflect.Type
	v any
}

func (u *uniques) pointer(v reflect.Value) unsafe.Pointer {
	key := uniqueKey{v.Type(), v.Interface()}
	if p, ok := u.of.Load(key); ok {
		return p.(unsafe.Pointer)
	}
	kept := reflect.New(v.Type())
	kept.Elem().Set(v)
	p, _ := u.of.LoadOrStore(key, kept.UnsafePointer())
	return p.(unsafe.Pointer)
}
