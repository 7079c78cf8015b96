package core

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

func (f *function) checkMap(i *ssa.MapUpdate) {
	if f.neverNil(i.Map) || holds(f.known.notNil[i.Map], f.block) {
		return
	}
	f.known.notNil[i.Map] = append(f.known.notNil[i.Map], f.block)
	f.line("if %s == nil { h.NilMap(%d) }", f.x(i.Map), f.e.site(i.Pos()))
}

func (f *function) lookup(i *ssa.Lookup) {
	if _, ok := i.X.Type().Underlying().(*types.Map); !ok { // a string
		f.checkIndex(i.X, i.Index, i.Pos())
		f.set(i, "%s[%s]", f.x(i.X), f.intText(i.Index))
		return
	}
	text := fmt.Sprintf("%s[%s]", f.x(i.X), f.x(i.Index))
	if !i.CommaOk {
		if r := f.shape.reg(i); r != "" {
			f.line("%s = %s", r, text)
		} else if mayFail(i.Index.Type()) {
			f.line("%s = %s", f.fresh(f.e.types.core(i.Type())), text)
		}
		return
	}
	if len(*i.Referrers()) == 0 {
		if mayFail(i.Index.Type()) {
			f.line("%s, _ = %s", f.fresh(f.e.types.core(i.Type().(*types.Tuple).At(0).Type())), text)
		}
		return
	}
	f.setFound(i, text)
}

// setFound writes v, ok = m[k]. The interpreter leaves v as it was when there is
// no such key.
func (f *function) setFound(i *ssa.Lookup, text string) {
	var regs [2][]string
	for _, r := range *i.Referrers() {
		if x, ok := r.(*ssa.Extract); ok && f.shape.reg(x) != "" {
			regs[x.Index] = append(regs[x.Index], f.shape.reg(x))
		}
	}
	if regs[0] == nil {
		f.setTuple(i, text)
		return
	}
	if regs[1] == nil {
		regs[1] = []string{f.tempFor("found", "bool")}
	}
	value, found := regs[0][0], regs[1][0]
	f.line("%s, %s = %s", value, found, text)
	f.line("if !%s { %s = %s }", found, value, f.zero(i.Type().(*types.Tuple).At(0).Type()))
	for k := range regs {
		for _, r := range regs[k][1:] {
			f.line("%s = %s", r, regs[k][0])
		}
	}
}

// mayFail tells whether a key may hold something that has no hash.
func mayFail(key types.Type) bool {
	switch t := key.Underlying().(type) {
	case *types.Interface:
		return true
	case *types.Array:
		return mayFail(t.Elem())
	case *types.Struct:
		for v := range t.Fields() {
			if mayFail(v.Type()) {
				return true
			}
		}
	}
	return false
}

func (f *function) rangeOver(i *ssa.Range) {
	if _, ok := i.X.Type().Underlying().(*types.Map); ok {
		f.set(i, "%s(%s)", f.e.helper("range", i.X.Type()), f.x(i.X))
		return
	}
	f.set(i, "h.RangeString(%s)", f.x(i.X))
}

func (f *function) next(i *ssa.Next) {
	if i.IsString {
		f.setTuple(i, fmt.Sprintf("h.NextRune(%s)", f.x(i.Iter)))
		return
	}
	m := i.Iter.(*ssa.Range).X.Type()
	f.setTuple(i, fmt.Sprintf("%s(%s)", f.e.helper("next", m), f.x(i.Iter)))
}
