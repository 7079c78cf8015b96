package interp

import (
	"fmt"
	"go/token"
	"math"
	"strings"
	"unsafe"
)

func sprintf(f string, args ...any) string { return fmt.Sprintf(f, args...) }

// wrap cuts an integer to the size of its kind.
func wrap(k Kind, n uint64) uint64 {
	switch k {
	case KInt8:
		return uint64(int64(int8(n)))
	case KInt16:
		return uint64(int64(int16(n)))
	case KInt32:
		return uint64(int64(int32(n)))
	case KUint8:
		return uint64(uint8(n))
	case KUint16:
		return uint64(uint16(n))
	case KUint32:
		return uint64(uint32(n))
	}
	return n
}

func unary(o op, k Kind, v Value) Value {
	switch {
	case o == opCompl:
		return Value{N: wrap(k, ^v.N)}
	case k == KFloat64:
		return Float(-v.Float())
	case k == KFloat32:
		return Value{N: uint64(math.Float32bits(-math.Float32frombits(uint32(v.N))))}
	case k == KComplex64 || k == KComplex128:
		return Complex(-v.Complex())
	}
	return Value{N: wrap(k, -v.N)}
}

// binary computes x op y for operands of type typ; the right operand of a shift
// is of type right.
func (t *Thread) binary(tok token.Token, typ, right *Type, x, y Value) (Value, Status) {
	switch tok {
	case token.EQL, token.NEQ:
		eq, st := t.equal(typ, right, x, y)
		return Bool(eq == (tok == token.EQL)), st
	}
	switch k := typ.Kind; {
	case k.integer():
		return t.integer(tok, k, right, x.N, y.N)
	case k == KString:
		if tok == token.ADD && !t.M.Room(int64(x.N+y.N)/int64(valueSize)) {
			return Value{}, t.Throw(OutOfMemory)
		}
		if tok == token.ADD {
			t.M.made(int64(x.N+y.N), false)
		}
		t.M.ToilOver(int(min(x.N, y.N)))
		return stringOp(tok, x, y), Done
	case k == KFloat64:
		return floatOp(tok, x.Float(), y.Float(), false), Done
	case k == KFloat32:
		a, b := math.Float32frombits(uint32(x.N)), math.Float32frombits(uint32(y.N))
		return floatOp(tok, float64(a), float64(b), true), Done
	case k == KComplex64, k == KComplex128:
		return complexOp(tok, x.Complex(), y.Complex(), k == KComplex64), Done
	}
	panic("interp: operator " + tok.String() + " on " + typ.T.String())
}

func (t *Thread) integer(tok token.Token, k Kind, right *Type, x, y uint64) (Value, Status) {
	var n uint64
	switch tok {
	case token.ADD:
		n = x + y
	case token.SUB:
		n = x - y
	case token.MUL:
		n = x * y
	case token.AND:
		n = x & y
	case token.OR:
		n = x | y
	case token.XOR:
		n = x ^ y
	case token.AND_NOT:
		n = x &^ y
	case token.QUO, token.REM:
		if y == 0 {
			return Value{}, t.raise(rtError, "integer divide by zero")
		}
		n = divide(tok, k, x, y)
	case token.SHL, token.SHR:
		if right.Kind.signed() && int64(y) < 0 {
			return Value{}, t.raise(rtError, "negative shift amount")
		}
		switch {
		case tok == token.SHL && y < 64:
			n = x << y
		case tok == token.SHR && k.signed():
			n = uint64(int64(x) >> min(y, 63))
		case tok == token.SHR && y < 64:
			n = x >> y
		}
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		c := 0
		switch {
		case k.signed() && int64(x) < int64(y), !k.signed() && x < y:
			c = -1
		case x != y:
			c = 1
		}
		return Bool(ordered(tok, c)), Done
	}
	return Value{N: wrap(k, n)}, Done
}

func divide(tok token.Token, k Kind, x, y uint64) uint64 {
	if !k.signed() {
		if tok == token.QUO {
			return x / y
		}
		return x % y
	}
	a, b := int64(x), int64(y)
	if tok == token.QUO {
		if b == -1 {
			return uint64(-a)
		}
		return uint64(a / b)
	}
	if b == -1 {
		return 0
	}
	return uint64(a % b)
}

