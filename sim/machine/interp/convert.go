package interp

import (
	"math"
	"math/bits"
	"strings"
	"unsafe"
)

// convert is a conversion between types of different shape.
func (m *Machine) convert(from, to *Type, v Value) Value {
	switch {
	case from.Kind == KString && to.Kind == KSlice:
		if m.elem(to).Kind == KUint8 {
			return ByteSlice([]byte(v.Str()))
		}
		var list []Value
		for _, r := range v.Str() {
			list = append(list, Int(int64(r)))
		}
		if list == nil {
			list = []Value{}
		}
		return Slice(list)
	case from.Kind == KSlice && to.Kind == KString:
		if m.elem(from).Kind == KUint8 {
			b := v.Bytes()
			return String(string(b))
		}
		rs := make([]rune, v.Len())
		for i, c := range v.Cells(v.Len()) {
			rs[i] = rune(c.N)
		}
		return String(string(rs))
	case to.Kind == KString:
		r := rune(v.N)
		if int64(r) != v.Int() {
			r = '\uFFFD'
		}
		return String(string(r))
	case to.Kind == KUnsafe && from.Kind.integer():
		return Value{} // an address that is only a number points nowhere
	case from.Kind == KUnsafe && to.Kind.integer():
		return Value{N: uint64(uintptr(v.P))}
	case from.Kind == KSlice && to.Kind == KArray:
		return Value{P: v.P}
	}
	return number(from.Kind, to.Kind, v)
}

func number(from, to Kind, v Value) Value {
	switch {
	case from.integer() && to.integer():
		return Value{N: wrap(to, v.N)}
	case from.integer():
		f := float64(v.N)
		if from.signed() {
			f = float64(v.Int())
		}
		if to == KFloat32 {
			s := float32(v.N)
			if from.signed() {
				s = float32(v.Int())
			}
			return Value{N: uint64(math.Float32bits(s))}
		}
		return Float(f)
	case from == KFloat32 || from == KFloat64:
		f := v.Float()
		if from == KFloat32 {
			f = float64(math.Float32frombits(uint32(v.N)))
		}
		switch {
		case to == KFloat64:
			return Float(f)
		case to == KFloat32:
			return Value{N: uint64(math.Float32bits(float32(f)))}
		case to.signed():
			return Value{N: wrap(to, uint64(int64(f)))}
		default:
			return Value{N: wrap(to, uint64(f))}
		}
	case to == KComplex64:
		return Complex(complex128(complex64(v.Complex())))
	}
	return v // between pointers, unsafe or not, and complex numbers
}

// index errors

func (t *Thread) outOfRange(k Kind, i uint64, n int) Status {
	if k.signed() && int64(i) < 0 {
		return t.raise(rtBounds, sprintf("index out of range [%d]", int64(i)))
	}
	return t.raise(rtBounds, sprintf("index out of range [%d] with length %d", i, n))
}

// maxAlloc is the largest object there can be.
// go1.26.8 runtime/malloc.go:220 maxAlloc
const maxAlloc = 1 << 48

func (t *Thread) makeSlice(in *inst, regs []Value, n, c int64) Status {
	e := t.M.elem(in.x.typ)
	fits := func(n int64) bool {
		hi, lo := bits.Mul64(uint64(n), uint64(e.Bytes))
		return n >= 0 && hi == 0 && lo <= maxAlloc
	}
	switch {
	case !fits(n):
		return t.raise(rtError, "makeslice: len out of range")
	case c < n || !fits(c):
		return t.raise(rtError, "makeslice: cap out of range")
	case c > math.MaxUint32 || !t.M.Room(c*int64(e.Size)):
		return t.Throw(OutOfMemory)
	}
	if !in.ok {
		t.M.madeOf(e, c)
	}
	regs[in.dst] = sliceOf(newCells(int(c)*e.Size), int(n), int(c))
	return Done
}

