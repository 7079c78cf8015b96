// Package interp executes Go's SSA form (golang.org/x/tools/go/ssa) with
// explicit frames: a [Thread] is one goroutine's stack, it can stop after any
// instruction and go on later. It knows the language and nothing else:
// goroutines, channels and time belong to a [Host], functions without a body
// to the natives that a caller registers. runnext/sim/machine is its host on
// the simulated scheduler.
//
// A [Value] is one register: two machine words, read by the static type that
// SSA gives for it. Memory is made of values as well: a struct or array is
// laid out flat, one value for each scalar in it, and a pointer points at the
// value of what it points to, so that a pointer to a field is a pointer.
package interp

import (
	"math"
	"unsafe"
)

// Value is a register or a cell of memory.
//
//	bool, integers   N, signed ones extended to 64 bits
//	floats           N, the bits of their own size
//	complex          P to two values
//	string           N length, P data
//	pointer          P to the value it points to
//	slice            N capacity<<32 | length, P to the first element
//	map, chan, func  P to the host's object
//	interface        N number of the dynamic type, 0 for nil, P the payload
//	struct, array    P to the values in it, never written through
type Value struct {
	N uint64
	P unsafe.Pointer
}

const valueSize = unsafe.Sizeof(Value{})

// zero is what pointers to things without size point to.
var zero [1]Value

// Int is the value of an integer.
func Int(n int64) Value { return Value{N: uint64(n)} }

// Bool is the value of a bool.
func Bool(b bool) Value {
	if b {
		return Value{N: 1}
	}
	return Value{}
}

// Float is the value of a float64.
func Float(f float64) Value { return Value{N: math.Float64bits(f)} }

// String is the value of a string.
func String(s string) Value {
	return Value{N: uint64(len(s)), P: unsafe.Pointer(unsafe.StringData(s))}
}

// Pointer is the value of a pointer to v.
func Pointer(v *Value) Value { return Value{P: unsafe.Pointer(v)} }

// Int reads an integer.
func (v Value) Int() int64 { return int64(v.N) }

// Bool reads a bool.
func (v Value) Bool() bool { return v.N != 0 }

// Float reads a float64.
func (v Value) Float() float64 { return math.Float64frombits(v.N) }

// Str reads a string.
func (v Value) Str() string { return unsafe.String((*byte)(v.P), int(v.N)) }

// Len reads a slice's length.
func (v Value) Len() int { return int(uint32(v.N)) }

// Cap reads a slice's capacity.
func (v Value) Cap() int { return int(v.N >> 32) }

// Addr reads a pointer; nil for a nil pointer.
func (v Value) Addr() *Value { return (*Value)(v.P) }

// Cells gives the n values that v points to.
func (v Value) Cells(n int) []Value {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*Value)(v.P), n)
}

// at is the address of the value i cells behind p.
func at(p unsafe.Pointer, i int) unsafe.Pointer {
	return unsafe.Add(p, uintptr(i)*valueSize)
}

// newCells allocates n zero values and gives the address of the first.
func newCells(n int) unsafe.Pointer {
	switch n {
	case 0:
		return unsafe.Pointer(&zero[0])
	case 1:
		return unsafe.Pointer(new(Value))
	}
	return unsafe.Pointer(unsafe.SliceData(make([]Value, n)))
}

// sliceOf makes a slice value.
func sliceOf(p unsafe.Pointer, n, c int) Value {
	return Value{N: uint64(c)<<32 | uint64(uint32(n)), P: p}
}

// Slice makes a slice value of single-cell elements over list.
func Slice(list []Value) Value {
	if list == nil {
		return Value{}
	}
	if cap(list) == 0 {
		return sliceOf(unsafe.Pointer(&zero[0]), 0, 0)
	}
	return sliceOf(unsafe.Pointer(unsafe.SliceData(list)), len(list), cap(list))
}

// Bytes copies a []byte out of the machine.
func (v Value) Bytes() []byte {
	b := make([]byte, v.Len())
	for i, c := range v.Cells(v.Len()) {
		b[i] = byte(c.N)
	}
	return b
}

// ByteSlice copies b into the machine.
func ByteSlice(b []byte) Value {
	list := make([]Value, len(b))
	for i, c := range b {
		list[i].N = uint64(c)
	}
	return Slice(list)
}

// Func reads a func value; nil for a nil func.
func (v Value) Func() *Closure { return (*Closure)(v.P) }

// FuncValue is the value of a func.
func FuncValue(c *Closure) Value { return Value{P: unsafe.Pointer(c)} }

// load reads a value of n cells at p; agg tells that it is a struct or array.
func load(p unsafe.Pointer, n int, agg bool) Value {
	if !agg {
		return *(*Value)(p)
	}
	q := newCells(n)
	copyCells(q, p, n)
	return Value{P: q}
}

// store writes a value of n cells to p.
func store(p unsafe.Pointer, v Value, n int, agg bool) {
	if !agg {
		*(*Value)(p) = v
		return
	}
	copyCells(p, v.P, n)
}

func copyCells(dst, src unsafe.Pointer, n int) {
	if n > 0 && src != nil {
		copy(unsafe.Slice((*Value)(dst), n), unsafe.Slice((*Value)(src), n))
	}
}
