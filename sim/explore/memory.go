package explore

import (
	"unsafe"

	"runnext/sim/event"
	"runnext/sim/machine"
	"runnext/sim/machine/interp"
)

// memory finds accesses that nothing orders: at least one is a write, and
// neither happens before the other as the Go memory model has it.
// https://go.dev/ref/mem
type memory struct {
	clocks []clock
	keys   map[machine.Key]clock
	cells  map[unsafe.Pointer]*cell
	found  func(first, second *access)
}

// cell is what is remembered of a variable: its last write, and the reads
// since, one for each process.
type cell struct {
	write access
	reads []access
}

type access struct {
	proc  int
	time  int32
	fn    *interp.Func
	pc    int32
	site  *event.Site // only where fn is not the program's own
	write bool
	made  bool
}

func (m *memory) reset() {
	m.clocks = m.clocks[:0:0]
	m.keys, m.cells = map[machine.Key]clock{}, map[unsafe.Pointer]*cell{}
}

func (m *memory) of(p int) *clock {
	for len(m.clocks) <= p {
		m.clocks = append(m.clocks, nil)
	}
	c := &m.clocks[p]
	if c.at(p) == 0 {
		c.set(p, 1)
	}
	return c
}

func (m *memory) tick(p int) {
	c := m.of(p)
	(*c)[p]++
}

// began says that what by has done is before all that p does from now on.
func (m *memory) began(by, p int) {
	from := *m.of(by)
	m.of(p).join(from)
	m.tick(by)
}

func (m *memory) met(a, b int) {
	m.of(a).join(*m.of(b))
	m.of(b).join(*m.of(a))
	m.tick(a)
	m.tick(b)
}

func (m *memory) sync(p int, key machine.Key, how machine.Edge) {
	c := m.of(p)
	if how&machine.Acquire != 0 {
		c.join(m.keys[key])
	}
	switch {
	case how&machine.Merge != 0:
		k := m.keys[key]
		k.join(*c)
		m.keys[key] = k
	case how&machine.Release != 0:
		m.keys[key] = c.clone()
	default:
		return
	}
	m.tick(p)
}

// access notes one and reports those it is in a race with.
func (m *memory) access(a access, p unsafe.Pointer) {
	now := *m.of(a.proc)
	a.time, a.made = now[a.proc], true
	x := m.cells[p]
	if x == nil {
		x = &cell{}
		m.cells[p] = x
	}
	if w := &x.write; w.made && w.proc != a.proc && now.at(w.proc) < w.time {
		m.found(w, &a)
	}
	if !a.write {
		for i := range x.reads {
			if x.reads[i].proc == a.proc {
				x.reads[i] = a
				return
			}
		}
		x.reads = append(x.reads, a)
		return
	}
	for i := range x.reads {
		if r := &x.reads[i]; r.proc != a.proc && now.at(r.proc) < r.time {
			m.found(r, &a)
		}
	}
	x.write, x.reads = a, x.reads[:0]
}
