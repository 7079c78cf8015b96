package core

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

// above gives where values handed to a call, or back, lie: one behind the other
// in the registers above the function's own.
func above(list []types.Type) []place {
	w, p := uint16(aboveWords), uint16(abovePtrs)
	out := make([]place, len(list))
	for i, t := range list {
		out[i] = place{w, p}
		dw, dp := bytecode.Slots(classOf(t))
		w, p = w+uint16(dw), p+uint16(dp)
	}
	return out
}

func typesOf(list []ssa.Value) []types.Type {
	var out []types.Type
	for _, v := range list {
		out = append(out, v.Type())
	}
	return out
}

func (l *lowering) call(c *ssa.Call) {
	if b, ok := c.Call.Value.(*ssa.Builtin); ok {
		l.builtin(c, b.Name())
		return
	}
	if isAtomic(&c.Call) {
		l.atomic(c)
		return
	}
	if c.Call.IsInvoke() {
		l.invoke(c)
	} else if fn, args := l.callee(&c.Call); fn == nil {
		l.callHost(c)
	} else {
		l.handOver(args)
		l.put(bytecode.Call, 0, 0, 0, bytecode.Called(l.e.codeOf(fn), l.e.site(c.Pos())))
		l.e.note(l.e.numberOf(fn), "", l.e.site(c.Pos()))
	}
	results := c.Call.Signature().Results()
	from := above(tupleTypes(results))
	switch results.Len() {
	case 0:
	case 1:
		if l.shape.reg(c) != "" {
			l.copy(l.place(c), from[0], classOf(c.Type()))
		}
	default:
		for _, r := range *c.Referrers() {
			if x, ok := r.(*ssa.Extract); ok && l.shape.reg(x) != "" {
				l.copy(l.place(x), from[x.Index], classOf(x.Type()))
			}
		}
	}
}

func (l *lowering) minMax(c *ssa.Call, name string) {
	op := bytecode.Min
	if name == "max" {
		op = bytecode.Max
	}
	kind, _ := kindOf(c.Type())
	t := l.fresh(bytecode.Word).w
	l.put(bytecode.Mov, t, l.w(c.Call.Args[0]), 0, 0)
	for _, a := range c.Call.Args[1:] {
		l.put(op, t, t, l.w(a), int64(kind))
	}
	l.put(bytecode.Mov, l.w(c), t, 0, 0)
}

func (l *lowering) ret(i *ssa.Return) {
	if len(i.Results) == 1 && classOf(i.Results[0].Type()) == bytecode.Word {
		l.put(bytecode.RetW, l.w(i.Results[0]), 0, 0, 0)
		return
	}
	l.hand(i.Results)
	l.put(bytecode.Ret, 0, 0, 0, 0)
}

// hand puts values into the first registers. They pass through those above the
// function's own, since one may lie where another goes.
func (l *lowering) hand(list []ssa.Value) {
	at := above(typesOf(list))
	for i, v := range list {
		if c, ok := v.(*ssa.Const); ok {
			l.set(at[i], c)
			continue
		}
		l.copy(at[i], l.place(v), classOf(v.Type()))
	}
	for i, v := range list {
		to := place{at[i].w - aboveWords, at[i].p - abovePtrs}
		l.copy(to, at[i], classOf(v.Type()))
	}
}

// leave ends a loop's code: the first result is the number of the way out.
func (l *lowering) leave(from, to *ssa.BasicBlock) {
	n := 0
	for i, x := range l.exits {
		if x == (edge{from, to}) {
			n = i
		}
	}
	list := []ssa.Value{ssa.NewConst(intConst(n), types.Typ[types.Int])}
	for _, v := range l.outs {
		// What has no value yet on this way is not read there: its registers hold
		// anything.
		if i, ok := v.(ssa.Instruction); ok && !i.Block().Dominates(from) {
			v = ssa.NewConst(nil, v.Type())
		}
		list = append(list, v)
	}
	l.hand(list)
	l.put(bytecode.Ret, 0, 0, 0, 0)
}

