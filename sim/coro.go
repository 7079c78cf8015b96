package sim

import "runnext/sim/event"

// Coro is a coroutine's other side: the G that is blocked on it, and that runs
// when another one switches.
// go1.26.8 runtime/coro.go:27 coro struct
type Coro struct {
	g       *G
	m       *M    // the thread its maker was wired to, nil for none
	lockExt int32 // and how many times
}

// NewCoro makes a G that waits, in no queue, until something switches to it.
// go1.26.8 runtime/coro.go:42 newcoro
func (s *Sched) NewCoro(m *M, entry string, host any) (*Coro, *G) {
	m.now += s.cost.Create
	g := s.newG(m.p, entry)
	g.Host = host
	g.status, g.reason, g.since = event.Waiting, event.Coroutine, m.now
	g.buf.Ctxt = entry
	g.Creator = m.curg.ID
	if s.sink != nil {
		e := s.about(event.Created, event.CoroNew, m, g)
		e.By, e.Name, e.Site, e.Addr = g.Creator, entry, s.site(m.curg), g.stack.Lo
		s.emit(e)
	} else {
		s.count++
	}
	c := &Coro{g: g}
	if m.lockedG != nil {
		c.m, c.lockExt = m, m.lockedG.lockExt
	}
	return c, g
}

// CoroSwitch runs the G that is blocked on c in place of the running one, which
// is then blocked on c itself, or ends with exit. It gives the text of the
// error that ends the program, "" for none.
// go1.26.8 runtime/coro.go:109 coroswitch_m
func (s *Sched) CoroSwitch(m *M, c *Coro, exit bool) string {
	g, next := m.curg, c.g
	locked := g.lockedM != nil
	if (c.m != nil || locked) && (c.m != m || c.lockExt != g.lockExt) {
		return "coro: OS thread locking must match locking at coroutine creation"
	}
	if next == nil {
		return "coroswitch on exited coro"
	}
	ext := g.lockExt
	if locked {
		m.lockedG, g.lockedM, g.lockExt = nil, nil, 0
		s.note(event.Unlocked, event.CoroSwitch, m, g)
	}
	if exit {
		c.g = nil
		s.note(event.Exited, event.GoexitRule, m, g)
		s.dropg(m)
		s.gdestroy(g)
	} else {
		c.g = g
		s.park(m, event.Coroutine, 0)
	}
	next.reason = event.NoReason
	s.execute(m, found{g: next, inherit: true, rule: event.CoroSwitch, from: event.Direct})
	if locked {
		m.lockedG, next.lockedM, next.lockExt = next, m, ext
		s.note(event.Locked, event.CoroSwitch, m, next)
	}
	return ""
}
