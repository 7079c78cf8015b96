package sim

import "runnext/sim/event"

// Watcher decides what a steered scheduler would draw lots for, and is told
// who depends on whom. A nil *G is the timer that fires.
type Watcher interface {
	// Choose picks one of n cases of a select that are ready.
	Choose(n int) int
	// Readied says that by has made g runnable.
	Readied(by, g *G)
	// Armed says that a timer was set.
	Armed(t *Timer)
	// Passed says that two Gs met at a channel without a buffer between them.
	Passed(c *Chan, a, b *G)
	// Slot says that g has used a slot of c's buffer.
	Slot(c *Chan, g *G, slot int)
	// Closed says that g has closed c; SawClosed that it has found c closed.
	Closed(c *Chan, g *G)
	SawClosed(c *Chan, g *G)
}

// Take makes g, which can run, the one that runs on m: whatever runs there is
// preempted, and g leaves whatever queue it stands in. It is how a steered
// scheduler, which has one P and is not asked by [Sched.Next], picks.
func (s *Sched) Take(m *M, g *G) {
	if m.curg == g {
		return
	}
	if m.curg != nil {
		s.goschedImpl(m, event.Preempted, event.SteerRule)
	}
	s.execute(m, found{g: g, from: s.unqueue(m.p, g), rule: event.SteerRule})
	if f := g.resume; f != nil {
		g.resume = nil
		f(m)
	}
	if f := g.woken; f != nil {
		g.woken = nil
		f(s, m, g)
	}
}

// First is the M of a steered scheduler, its only one.
func (s *Sched) First() *M { return s.allm[0] }

// unqueue takes g out of the queue it stands in.
func (s *Sched) unqueue(p *P, g *G) event.Where {
	if p.runnext == g {
		p.runnext = nil
		return event.RunNext
	}
	for i := p.head; i != p.tail; i++ {
		if p.ring[i%ringSize] != g {
			continue
		}
		for ; i+1 != p.tail; i++ {
			p.ring[i%ringSize] = p.ring[(i+1)%ringSize]
		}
		p.tail--
		p.ring[p.tail%ringSize] = nil
		return event.Ring
	}
	var rest gQueue
	for x := s.runq.pop(); x != nil; x = s.runq.pop() {
		if x != g {
			rest.pushBack(x)
		}
	}
	s.runq = rest
	return event.Global
}

// When is the virtual time t is set to, 0 when it is not armed.
func (t *Timer) When() int64 { return t.when }

// Chan is the channel t sends on, nil for none.
func (t *Timer) Chan() *Chan { return t.c }

// Idle tells whether firing t would do nothing: what it has sent last was not
// received yet.
func (t *Timer) Idle() bool { return t.c != nil && t.c.count > 0 }

// Sleeper is the G that t wakes, nil for none.
func (t *Timer) Sleeper() *G { return t.g }

// Fire lets t, which is armed, expire on m, between two instructions of the G
// that runs there, and moves the clock to its time. Periodic timers that were
// due before and would do nothing are set on.
func (s *Sched) Fire(m *M, t *Timer) {
	g := m.curg
	m.curg = nil
	m.now = max(m.now, t.when)
	s.fire(m, t, m.now)
	m.curg = g
}

// Skip sets a periodic timer on to its next time after the clock's.
func (s *Sched) Skip(m *M, t *Timer) {
	if t.period > 0 && t.when > 0 && t.when <= m.now {
		t.when += t.period * (1 + (m.now-t.when)/t.period)
	}
}

func (s *Sched) slot(c *Chan, g *G, slot int) {
	if s.watch != nil {
		s.watch.Slot(c, g, slot)
	}
}

func (s *Sched) sawClosed(c *Chan, g *G) {
	if s.watch != nil {
		s.watch.SawClosed(c, g)
	}
}

// Pass moves the clock on by ns nanoseconds.
func (s *Sched) Pass(m *M, ns int64) { m.now += ns }
