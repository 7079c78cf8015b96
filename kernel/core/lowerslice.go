package core

import (
	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

// appendsWord gives the one word that a call of append adds, nil when it adds
// something else. SSA makes an array of it, and a slice of that.
func appendsWord(c *ssa.Call) ssa.Value {
	s, ok := c.Call.Args[1].(*ssa.Slice)
	if !ok || classOf(c.Type()) != bytecode.Slice || classOf(elemOf(c.Type())) != bytecode.Word {
		return nil
	}
	l := literals{map[*ssa.Slice][]ssa.Value{}, map[ssa.Instruction]bool{}, map[*ssa.Slice]bool{}}
	l.slice(s)
	if len(l.elems[s]) != 1 || !l.args[s] {
		return nil
	}
	return l.elems[s][0]
}

// fuseAppends finds what SSA makes of the words that are appended; they are
// operands here.
func (l *lowering) fuseAppends() {
	lits := literals{map[*ssa.Slice][]ssa.Value{}, map[ssa.Instruction]bool{}, map[*ssa.Slice]bool{}}
	for _, b := range l.blocks {
		for _, i := range b.Instrs {
			if c, ok := i.(*ssa.Call); ok && isBuiltin(c.Call.Value) && c.Call.Value.Name() == "append" && appendsWord(c) != nil {
				s := c.Call.Args[1].(*ssa.Slice)
				lits.slice(s)
				l.shape.folded[s] = true
			}
		}
	}
	l.shape.lits = lits
}

func (l *lowering) append(c *ssa.Call) {
	kind, _ := kindOf(elemOf(c.Type()))
	x := l.w(appendsWord(c))
	from := l.place(c.Call.Args[0])
	to := l.place(c)
	l.copy(to, from, bytecode.Slice)
	l.put(bytecode.Append, to.w, to.p, x, int64(kind))
}

func (l *lowering) makeSlice(i *ssa.MakeSlice) {
	to, n, m := l.place(i), l.w(i.Len), l.w(i.Cap)
	l.put(bytecode.MakeS, to.w, to.p, n, 0)
	l.put(bytecode.Data, m, 0, 0, int64(l.e.types.number(i.Type()))|l.site(i.Pos())<<40)
}

func (l *lowering) slice(i *ssa.Slice) {
	x := l.place(i.X)
	length := x.w
	n, fixed := fixedLen(i.X.Type())
	if fixed {
		l.checkNil(i.X, i.Pos())
		length = l.fresh(bytecode.Slice).w // two words
		l.put(bytecode.Const, length, 0, 0, n)
		l.put(bytecode.Const, length+1, 0, 0, n)
	}
	var regs [3]uint16
	flags := int64(0)
	for k, v := range []ssa.Value{i.Low, i.High, i.Max} {
		if v == nil {
			continue
		}
		regs[k] = l.w(v)
		flags |= bytecode.BoundGiven << (2 * k)
		if wideUnsigned(v.Type()) {
			flags |= bytecode.BoundUnsigned << (2 * k)
		}
	}
	to := l.place(i)
	l.put(bytecode.SliceS, to.w, to.p, x.p, flags)
	l.put(bytecode.Data, regs[0], regs[1], regs[2], bytecode.Sliced(length, sizes.Sizeof(elemOf(i.X.Type())), fixed, l.e.site(i.Pos())))
}