// directs finds words that can be computed where a call takes them, and results
// that can be used where a call leaves them.
func (l *lowering) directs() map[ssa.Value]place {
	out := map[ssa.Value]place{}
	for _, b := range l.blocks {
		at := map[ssa.Instruction]int{}
		for i, instr := range b.Instrs {
			at[instr] = i
		}
		clear := func(from, to int) bool { // nothing between the two is handed over
			for _, i := range b.Instrs[from+1 : to] {
				switch i := i.(type) {
				case *ssa.Go, *ssa.Defer, *ssa.RunDefers:
					return false
				case *ssa.Call:
					if b, ok := i.Call.Value.(*ssa.Builtin); !ok || b.Name() == "close" {
						return false
					}
				case *ssa.MakeClosure:
					if !l.shape.folded[i] {
						return false
					}
				}
			}
			return true
		}
		for j, instr := range b.Instrs {
			c, ok := instr.(*ssa.Call)
			if !ok || isBuiltin(c.Call.Value) || isAtomic(&c.Call) {
				continue
			}
			to := above(typesOf(c.Call.Args))
			for k, a := range c.Call.Args {
				v, isInstr := a.(ssa.Instruction)
				if !isInstr || v.Block() != b || classOf(a.Type()) != bytecode.Word || len(*a.Referrers()) != 1 || l.shape.folded[a] || !clear(at[v], j) {
					continue
				}
				switch a.(type) {
				case *ssa.BinOp, *ssa.UnOp, *ssa.Convert:
					out[a] = to[k]
				}
			}
		}
		for j, instr := range b.Instrs {
			c, ok := instr.(*ssa.Call)
			if !ok || isBuiltin(c.Call.Value) || isAtomic(&c.Call) || classOf(c.Type()) != bytecode.Word || len(*c.Referrers()) != 1 {
				continue
			}
			user := (*c.Referrers())[0]
			if user.Block() != b {
				continue
			}
			q := at[user]
			switch u := user.(type) {
			case *ssa.BinOp:
				if l.shape.folded[u] {
					q = len(b.Instrs) - 1
				}
			case *ssa.Return, *ssa.Convert:
			default:
				continue
			}
			free := clear(j, q)
			for _, i := range b.Instrs[j+1 : q] {
				if v, ok := i.(ssa.Value); ok {
					_, taken := out[v]
					free = free && !taken
				}
			}
			if _, ret := user.(*ssa.Return); ret && len(user.(*ssa.Return).Results) != 1 {
				free = false
			}
			if free {
				out[c] = place{w: aboveWords}
			}
		}
	}
	return out
}

// fuseAddresses finds addresses that need no register: of fields that are only
// read and written, and of elements that are where they are indexed.
func (l *lowering) fuseAddresses() {
	for _, b := range l.blocks {
		at := map[ssa.Instruction]int{}
		for i, instr := range b.Instrs {
			at[instr] = i
		}
		for i := len(b.Instrs) - 1; i >= 0; i-- {
			switch v := b.Instrs[i].(type) {
			case *ssa.FieldAddr:
				l.shape.folded[v] = l.fieldOnly(v)
			case *ssa.IndexAddr:
				l.shape.folded[v] = l.indexedHere(v, b, at)
			case *ssa.Call:
				if b, ok := v.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") && hasLength(v.Call.Args[0]) {
					l.lenHere(v, at)
				}
			}
		}
	}
}

// fieldOnly tells whether the address of a field is only reached through, by the
// code that is written.
func (l *lowering) fieldOnly(v *ssa.FieldAddr) bool {
	for _, r := range *v.Referrers() {
		if !l.inside[r.Block()] {
			return false
		}
	}
	return onlyReached(v, func(part ssa.Value) bool {
		_, field := part.(*ssa.FieldAddr)
		return field
	})
}

// indexedHere tells whether an element is read or written soon after its address
// is taken, with nothing between that can be seen. Go looks at an index that is
// assigned to after it has computed what is assigned.
func (l *lowering) indexedHere(v *ssa.IndexAddr, b *ssa.BasicBlock, at map[ssa.Instruction]int) bool {
	if classOf(v.X.Type()) != bytecode.Slice || classOf(elemOf(v.X.Type())) != bytecode.Word || len(*v.Referrers()) == 0 {
		return false
	}
	if !onlyReached(v, func(ssa.Value) bool { return false }) {
		return false
	}
	end := 0
	for _, r := range *v.Referrers() {
		if r.Block() != b {
			return false
		}
		end = max(end, at[r])
	}
	for _, i := range b.Instrs[at[v]+1 : end] {
		switch i := i.(type) {
		case *ssa.Call:
			if !isBuiltin(i.Call.Value) {
				return false
			}
		case *ssa.Store:
			return false
		}
	}
	return true
}

// lenHere lets a length be read where the slice lies, when it is used in the
// same block.
func (l *lowering) lenHere(v *ssa.Call, at map[ssa.Instruction]int) {
	for _, r := range *v.Referrers() {
		if _, phi := r.(*ssa.Phi); phi || r.Block() != v.Block() {
			return
		}
		switch r.(type) {
		case *ssa.BinOp, *ssa.If:
		default:
			return
		}
	}
	l.shape.folded[v] = true
}
