package interp

import (
	"go/token"
	"math"
	"strconv"
	"strings"
	"unsafe"
)

// The builtins, by number.
const (
	biAppend = iota + 1
	biCopy
	biLen
	biCap
	biClose
	biDelete
	biPrint
	biPrintln
	biRecover
	biMin
	biMax
	biClear
	biReal
	biImag
	biComplex
	biWrapNil
	biDeferStack
	biUnsafeAdd
	biUnsafeSlice
	biUnsafeSliceData
	biUnsafeString
	biUnsafeStringData
	biPanic
)

var builtins = map[string]int{"append": biAppend, "copy": biCopy, "len": biLen, "cap": biCap,
	"close": biClose, "delete": biDelete, "print": biPrint, "println": biPrintln, "recover": biRecover,
	"min": biMin, "max": biMax, "clear": biClear, "real": biReal, "imag": biImag, "complex": biComplex,
	"ssa:wrapnilchk": biWrapNil, "ssa:deferstack": biDeferStack, "Add": biUnsafeAdd, "Slice": biUnsafeSlice,
	"SliceData": biUnsafeSliceData, "String": biUnsafeString, "StringData": biUnsafeStringData, "panic": biPanic}

// builtin runs a builtin function; its result, if it has one, is left in R.
func (t *Thread) builtin(in *inst, args []Value) Status {
	x := in.x
	typ := func(i int) *Type { return x.sel[i].typ }
	switch x.tok {
	case biAppend:
		return t.append(typ(0), typ(len(args)-1), args)
	case biCopy:
		return t.Return(Int(t.copy(typ(0), typ(1), args[0], args[1])))
	case biLen, biCap:
		if x.tok == biLen && typ(0).Kind == KChan {
			return t.M.Host.Len(t, args[0].P)
		}
		return t.Return(Int(t.size(x.tok, typ(0), args[0])))
	case biClose:
		return t.M.Host.Close(t, args[0].P)
	case biDelete:
		if mp := args[0].Map(); mp != nil {
			if st := t.uses(mp, true); st != Done {
				return st
			}
			return mp.remove(t, args[1])
		}
		return t.nilMapKey(typ(0).key, args[1])
	case biPrint, biPrintln:
		var b strings.Builder
		for i, a := range args {
			if i > 0 && x.tok == biPrintln {
				b.WriteByte(' ')
			}
			b.WriteString(t.M.Printed(typ(i), a))
		}
		if x.tok == biPrintln {
			b.WriteByte('\n')
		}
		t.M.Host.Print(b.String())
		return Done
	case biRecover:
		return t.Return(t.recovers())
	case biMin, biMax:
		return t.minMax(x.tok, typ(0), args)
	case biClear:
		if typ(0).Kind == KMap {
			if mp := args[0].Map(); mp != nil {
				if st := t.uses(mp, true); st != Done {
					return st
				}
				mp.clear()
			}
		} else {
			n := args[0].Len() * t.M.elem(typ(0)).Size
			t.M.Toil(n)
			clear(args[0].Cells(n))
		}
		return Done
	case biPanic:
		return t.Panic(args[0])
	}
	return t.builtinRare(x, args)
}

func (t *Thread) builtinRare(x *extra, args []Value) Status {
	switch x.tok {
	case biReal:
		return t.Return(t.floatOf(x.to, real(args[0].Complex())))
	case biImag:
		return t.Return(t.floatOf(x.to, imag(args[0].Complex())))
	case biComplex:
		re, im := args[0].Float(), args[1].Float()
		if x.to.Kind == KComplex64 {
			re, im = float64(math.Float32frombits(uint32(args[0].N))), float64(math.Float32frombits(uint32(args[1].N)))
		}
		return t.Return(Complex(complex(re, im)))
	case biWrapNil:
		if args[0].P == nil {
			return t.raise(rtPlain, "value method "+args[1].Str()+"."+args[2].Str()+" called using nil *"+args[1].Str()+" pointer")
		}
		return t.Return(args[0])
	case biDeferStack:
		return t.Return(Value{P: unsafe.Pointer(t.deferList())})
	case biUnsafeAdd:
		return t.Return(Value{P: args[0].P})
	case biUnsafeSlice:
		n := int(args[1].Int())
		return t.Return(sliceOf(args[0].P, n, n))
	case biUnsafeSliceData:
		return t.Return(Value{P: args[0].P})
	case biUnsafeString:
		n := int(args[1].Int())
		return t.Return(String(string(sliceOf(args[0].P, n, n).Bytes())))
	case biUnsafeStringData:
		if !t.M.Room(int64(args[0].N)) {
			return t.Throw(OutOfMemory)
		}
		return t.Return(Value{P: ByteSlice([]byte(args[0].Str())).P})
	}
	return t.Fail(&MissingError{Name: "the builtin " + x.name})
}

