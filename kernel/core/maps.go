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

// mapUpdate writes m[k] = v.
func (f *function) mapUpdate(i *ssa.MapUpdate) {
	f.checkMap(i)
	m, k, v := f.x(i.Map), f.x(i.Key), f.rhs(i.Value)
	text := fmt.Sprintf("%s[%s] = %s", m, k, v)
	helped := func() string {
		return fmt.Sprintf("%s(%d, %s, %s, %s)", f.e.helper("mapset", i.Map.Type()), f.e.site(i.Pos()), m, k, v)
	}
	switch f.mapUse(i.Map, i) {
	case unseen:
		f.line("%s", text)
	case helpedOnly:
		f.line("%s", helped())
	default:
		f.line("if *h.Many { %s } else { %s }", helped(), text)
	}
}

// mapUse says who uses a map: the interpreter, a helper, or the helper while
// more than one goroutine runs.
type mapUse int

const (
	unseen     mapUse = iota // by other goroutines
	helpedMany               // the helper knows when another one uses the map
	helpedOnly               // a key may have no hash: the helper knows where it is, and has Go's error
)

func (f *function) mapUse(m ssa.Value, at ssa.Instruction) mapUse {
	switch {
	case mayFail(m.Type().Underlying().(*types.Map).Key()):
		return helpedOnly
	case f.private(m, at):
		return unseen
	}
	return helpedMany
}

// private tells whether no other goroutine can know of a map yet that an
// instruction uses: it was made by this function, which has not shown it to
// anybody before.
func (f *function) private(m ssa.Value, at ssa.Instruction) bool {
	made, ok := m.(*ssa.MakeMap)
	if !ok {
		return false
	}
	shown := map[ssa.Instruction]bool{}
	for _, r := range *made.Referrers() {
		if !keeps(r, made) {
			shown[r] = true
		}
	}
	if len(shown) == 0 {
		return true
	}
	if made.Block() != at.Block() {
		return false
	}
	for _, i := range made.Block().Instrs { // as in a literal
		if i == at {
			return true
		}
		if shown[i] {
			break
		}
	}
	return false
}

// keeps tells whether an instruction uses a map without handing it on while the
// function runs.
func keeps(i ssa.Instruction, m ssa.Value) bool {
	switch i := i.(type) {
	case *ssa.MapUpdate:
		return i.Value != m
	case *ssa.Lookup, *ssa.Range, *ssa.Return, *ssa.DebugRef, *ssa.BinOp:
		return true
	case *ssa.Call:
		_, builtin := i.Call.Value.(*ssa.Builtin) // len, delete, clear
		return builtin
	}
	return false
}

func (f *function) lookup(i *ssa.Lookup) {
	if _, ok := i.X.Type().Underlying().(*types.Map); !ok { // a string
		f.checkIndex(i.X, i.Index, i.Pos())
		f.set(i, "%s[%s]", f.x(i.X), f.intText(i.Index))
		return
	}
	m, k := f.x(i.X), f.x(i.Index)
	use := f.mapUse(i.X, i)
	seen := func(op string) string {
		return fmt.Sprintf("%s(%d, %s, %s)", f.e.helper(op, i.X.Type()), f.e.site(i.Pos()), m, k)
	}
	text := fmt.Sprintf("%s[%s]", m, k)
	if i.CommaOk {
		f.setFound(i, text, use, seen)
		return
	}
	r := f.shape.reg(i)
	if r == "" && mayFail(i.Index.Type()) {
		r = f.fresh(f.e.types.core(i.Type()))
	}
	switch {
	case r == "":
	case use == unseen:
		f.line("%s = %s", r, text)
	case use == helpedOnly:
		f.assign(r, i.Type(), seen("mapget"))
	default:
		f.line("if *h.Many {")
		f.assign(r, i.Type(), seen("mapget"))
		f.line("} else { %s = %s }", r, text)
	}
}

// setFound writes v, ok = m[k]. The interpreter leaves v as it was when there is
// no such key.
func (f *function) setFound(i *ssa.Lookup, text string, use mapUse, seen func(string) string) {
	var regs [2][]string
	for _, r := range *i.Referrers() {
		if x, ok := r.(*ssa.Extract); ok && f.shape.reg(x) != "" {
			regs[x.Index] = append(regs[x.Index], f.shape.reg(x))
		}
	}
	t := i.Type().(*types.Tuple).At(0).Type()
	wanted := regs[0] != nil
	if !wanted {
		if regs[1] == nil && !mayFail(i.Index.Type()) {
			return
		}
		regs[0] = []string{f.fresh(f.e.types.core(t))}
	}
	if regs[1] == nil {
		regs[1] = []string{f.tempFor("found", "bool")}
	}
	value, found := regs[0][0], regs[1][0]
	if use == unseen {
		f.line("%s, %s = %s", value, found, text)
	} else {
		got := value
		if _, ok := t.Underlying().(*types.Signature); ok { // see assign
			got = f.fresh(f.e.types.core(t))
		}
		if use == helpedMany {
			f.line("if *h.Many {")
		}
		f.line("%s, %s = %s", got, found, seen("mapget2"))
		if got != value {
			f.line("%s = %s", value, got)
		}
		if use == helpedMany {
			f.line("} else { %s, %s = %s }", value, found, text)
		}
	}
	if wanted {
		f.line("if !%s { %s = %s }", found, value, f.zero(t))
	}
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
	f.setTuple(i, fmt.Sprintf("%s(%d, %s)", f.e.helper("next", m), f.e.site(i.Iter.Pos()), f.x(i.Iter)))
}
