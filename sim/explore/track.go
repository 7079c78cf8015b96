package explore

import (
	"runnext/sim/machine"
	"runnext/sim/machine/interp"
)

// Choose implements [machine.Tracker].
func (x *search) Choose(n int) int {
	at := x.nodes[x.depth-1]
	at.choices = n
	return min(at.choice, n-1)
}

// Began implements [machine.Tracker].
func (x *search) Began(by, p *machine.Proc) {
	if by == nil {
		return
	}
	x.Woke(by, p)
	x.mem.began(by.ID, p.ID)
}

// Woke implements [machine.Tracker].
func (x *search) Woke(by, p *machine.Proc) {
	x.proc(max(by.ID, p.ID))
	x.procs[p.ID].order.join(x.procs[by.ID].order)
}

// Met implements [machine.Tracker].
func (x *search) Met(a, b *machine.Proc) { x.mem.met(a.ID, b.ID) }

// Sync implements [machine.Tracker].
func (x *search) Sync(p *machine.Proc, key machine.Key, how machine.Edge) { x.mem.sync(p.ID, key, how) }

// Access implements [machine.Tracker].
func (x *search) Access(p *machine.Proc, a *interp.Access) bool {
	if a.Mark && !a.Go {
		x.s.Access(p, a)
		return true
	}
	if a.Write {
		x.proc(p.ID).spin.dirty = true
	}
	if len(x.s.Procs) < 2 {
		return false
	}
	at := access{proc: p.ID, fn: a.Fn, pc: a.PC, write: a.Write}
	if !x.s.Own(a.Fn) {
		at.site = x.s.Site(p)
	}
	for i := range a.N {
		x.mem.access(at, interp.Offset(a.P, i))
	}
	return false
}
