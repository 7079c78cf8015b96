package explore

import (
	"cmp"
	"slices"
	"unsafe"

	"runnext/sim/machine"
)

// rank orders processes by how much they know of what others have done.
func (m *memory) rank(p int) (sum uint64) {
	if p < len(m.clocks) {
		for q, n := range m.clocks[p] {
			if q != p {
				sum += uint64(n)
			}
		}
	}
	return sum
}

// show puts into a picture which accesses could still be found to race: those
// that somebody does not know of who could come to the same variable.
func (m *memory) show(pic *machine.Picture) {
	type holder struct {
		n    int32
		part int
		c    clock
	}
	var holders []holder
	for _, p := range pic.Order {
		if p < len(m.clocks) {
			holders = append(holders, holder{c: m.clocks[p]})
		} else {
			holders = append(holders, holder{})
		}
	}
	first := len(holders)
	for k, c := range m.keys {
		if n, ok := pic.Thing(k.P); ok {
			holders = append(holders, holder{n, k.N, c})
		}
	}
	slices.SortFunc(holders[first:], func(a, b holder) int {
		return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.part, b.part))
	})
	for _, h := range holders[first:] {
		pic.Add(uint64(h.n)<<32 | uint64(uint32(h.part)))
	}

	type mark struct {
		n     int32
		write bool
		fn    uintptr
		pc    int32
		knows uint64
	}
	var marks []mark
	note := func(n int32, a *access) {
		mk := mark{n: n, write: a.write, fn: uintptr(unsafe.Pointer(a.fn)), pc: a.pc}
		all := true
		for _, h := range holders {
			knows := h.c.at(a.proc) >= a.time
			all = all && knows
			mk.knows = mk.knows*3 + 1
			if knows {
				mk.knows++
			}
		}
		if !all {
			marks = append(marks, mk)
		}
	}
	for p, c := range m.cells {
		n, ok := pic.Thing(p)
		if !ok {
			continue
		}
		if c.write.made {
			note(n, &c.write)
		}
		for i := range c.reads {
			note(n, &c.reads[i])
		}
	}
	slices.SortFunc(marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.fn, b.fn), cmp.Compare(a.pc, b.pc), cmp.Compare(a.knows, b.knows))
	})
	for _, mk := range marks {
		pic.Add(uint64(mk.n)<<33 | uint64(uint32(mk.pc)))
		pic.Add(uint64(mk.fn))
		pic.Add(mk.knows)
		if mk.write {
			pic.Add(7)
		}
	}
}
