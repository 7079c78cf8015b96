package core

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

func (l *lowering) load(v *ssa.UnOp) {
	if a, ok := v.X.(*ssa.IndexAddr); ok && l.shape.folded[a] {
		base, i, imm, wide := l.element(a)
		op := bytecode.LdX
		if wide {
			op = bytecode.LdX64
		}
		l.put(op, l.w(v), base, i, imm)
		return
	}
	if !l.shape.folded[v.X] {
		l.checkNil(v.X, loadPos(v))
	}
	p, off := l.addr(v.X)
	if classOf(v.Type()) == bytecode.Memory {
		l.put(bytecode.LdM, l.p(v), p, 0, bytecode.At(l.e.types.number(v.Type()), off))
		return
	}
	l.loadFrom(l.place(v), p, off, v.Type())
}

// loadFrom reads a value of a type from where a pointer leads to. What is a part
// of memory that nobody writes is not copied.
func (l *lowering) loadFrom(to place, p uint16, off int64, t types.Type) {
	switch classOf(t) {
	case bytecode.Word:
		if sizes.Sizeof(t.Underlying()) == 8 {
			l.put(bytecode.Ld64, to.w, p, 0, off)
		} else {
			kind, _ := kindOf(t)
			l.put(bytecode.Ld, to.w, p, uint16(kind), off)
		}
	case bytecode.Memory:
		l.put(bytecode.AddP, to.p, p, 0, off)
	case bytecode.Slice:
		l.put(bytecode.Ld64, to.w+1, p, 0, off+16)
		fallthrough
	case bytecode.String:
		l.put(bytecode.Ld64, to.w, p, 0, off+8)
		fallthrough
	case bytecode.Pointer:
		// The last one: it may take the place of the pointer.
		l.put(bytecode.LdP, to.p, p, 0, off)
	case bytecode.Iface:
		l.put(bytecode.LdP, to.p+1, p, 0, off+8)
		l.put(bytecode.LdP, to.p, p, 0, off)
	}
}

func (l *lowering) store(v *ssa.Store) {
	if a, ok := v.Addr.(*ssa.IndexAddr); ok && l.shape.folded[a] {
		val := l.w(v.Val)
		base, i, imm, wide := l.element(a)
		op := bytecode.StX
		if wide {
			op = bytecode.StX64
		}
		l.put(op, val, base, i, imm)
		return
	}
	if !l.shape.folded[v.Addr] {
		l.checkNil(v.Addr, v.Pos())
	}
	p, off := l.addr(v.Addr)
	if u, ok := l.update[v]; ok {
		l.put(u.op, l.w(u.y), p, 0, off)
		return
	}
	l.storeTo(p, off, l.place(v.Val), v.Val.Type())
}

// storeTo writes a value of a type to where a pointer leads to.
func (l *lowering) storeTo(p uint16, off int64, from place, t types.Type) {
	switch classOf(t) {
	case bytecode.Word:
		if sizes.Sizeof(t.Underlying()) == 8 {
			l.put(bytecode.St64, from.w, p, 0, off)
		} else {
			kind, _ := kindOf(t)
			l.put(bytecode.St, from.w, p, uint16(kind), off)
		}
	case bytecode.Memory:
		l.put(bytecode.StM, from.p, p, 0, bytecode.At(l.e.types.number(t), off))
	default:
		words, ptrs := bytecode.Slots(classOf(t))
		for i := range ptrs {
			l.put(bytecode.StP, from.p+uint16(i), p, 0, off+8*int64(i))
		}
		for i := range words {
			l.put(bytecode.St64, from.w+uint16(i), p, 0, off+8*int64(ptrs+i))
		}
	}
}

// indexValue writes x[i] of an array, or a string, that is a value.
func (l *lowering) indexValue(v *ssa.Index) {
	if classOf(v.X.Type()) == bytecode.String {
		l.byteOf(v, v.X, v.Index, v.Pos())
		return
	}
	i := l.w(v.Index)
	n, _ := fixedLen(v.X.Type())
	site := l.site(v.Pos())
	if wideUnsigned(v.Index.Type()) {
		site |= bytecode.Unsigned
	}
	l.put(bytecode.IdxChkI, 0, i, uint16(n), site)
	at, base := l.fresh(bytecode.Pointer).p, l.p(v.X)
	l.put(bytecode.Idx, at, base, i, sizes.Sizeof(elemOf(v.X.Type())))
	l.loadFrom(l.place(v), at, 0, v.Type())
}
