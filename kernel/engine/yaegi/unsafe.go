package yaegi

import (
	"reflect"
	"unsafe"

	"runnext/kernel/core/program"
)

// unsafeAdd is unsafe.Add.
func unsafeAdd(p unsafe.Pointer, n int) unsafe.Pointer { return unsafe.Add(p, n) }

// unsafeString is unsafe.String.
func (c *cell) unsafeString(site int, p *byte, n int) (s string) {
	if err := caught(func() { s = unsafe.String(p, n) }); err != nil {
		c.raise(site, err)
	}
	return s
}

// makeUnsafeSlice makes func(site, *T, n) []T, which is unsafe.Slice.
func makeUnsafeSlice(c *cell, d program.Helper) reflect.Value {
	from, to := c.core(d, 0), c.core(d, 1)
	size := int(from.Elem().Size())
	return makeFunc(list(intType, from, intType), list(to), func(in []reflect.Value) []reflect.Value {
		p, n := in[1].UnsafePointer(), int(in[2].Int())
		bytes := outOfRange
		if n >= 0 && (size == 0 || n <= maxAlloc/size) {
			bytes = n * size
		}
		if p == nil {
			bytes = n // which Go looks at where there is no memory
		}
		if err := caught(func() { _ = unsafe.Slice((*byte)(p), bytes) }); err != nil {
			c.raise(int(in[0].Int()), err)
		}
		out := reflect.New(to)
		if p != nil {
			*(*[3]uintptr)(out.UnsafePointer()) = [3]uintptr{0, uintptr(n), uintptr(n)}
			*(*unsafe.Pointer)(out.UnsafePointer()) = p
		}
		return values(out.Elem())
	})
}

// makeSliceData makes func([]T) *T, which is unsafe.SliceData.
func makeSliceData(c *cell, d program.Helper) reflect.Value {
	to := c.core(d, 1)
	return makeFunc(list(c.core(d, 0)), list(to), func(in []reflect.Value) []reflect.Value {
		return values(reflect.NewAt(to.Elem(), in[0].UnsafePointer()))
	})
}
