package interp

import (
	"slices"
	"sort"
	"unicode/utf8"
)

// iter walks over a map or a string.
type iter struct {
	m       *Map
	at      int      // of the list: what is looked at next
	first   uint64   // the number of the drawn entry, where the walk began
	last    uint64   // the number of the entry looked at last
	until   uint64   // the number of the last entry when the walk began
	met     []uint64 // the numbers of those of a small map that were met
	small   bool
	around  bool // the end was reached: those before first are left
	moves   int  // of the list, when at was right
	machine *Machine
	s       string
	pos     int
	str     bool
}

func (m *Machine) newIter(t *Type, v Value) *iter {
	if t.Kind == KString {
		return &iter{s: v.Str(), str: true}
	}
	x, start := v.Map(), 0
	switch {
	case x == nil || len(x.list) < 2:
	case x.grown:
		start = int(m.Host.Rand(uint32(len(x.list))))
	default:
		start = int(m.Host.Rand(groupSlots))
	}
	return m.walk(x, start)
}

// walk begins at an entry of the list, or at a slot of a small map.
// go1.26.8 internal/runtime/maps/table.go:678 Init
func (m *Machine) walk(x *Map, start int) *iter {
	it := &iter{m: x, at: start, machine: m}
	if x == nil {
		return it
	}
	it.moves, it.until = x.moves, x.added
	if it.small = !x.grown; it.small {
		return it
	}
	if it.at < len(x.list) {
		it.first = x.list[it.at].seq &^ deadEntry
		it.last = it.first - 1
	}
	return it
}

func (it *iter) next(out []Value) {
	if it.str {
		if it.pos >= len(it.s) {
			out[0] = Value{}
			return
		}
		r, n := utf8.DecodeRuneInString(it.s[it.pos:])
		out[0], out[1], out[2] = Bool(true), Int(int64(it.pos)), Int(int64(r))
		it.pos += n
		return
	}
	if e := it.entry(); e != nil {
		out[0], out[1], out[2] = Bool(true), e.key, e.val
		return
	}
	out[0] = Value{}
}

// entry gives the next live entry, nil at the end. Each is met once.
func (it *iter) entry() *mapEntry {
	x := it.m
	if x == nil {
		return nil
	}
	if it.small {
		return it.slot()
	}
	if it.moves != x.moves {
		it.moves = x.moves
		it.at = sort.Search(len(x.list), func(i int) bool { return x.list[i].seq&^deadEntry > it.last })
	}
	for {
		if !it.around && (it.at >= len(x.list) || x.list[it.at].seq&^deadEntry > it.until) {
			it.around, it.at, it.last = true, 0, 0
		}
		if it.at >= len(x.list) {
			return nil
		}
		e := &x.list[it.at]
		seq := e.seq &^ deadEntry
		if it.around && seq >= it.first {
			return nil
		}
		it.at++
		it.last = seq
		if it.machine.Toil(1); !e.dead() {
			return e
		}
	}
}

// slot gives the next entry of a map that was small when the walk began: from
// the drawn slot on around the group. When the list was rearranged since, those
// that are left come in its order.
func (it *iter) slot() *mapEntry {
	x := it.m
	if it.moves == x.moves {
		for ; it.pos < groupSlots; it.pos++ {
			if k := (it.at + it.pos) % groupSlots; k < len(x.list) && !x.list[k].dead() {
				it.pos++
				it.met = append(it.met, x.list[k].seq)
				return &x.list[k]
			}
		}
		return nil
	}
	for i := range x.list {
		e := &x.list[i]
		if !e.dead() && e.seq <= it.until && !slices.Contains(it.met, e.seq) {
			it.met = append(it.met, e.seq)
			return e
		}
	}
	return nil
}
