package machine

import (
	"unsafe"

	"runnext/sim"
)

// of finds the process of a goroutine; nil is the timer that fires.
func (s *Steered) of(g *sim.G) *Proc {
	if g == nil {
		return s.cur
	}
	if r, ok := g.Host.(*goroutine); ok {
		return r.proc
	}
	return nil // a package is being initialized
}

// Choose implements [sim.Watcher].
func (s *Steered) Choose(n int) int { return s.track.Choose(n) }

// Readied implements [sim.Watcher].
func (s *Steered) Readied(_, g *sim.G) {
	if s.quiet {
		return
	}
	p := s.of(g)
	s.track.Woke(s.cur, p)
	if s.waking || s.cur.T != nil && s.cur.T.Sleeper() == g {
		s.track.Began(s.cur, p)
	}
	s.fresh = append(s.fresh, p)
}

// Armed implements [sim.Watcher].
func (s *Steered) Armed(t *sim.Timer) {
	p := s.timers[t]
	if p == nil {
		p = &Proc{ID: len(s.Procs), T: t}
		on := []Touch{{unsafe.Pointer(&s.clock), true}, {unsafe.Pointer(t), true}}
		if c := t.Chan(); c != nil {
			on = append(on, Touch{unsafe.Pointer(c), true})
		}
		p.Op = &Op{Kind: "timer", On: on, Ready: func() bool { return s.due(t) }}
		s.timers[t] = p
		s.Procs = append(s.Procs, p)
	}
	s.track.Began(s.cur, p)
}

// due tells whether t may fire: timers do so in the order of their times, but
// at any moment of the goroutines' work.
func (s *Steered) due(t *sim.Timer) bool {
	if t.When() == 0 || t.Idle() {
		return false
	}
	for _, p := range s.Procs {
		if p.T != nil && p.T.When() != 0 && !p.T.Idle() && p.T.When() < t.When() {
			return false
		}
	}
	return true
}

// Passed implements [sim.Watcher].
func (s *Steered) Passed(_ *sim.Chan, a, b *sim.G) { s.track.Met(s.of(a), s.of(b)) }

// Slot implements [sim.Watcher].
func (s *Steered) Slot(c *sim.Chan, g *sim.G, slot int) {
	s.sync(s.of(g), Key{unsafe.Pointer(c), 1 + slot}, Acquire|Release)
}

// Closed implements [sim.Watcher].
func (s *Steered) Closed(c *sim.Chan, g *sim.G) {
	s.sync(s.of(g), Key{unsafe.Pointer(c), 0}, Release)
}

// SawClosed implements [sim.Watcher].
func (s *Steered) SawClosed(c *sim.Chan, g *sim.G) {
	s.sync(s.of(g), Key{unsafe.Pointer(c), 0}, Acquire)
}
