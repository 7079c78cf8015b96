package core

import (
	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

// appended gives the values that a call of append adds one by one, nil when it
// adds a slice. SSA makes an array of them, and a slice of that.
func appended(c *ssa.Call) []ssa.Value {
	s, ok := c.Call.Args[1].(*ssa.Slice)
	if !ok || classOf(c.Type()) != bytecode.Slice || classOf(elemOf(c.Type())) == 0 {
		return nil
	}
	l := literals{map[*ssa.Slice][]ssa.Value{}, map[ssa.Instruction]bool{}, map[*ssa.Slice]bool{}}
	l.slice(s)
	if !l.args[s] {
		return nil
	}
	return l.elems[s]
}

// fuseAppends finds what SSA makes of the values that are appended; they are
// operands here.
func (l *lowering) fuseAppends() {
	lits := literals{map[*ssa.Slice][]ssa.Value{}, map[ssa.Instruction]bool{}, map[*ssa.Slice]bool{}}
	for _, b := range l.blocks {
		for _, i := range b.Instrs {
			if c, ok := i.(*ssa.Call); ok && isBuiltin(c.Call.Value) && c.Call.Value.Name() == "append" && appended(c) != nil {
				s := c.Call.Args[1].(*ssa.Slice)
				lits.slice(s)
				l.shape.folded[s] = true
			}
		}
	}
	l.shape.lits = lits
}

func (l *lowering) append(c *ssa.Call) {
	kind, word := kindOf(elemOf(c.Type()))
	class := classOf(elemOf(c.Type()))
	var list []place
	for _, v := range appended(c) {
		x := l.place(v)
		if class == bytecode.Slice { // of a type that leads to itself: it may lie where the result does
			x = l.fresh(class)
			l.copy(x, l.place(v), class)
		}
		list = append(list, x)
	}
	from := l.place(c.Call.Args[0])
	to := l.place(c)
	l.copy(to, from, bytecode.Slice)
	for _, x := range list {
		if word {
			l.put(bytecode.Append, to.w, to.p, x.w, int64(kind))
			continue
		}
		at := l.fresh(bytecode.Pointer).p
		l.put(bytecode.Grow, to.w, to.p, at, int64(l.e.types.number(c.Type())))
		l.storeTo(at, 0, x, elemOf(c.Type()))
	}
}

func (l *lowering) makeSlice(i *ssa.MakeSlice) {
	to, n, m := l.place(i), l.w(i.Len), l.w(i.Cap)
	l.put(bytecode.MakeS, to.w, to.p, n, 0)
	l.put(bytecode.Data, m, 0, 0, int64(l.e.types.number(i.Type()))|l.site(i.Pos())<<40)
}

func (l *lowering) slice(i *ssa.Slice) {
	if classOf(i.X.Type()) == bytecode.String {
		l.cutText(i)
		return
	}
	x := l.place(i.X)
	length := x.w
	n, fixed := fixedLen(i.X.Type())
	if fixed {
		l.checkNil(i.X, i.Pos())
		length = l.fresh(bytecode.Slice).w // two words
		l.put(bytecode.Const, length, 0, 0, n)
		l.put(bytecode.Const, length+1, 0, 0, n)
	}
	regs, flags := l.bounds(i.Low, i.High, i.Max)
	to := l.place(i)
	l.put(bytecode.SliceS, to.w, to.p, x.p, flags)
	l.put(bytecode.Data, regs[0], regs[1], regs[2], bytecode.Sliced(length, sizes.Sizeof(elemOf(i.X.Type())), fixed, l.e.site(i.Pos())))
}

// bounds gives the registers of what cuts a slice or a string, nil for what is
// not written, and what there is to know of each.
func (l *lowering) bounds(list ...ssa.Value) (regs [3]uint16, flags int64) {
	for k, v := range list {
		if v == nil {
			continue
		}
		regs[k] = l.w(v)
		flags |= bytecode.BoundGiven << (2 * k)
		if wideUnsigned(v.Type()) {
			flags |= bytecode.BoundUnsigned << (2 * k)
		}
	}
	return regs, flags
}