// slice is x[low:high:max] of a slice, a string or a pointer to an array.
func (t *Thread) slice(in *inst, regs, consts []Value) Status {
	x := in.x
	v := get(regs, consts, in.a)
	size, n, c := 1, 0, 0
	switch x.typ.Kind {
	case KString:
		n, c = int(v.N), int(v.N)
	case KSlice:
		n, c, size = v.Len(), v.Cap(), t.M.elem(x.typ).Size
	default:
		if v.P == nil {
			return t.nilDeref()
		}
		size = x.to.elem.Size
		n = x.to.Size / max(size, 1)
		if size == 0 {
			n = int(arrayLen(x.to))
		}
		c = n
	}
	low, high, most := int64(0), int64(n), int64(c)
	if x.low != noReg {
		low = get(regs, consts, x.low).Int()
	}
	if x.high != noReg {
		high = get(regs, consts, x.high).Int()
	}
	if x.max != noReg {
		most = get(regs, consts, x.max).Int()
	}
	if st := t.bounds(low, high, most, int64(c), x); st != Done {
		return st
	}
	if x.typ.Kind == KString {
		regs[in.dst] = String(v.Str()[low:high])
		return Done
	}
	p := v.P
	if most > low {
		p = at(p, int(low)*size)
	}
	if p == nil && x.typ.Kind == KSlice {
		regs[in.dst] = Value{}
		return Done
	}
	regs[in.dst] = sliceOf(p, int(high-low), int(most-low))
	return Done
}

// go1.26.8 runtime/error.go:141 boundsErrorFmts
func (t *Thread) bounds(low, high, most, c int64, x *extra) Status {
	what := "capacity"
	if x.typ.Kind != KSlice {
		what = "length"
	}
	switch {
	case x.made && high < 0:
		return t.raise(rtError, "makeslice: len out of range")
	case x.made && high > c:
		return t.raise(rtError, "makeslice: cap out of range")
	case x.max != noReg && (most < 0 || most > c):
		return t.sliceError("[::%d]", most, " with "+what+" %d", c)
	case x.max != noReg && (high < 0 || high > most):
		return t.sliceError("[:%d", high, ":%d]", most)
	case x.max == noReg && (high < 0 || high > c):
		return t.sliceError("[:%d]", high, " with "+what+" %d", c)
	case low < 0 || low > high:
		if x.max != noReg {
			return t.sliceError("[%d", low, ":%d:]", high)
		}
		return t.sliceError("[%d", low, ":%d]", high)
	}
	return Done
}

func (t *Thread) sliceError(f string, a int64, g string, b int64) Status {
	text := sprintf("slice bounds out of range "+f, a)
	if a >= 0 {
		text += sprintf(g, b)
	} else if f[len(f)-1] != ']' {
		text += strings.Replace(g, "%d", "", 1)
	}
	return t.raise(rtBounds, text)
}

// appendTo appends n elements of size cells at src to a slice; false says that
// there is no memory.
func (m *Machine) appendTo(s Value, e *Type, src unsafe.Pointer, n int) (Value, bool) {
	if n == 0 {
		return s, true
	}
	old, c := s.Len(), s.Cap()
	p := s.P
	if old+n > c {
		c = growCap(old+n, c, e.Bytes, m.pointers(e))
		if e.Bytes == 0 {
			c = old + n
		}
		if !m.Room(int64(c) * int64(e.Size)) {
			return Value{}, false
		}
		m.madeOf(e, int64(c))
		p = newCells(c * e.Size)
		copyCells(p, s.P, old*e.Size)
	}
	m.Toil(n * e.Size)
	copyCells(at(p, old*e.Size), src, n*e.Size)
	return sliceOf(p, old+n, c), true
}

// growCap is the capacity a slice grows to.
// go1.26.8 runtime/slice.go:326 nextslicecap
func growCap(need, old int, size int64, pointers bool) int {
	c := old
	if double := old + old; need > double {
		c = need
	} else if old < 256 {
		c = double
	} else {
		for c < need {
			c += (c + 3*256) >> 2
		}
	}
	if size == 0 {
		return need
	}
	return int(roundUp(int64(c)*size, pointers) / size)
}

// sizeClasses are the sizes of small objects.
// go1.26.8 internal/runtime/gc/sizeclasses.go:98 SizeClassToSize
var sizeClasses = [...]int64{8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224,
	240, 256, 288, 320, 352, 384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408,
	1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192,
	9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264,
	28672, 32768}

// go1.26.8 runtime/msize.go:16 roundupsize
func roundUp(n int64, pointers bool) int64 {
	req := n
	if pointers && req > 512 {
		req += 8 // the header that tells the collector the type
	}
	if req <= 32768-8 {
		for _, s := range sizeClasses {
			if s >= req {
				return s - (req - n)
			}
		}
	}
	return (n + 8191) &^ 8191
}
