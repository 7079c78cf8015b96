package machine

import (
	"math"
	"reflect"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// w gives word register i of the frame at b, p a pointer register. Registers are
// within the stack by the way code is written, see [Thread.room].
func w(b unsafe.Pointer, i uint16) *uint64 { return (*uint64)(unsafe.Add(b, uintptr(i)*8)) }

func p(b unsafe.Pointer, i uint16) *unsafe.Pointer {
	return (*unsafe.Pointer)(unsafe.Add(b, uintptr(i)*unsafe.Sizeof(b)))
}

func f64(x uint64) float64 { return math.Float64frombits(x) }
func f32(x uint64) float32 { return math.Float32frombits(uint32(x)) }

func word(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// divide is / and %; y is not 0.
//
//go:noinline
func divide(o op.Op, x, y uint64) uint64 {
	switch o {
	case op.DivS:
		return uint64(int64(x) / int64(y))
	case op.DivU:
		return x / y
	case op.RemS:
		return uint64(int64(x) % int64(y))
	}
	return x % y
}

// extend gives the low bits of x as a value of a kind of integers.
func extend(x uint64, kind uint16) uint64 {
	switch reflect.Kind(kind) {
	case reflect.Int8:
		return uint64(int8(x))
	case reflect.Int16:
		return uint64(int16(x))
	case reflect.Int32:
		return uint64(int32(x))
	case reflect.Int:
		return uint64(int(x))
	case reflect.Uint8:
		return uint64(uint8(x))
	case reflect.Uint16:
		return uint64(uint16(x))
	case reflect.Uint32:
		return uint64(uint32(x))
	case reflect.Uint:
		return uint64(uint(x))
	case reflect.Uintptr:
		return uint64(uintptr(x))
	}
	return x
}

func float(o op.Op, x, y uint64) uint64 {
	if o == op.FNeg {
		return math.Float64bits(-f64(x))
	}
	a, b := f32(x), f32(y)
	switch o {
	case op.GAdd:
		a += b
	case op.GSub:
		a -= b
	case op.GMul:
		a *= b
	case op.GDiv:
		a /= b
	case op.GNeg:
		a = -a
	}
	return uint64(math.Float32bits(a))
}

func compare(o op.Op, x, y uint64) bool {
	switch o {
	case op.FEq:
		return f64(x) == f64(y)
	case op.FNe:
		return f64(x) != f64(y)
	case op.FLt:
		return f64(x) < f64(y)
	case op.FLe:
		return f64(x) <= f64(y)
	case op.GEq:
		return f32(x) == f32(y)
	case op.GNe:
		return f32(x) != f32(y)
	case op.GLt:
		return f32(x) < f32(y)
	}
	return f32(x) <= f32(y)
}

//go:noinline
func least(x, y uint64, kind reflect.Kind) uint64 {
	switch kind {
	case reflect.Float64:
		return math.Float64bits(min(f64(x), f64(y)))
	case reflect.Float32:
		return uint64(math.Float32bits(min(f32(x), f32(y))))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return uint64(min(int64(x), int64(y)))
	}
	return min(x, y)
}

//go:noinline
func most(x, y uint64, kind reflect.Kind) uint64 {
	switch kind {
	case reflect.Float64:
		return math.Float64bits(max(f64(x), f64(y)))
	case reflect.Float32:
		return uint64(math.Float32bits(max(f32(x), f32(y))))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return uint64(max(int64(x), int64(y)))
	}
	return max(x, y)
}

// convert is a conversion from or to a float.
func convert(x uint64, kinds uint16) uint64 {
	from, to := reflect.Kind(kinds&0xff), kinds>>8
	switch from {
	case reflect.Float64:
		return fromFloat(f64(x), to)
	case reflect.Float32:
		if reflect.Kind(to) == reflect.Float32 {
			return x
		}
		return fromFloat(float64(f32(x)), to)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if reflect.Kind(to) == reflect.Float32 {
			return uint64(math.Float32bits(float32(x)))
		}
		return math.Float64bits(float64(x))
	}
	if reflect.Kind(to) == reflect.Float32 {
		return uint64(math.Float32bits(float32(int64(x))))
	}
	return math.Float64bits(float64(int64(x)))
}

func fromFloat(x float64, to uint16) uint64 {
	switch reflect.Kind(to) {
	case reflect.Float64:
		return math.Float64bits(x)
	case reflect.Float32:
		return uint64(math.Float32bits(float32(x)))
	case reflect.Int8:
		return uint64(int8(x))
	case reflect.Int16:
		return uint64(int16(x))
	case reflect.Int32:
		return uint64(int32(x))
	case reflect.Int64:
		return uint64(int64(x))
	case reflect.Int:
		return uint64(int(x))
	case reflect.Uint8:
		return uint64(uint8(x))
	case reflect.Uint16:
		return uint64(uint16(x))
	case reflect.Uint32:
		return uint64(uint32(x))
	case reflect.Uint:
		return uint64(uint(x))
	case reflect.Uintptr:
		return uint64(uintptr(x))
	}
	return uint64(x)
}

// Size gives the bytes of a kind.
func Size(kind reflect.Kind) int { return int(size(uint16(kind))) }

// size gives the bytes of a kind.
func size(kind uint16) uint64 {
	switch reflect.Kind(kind) {
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return 1
	case reflect.Int16, reflect.Uint16:
		return 2
	case reflect.Int32, reflect.Uint32, reflect.Float32:
		return 4
	case reflect.Int, reflect.Uint, reflect.Uintptr:
		return uint64(unsafe.Sizeof(0))
	}
	return 8
}

// load reads a value of a kind, store writes one.
func load(p unsafe.Pointer, kind uint16) uint64 {
	switch reflect.Kind(kind) {
	case reflect.Bool, reflect.Uint8:
		return uint64(*(*uint8)(p))
	case reflect.Int8:
		return uint64(*(*int8)(p))
	case reflect.Int16:
		return uint64(*(*int16)(p))
	case reflect.Uint16:
		return uint64(*(*uint16)(p))
	case reflect.Int32:
		return uint64(*(*int32)(p))
	case reflect.Uint32, reflect.Float32:
		return uint64(*(*uint32)(p))
	case reflect.Int:
		return uint64(*(*int)(p))
	case reflect.Uint, reflect.Uintptr:
		return uint64(*(*uint)(p))
	}
	return *(*uint64)(p)
}

// Store writes a word as a value of a kind.
func Store(p unsafe.Pointer, kind reflect.Kind, x uint64) { store(p, uint16(kind), x) }

func store(p unsafe.Pointer, kind uint16, x uint64) {
	switch size(kind) {
	case 1:
		*(*uint8)(p) = uint8(x)
	case 2:
		*(*uint16)(p) = uint16(x)
	case 4:
		*(*uint32)(p) = uint32(x)
	default:
		*(*uint64)(p) = x
	}
}