func ordered(tok token.Token, c int) bool {
	switch tok {
	case token.LSS:
		return c < 0
	case token.LEQ:
		return c <= 0
	case token.GTR:
		return c > 0
	}
	return c >= 0
}

func stringOp(tok token.Token, x, y Value) Value {
	if tok == token.ADD {
		switch {
		case x.N == 0:
			return y
		case y.N == 0:
			return x
		}
		return String(x.Str() + y.Str())
	}
	return Bool(ordered(tok, strings.Compare(x.Str(), y.Str())))
}

func floatOp(tok token.Token, x, y float64, single bool) Value {
	var f float64
	switch tok {
	case token.ADD:
		f = x + y
	case token.SUB:
		f = x - y
	case token.MUL:
		f = x * y
	case token.QUO:
		f = x / y
	case token.LSS:
		return Bool(x < y)
	case token.LEQ:
		return Bool(x <= y)
	case token.GTR:
		return Bool(x > y)
	case token.GEQ:
		return Bool(x >= y)
	}
	if single {
		return Value{N: uint64(math.Float32bits(float32(f)))}
	}
	return Float(f)
}

func complexOp(tok token.Token, x, y complex128, single bool) Value {
	var c complex128
	switch tok {
	case token.ADD:
		c = x + y
	case token.SUB:
		c = x - y
	case token.MUL:
		c = x * y
	case token.QUO:
		c = x / y
	}
	if single {
		c = complex128(complex64(c))
	}
	return Complex(c)
}

// equal compares two values of type typ; right differs from typ when an
// interface is compared with something else.
func (t *Thread) equal(typ, right *Type, x, y Value) (bool, Status) {
	if typ != right && right != nil {
		if typ.Kind == KInterface && right.Kind != KInterface {
			return t.equal(typ, nil, x, t.M.Box(right, y))
		}
		if right.Kind == KInterface && typ.Kind != KInterface {
			return t.equal(right, nil, t.M.Box(typ, x), y)
		}
	}
	switch typ.Kind {
	case KString:
		if x.N != y.N || x.P == y.P {
			return x.N == y.N, Done
		}
		t.M.ToilOver(int(x.N))
		return x.Str() == y.Str(), Done
	case KFloat64:
		return x.Float() == y.Float(), Done
	case KFloat32:
		return math.Float32frombits(uint32(x.N)) == math.Float32frombits(uint32(y.N)), Done
	case KComplex64, KComplex128:
		return x.Complex() == y.Complex(), Done
	case KPointer, KChan, KMap, KFunc, KUnsafe, KSlice:
		return x.P == y.P, Done
	case KInterface:
		if x.N != y.N || x.N == 0 {
			return x.N == y.N, Done
		}
		dyn, a := t.M.Unbox(x)
		if !t.M.Comparable(dyn) {
			return false, t.raise(rtError, "comparing uncomparable type "+t.M.TypeString(dyn))
		}
		_, b := t.M.Unbox(y)
		t.M.deeper()
		eq, st := t.equal(dyn, nil, a, b)
		t.M.shallower()
		return eq, st
	case KStruct:
		for i := range typ.fields {
			f := &typ.fields[i]
			if f.v.Name() == "_" {
				continue
			}
			eq, st := t.equal(f.typ, nil, part(x.P, f.offset, f.typ), part(y.P, f.offset, f.typ))
			if !eq || st != Done {
				return false, st
			}
		}
		return true, Done
	case KArray:
		for i := 0; i < typ.Size; i += max(typ.elem.Size, 1) {
			t.M.Toil(1)
			eq, st := t.equal(typ.elem, nil, part(x.P, i, typ.elem), part(y.P, i, typ.elem))
			if !eq || st != Done {
				return false, st
			}
		}
		return true, Done
	}
	return x.N == y.N, Done
}

// part reads the value of type t that lies off cells behind p, without copying.
func part(p unsafe.Pointer, off int, t *Type) Value {
	q := at(p, off)
	if t.Kind.agg() {
		return Value{P: q}
	}
	return *(*Value)(q)
}