func (t *Thread) floatOf(typ *Type, f float64) Value {
	if typ.Kind == KFloat32 {
		return Value{N: uint64(math.Float32bits(float32(f)))}
	}
	return Float(f)
}

func (t *Thread) append(typ, last *Type, args []Value) Status {
	if len(args) == 1 {
		return t.Return(args[0])
	}
	e := t.M.elem(typ)
	src := args[1]
	if last.Kind == KString {
		if !t.M.Room(int64(src.N)) {
			return t.Throw(OutOfMemory)
		}
		src = ByteSlice([]byte(src.Str()))
	}
	v, ok := t.M.appendTo(args[0], e, src.P, src.Len())
	if !ok {
		return t.Throw(OutOfMemory)
	}
	return t.Return(v)
}

func (t *Thread) copy(dst, src *Type, d, s Value) int64 {
	e := t.M.elem(dst)
	if src.Kind == KString {
		text := s.Str()
		s = ByteSlice([]byte(text[:min(len(text), d.Len())])) // a cell is larger than a byte
	}
	n := min(d.Len(), s.Len())
	t.M.Toil(n * e.Size)
	copyCells(d.P, s.P, n*e.Size)
	return int64(n)
}

func (t *Thread) size(what int, typ *Type, v Value) int64 {
	switch typ.Kind {
	case KString:
		return int64(v.N)
	case KSlice:
		if what == biCap {
			return int64(v.Cap())
		}
		return int64(v.Len())
	case KMap:
		return int64(v.Map().Len())
	case KChan:
		return int64(t.M.Host.Cap(v.P))
	case KPointer:
		return arrayLen(t.M.elem(typ))
	case KArray:
		return arrayLen(typ)
	}
	return 0
}

func (t *Thread) minMax(what int, typ *Type, args []Value) Status {
	best := args[0]
	for _, a := range args[1:] {
		if typ.Kind == KFloat64 || typ.Kind == KFloat32 {
			best = t.floatMinMax(what, typ, best, a)
			continue
		}
		less, st := t.binary(token.LSS, typ, typ, a, best)
		if st != Done {
			return st
		}
		if less.Bool() == (what == biMin) {
			best = a
		}
	}
	return t.Return(best)
}

func (t *Thread) floatMinMax(what int, typ *Type, a, b Value) Value {
	x, y := a.Float(), b.Float()
	if typ.Kind == KFloat32 {
		x, y = float64(math.Float32frombits(uint32(a.N))), float64(math.Float32frombits(uint32(b.N)))
	}
	if what == biMin {
		return t.floatOf(typ, math.Min(x, y))
	}
	return t.floatOf(typ, math.Max(x, y))
}

// Printed is what print writes for a value.
// go1.26.8 runtime/print.go:128 printfloat64
func (m *Machine) Printed(t *Type, v Value) string {
	switch k := t.Kind; {
	case k == KBool:
		return strconv.FormatBool(v.Bool())
	case k.signed():
		return strconv.FormatInt(v.Int(), 10)
	case k.integer():
		return strconv.FormatUint(v.N, 10)
	case k == KString:
		return v.Str()
	case k == KFloat64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case k == KFloat32:
		return strconv.FormatFloat(float64(math.Float32frombits(uint32(v.N))), 'g', -1, 32)
	case k == KComplex64 || k == KComplex128:
		return strconv.FormatComplex(v.Complex(), 'g', -1, int(t.Bytes)*8)
	case k == KInterface:
		return sprintf("(%#x,%#x)", v.N, uintptr(v.P))
	case k == KSlice:
		return sprintf("[%d/%d]%#x", v.Len(), v.Cap(), uintptr(v.P))
	}
	return sprintf("%#x", uintptr(v.P))
}
