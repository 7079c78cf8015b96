package core

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

// lowersBuiltin tells whether a call of a builtin function has a form in
// bytecode.
func (e *emitter) lowersBuiltin(c *ssa.Call, name string) bool {
	switch name {
	case "append":
		return appended(c) != nil || spreads(c)
	case "min", "max":
		return classOf(c.Type()) == bytecode.Word
	case "close", "delete", "copy":
		return true
	case "clear":
		return isMap(c.Call.Args[0])
	case "len", "cap":
		return ofChan(c) || hasLength(c.Call.Args[0]) || isMap(c.Call.Args[0])
	}
	return false
}

func isMap(v ssa.Value) bool {
	_, ok := v.Type().Underlying().(*types.Map)
	return ok
}

// spreads tells whether a call of append adds a slice, or a string.
func spreads(c *ssa.Call) bool {
	return classOf(c.Type()) == bytecode.Slice && hasLength(c.Call.Args[1])
}

// typed packs the type of a value and a site.
func (l *lowering) typed(v ssa.Value, site int64) int64 {
	return bytecode.Typed(l.e.types.number(v.Type()), int(site))
}

func (l *lowering) makeMap(i *ssa.MakeMap) {
	n := uint16(0)
	if i.Reserve != nil {
		n = l.w(i.Reserve)
	} else {
		n = l.number(0)
	}
	l.put(bytecode.MakeM, l.p(i), n, 0, int64(l.e.types.number(i.Type())))
}

func (l *lowering) mapUpdate(i *ssa.MapUpdate) {
	m, k, v := l.p(i.Map), l.place(i.Key), l.place(i.Value)
	l.put(bytecode.MapSet, k.w, m, k.p, l.typed(i.Map, l.site(i.Pos())))
	l.put(bytecode.Data, v.w, v.p, 0, 0)
}

// lookup writes x[k] of a map or a string.
func (l *lowering) lookup(i *ssa.Lookup) {
	if !isMap(i.X) {
		l.byteOf(i, i.X, i.Index, i.Pos())
		return
	}
	var parts [3]ssa.Value
	if i.CommaOk {
		parts = l.parts(i)
	} else if l.shape.reg(i) != "" {
		parts[0] = i
	}
	m, k := l.p(i.X), l.place(i.Index)
	to, ok := l.placeFor(parts[0], i.X.Type().Underlying().(*types.Map).Elem()), l.wordFor(parts[1])
	l.put(bytecode.MapGet, to.w, m, to.p, l.typed(i.X, l.site(i.Pos())))
	l.put(bytecode.Data, k.w, k.p, ok, 0)
	if i.CommaOk {
		l.copyAgain(i, parts)
	}
}

// rangeOf begins a range over a map or a string.
func (l *lowering) rangeOf(i *ssa.Range) {
	from := l.place(i.X)
	to := l.place(i)
	if isMap(i.X) {
		l.put(bytecode.RangeM, to.p, from.p, 0, l.typed(i.X, l.site(i.Pos())))
		return
	}
	l.copy(to, from, bytecode.String)
	l.put(bytecode.Const, to.w+1, 0, 0, 0)
}

// next goes on with it.
func (l *lowering) next(i *ssa.Next) {
	iter, parts := l.place(i.Iter), l.parts(i)
	ok := l.wordFor(parts[0])
	if i.IsString {
		l.put(bytecode.NextT, ok, iter.p, iter.w, bytecode.Strings(l.wordFor(parts[1]), l.wordFor(parts[2]), 0))
		l.copyAgain(i, parts)
		return
	}
	of := i.Iter.(*ssa.Range)
	var at [2]place
	read := uint16(0)
	for k := range at {
		if parts[k+1] != nil {
			at[k] = l.place(parts[k+1])
			read |= 1 << k
		}
	}
	l.put(bytecode.NextM, ok, iter.p, 0, l.typed(of.X, l.site(of.Pos())))
	l.put(bytecode.Data, at[0].w, at[0].p, 0, bytecode.Strings(at[1].w, at[1].p, read))
	l.copyAgain(i, parts)
}

// builtin writes a call of a builtin function.
func (l *lowering) builtin(c *ssa.Call, name string) {
	args := c.Call.Args
	switch name {
	case "close":
		l.callHost(c)
	case "append":
		if appended(c) != nil {
			l.append(c)
			return
		}
		x, from, to := l.place(args[1]), l.place(args[0]), l.place(c)
		if classOf(args[1].Type()) == bytecode.Slice { // it may lie where the result does
			x = l.fresh(bytecode.Slice)
			l.copy(x, l.place(args[1]), bytecode.Slice)
		}
		l.copy(to, from, bytecode.Slice)
		l.put(bytecode.Spread, to.w, to.p, x.w, bytecode.At(l.e.types.number(c.Type()), int64(x.p)))
	case "copy":
		to, from := l.place(args[0]), l.place(args[1])
		l.put(bytecode.Copy, l.w(c), to.w, to.p, 0)
		l.put(bytecode.Data, from.w, from.p, 0, int64(l.e.types.number(args[0].Type())))
	case "delete":
		m, k := l.p(args[0]), l.place(args[1])
		l.put(bytecode.MapDel, k.w, m, k.p, l.typed(args[0], l.site(c.Pos())))
	case "clear":
		l.put(bytecode.Clear, 0, l.p(args[0]), 0, l.typed(args[0], l.site(c.Pos())))
	case "min", "max":
		l.minMax(c, name)
	default:
		l.length(c, name)
	}
}

// length writes len or cap.
func (l *lowering) length(c *ssa.Call, name string) {
	x := c.Call.Args[0]
	switch {
	case ofChan(c):
		l.chanLen(c, name)
	case isMap(x):
		m := l.p(x)
		l.put(bytecode.MapLen, l.w(c), m, 0, 0)
	default:
		from := place{w: l.place(x).w}
		if name == "cap" {
			from.w++
		}
		l.copy(l.place(c), from, bytecode.Word)
	}
}
