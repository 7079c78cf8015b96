package machine

import (
	"math"
	"reflect"
	"unsafe"

	op "runnext/kernel/core/bytecode"
	"runnext/kernel/engine/yaegi/forge"
)

// classOf gives the class of registers that values of a type lie in, as whoever
// wrote the code has it.
func classOf(t reflect.Type) byte {
	switch t.Kind() {
	case reflect.Slice:
		return op.Slice
	case reflect.String:
		return op.String
	case reflect.Interface:
		return op.Iface
	case reflect.Struct, reflect.Array:
		return op.Memory
	case reflect.Pointer, reflect.Chan, reflect.Func, reflect.Map, reflect.UnsafePointer:
		return op.Pointer
	}
	return op.Word
}

// put sets the registers of a value of a class, the next ones in w and p; get
// gives a value what they hold.
func put(ws []uint64, ps []unsafe.Pointer, class byte, v reflect.Value, w, p int) (int, int) {
	switch class {
	case op.Word:
		ws[w] = wordOf(v)
		return w + 1, p
	case op.Slice:
		ws[w], ws[w+1] = uint64(v.Len()), uint64(v.Cap())
		ps[p] = v.UnsafePointer()
		return w + 2, p + 1
	case op.String:
		setText(&ws[w], &ps[p], v.String())
		return w + 1, p + 1
	case op.Memory:
		to := reflect.New(v.Type())
		to.Elem().Set(v)
		ps[p] = to.UnsafePointer()
		return w, p + 1
	case op.Iface:
		to := reflect.New(v.Type())
		to.Elem().Set(v)
		*(*forge.Iface)(unsafe.Pointer(&ps[p])) = *(*forge.Iface)(to.UnsafePointer())
		return w, p + 2
	}
	ps[p] = pointerOf(v)
	return w, p + 1
}

func get(ws []uint64, ps []unsafe.Pointer, class byte, v reflect.Value, w, p int) (int, int) {
	at := v.Addr().UnsafePointer()
	switch class {
	case op.Word:
		store(at, uint16(v.Kind()), ws[w])
		return w + 1, p
	case op.Slice:
		h := (*struct {
			p        unsafe.Pointer
			len, cap int
		})(at)
		h.p, h.len, h.cap = ps[p], int(ws[w]), int(ws[w+1])
		return w + 2, p + 1
	case op.String:
		*(*string)(at) = textAt(&ws[w], &ps[p])
		return w + 1, p + 1
	case op.Memory:
		v.Set(reflect.NewAt(v.Type(), ps[p]).Elem())
		return w, p + 1
	case op.Iface:
		*(*forge.Iface)(at) = *(*forge.Iface)(unsafe.Pointer(&ps[p]))
		return w, p + 2
	}
	*(*unsafe.Pointer)(at) = ps[p]
	return w, p + 1
}

// pointerOf gives the one pointer that a value is. Package reflect gives the
// code of a func value, and not what the value points to.
func pointerOf(v reflect.Value) unsafe.Pointer {
	if v.Kind() != reflect.Func {
		return v.UnsafePointer()
	}
	holder := reflect.New(v.Type())
	holder.Elem().Set(v)
	return *(*unsafe.Pointer)(holder.UnsafePointer())
}

func wordOf(v reflect.Value) uint64 {
	switch {
	case v.Kind() == reflect.Bool:
		return word(v.Bool())
	case v.CanInt():
		return uint64(v.Int())
	case v.CanUint():
		return v.Uint()
	case v.Kind() == reflect.Float32:
		return uint64(math.Float32bits(float32(v.Float())))
	}
	return math.Float64bits(v.Float())
}
