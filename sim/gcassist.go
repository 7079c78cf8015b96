package sim

import "runnext/sim/event"

// assist has m's G, which has allocated more than was marked for it, pay: with
// what workers have marked ahead, or by marking itself, or by waiting until
// others have.
// go1.26.8 runtime/mgcmark.go:499 gcAssistAlloc
func (s *Sched) assist(m *M) {
	c, g := &s.gc, m.curg
	if !c.marking {
		g.credit = 0
		return
	}
	debt := -g.credit
	work := int64(c.perByte * float64(debt))
	if work < gcOverAssist {
		work = gcOverAssist
		debt = int64(c.perWork * float64(work))
	}
	if c.credit > 0 {
		if c.credit >= work {
			c.credit -= work
			g.credit += debt
			return
		}
		work -= c.credit
		g.credit += 1 + int64(c.perWork*float64(c.credit))
		c.credit = 0
	}
	s.help(m, work, 0)
}

// help marks work bytes for m's G, a little at a time; done are marked already.
// A G that is asked to yield stops.
// go1.26.8 runtime/mgcmark.go:1401 gcDrainN
func (s *Sched) help(m *M, work, done int64) {
	c, g := &s.gc, m.curg
	if n := min(work-done, c.todo, markChunk); n > 0 && !g.preempt && c.marking {
		start := m.now
		c.busy++
		g.helping = true
		s.mark(m, n)
		c.assistTime += m.now - start
		m.then(func(m *M) {
			c.busy--
			g.helping = false
			s.help(m, work, done+n)
		})
		return
	}
	g.credit += 1 + int64(c.perWork*float64(done))
	e := s.about(event.Assisted, event.AssistRule, m, g)
	e.N, e.Site = done, s.site(g)
	s.emit(e)
	m.then(s.assisted)
	if c.marking && s.marked() {
		m.then(s.markDone)
	}
}

// assisted parks a G that is still in debt.
func (s *Sched) assisted(m *M) {
	c, g := &s.gc, m.curg
	switch {
	case g.credit >= 0:
	case !c.marking:
		g.credit = 0
	case g.preempt:
		m.then(s.assist)
		s.Gosched(m)
	case c.credit > 0:
		s.assist(m)
	default:
		c.assists = append(c.assists, g)
		s.park(m, event.GCAssistWait, 0)
	}
}

// flushCredit gives what a worker has marked to those that wait for it, the
// first one first; they go to the ring's tail, not to runnext. What is left is
// credit for assists to come.
// go1.26.8 runtime/mgcmark.go:836 gcFlushBgCredit
func (s *Sched) flushCredit(m *M, work int64) {
	c := &s.gc
	if len(c.assists) == 0 {
		c.credit += work
		return
	}
	bytes := int64(float64(work) * c.perWork)
	for len(c.assists) > 0 && bytes > 0 {
		g := c.assists[0]
		c.assists = c.assists[1:]
		if bytes+g.credit < 0 {
			g.credit += bytes
			bytes = 0
			c.assists = append(c.assists, g)
			break
		}
		bytes += g.credit
		g.credit = 0
		if s.faults.LoseAssist {
			continue
		}
		m.now += s.cost.Ready
		s.readied(m, g, event.AssistPaid, m.curg, 0)
		s.runqput(m, m.p, g, false, event.AssistPaid)
		s.wakep(m)
	}
	if bytes > 0 {
		c.credit += int64(float64(bytes) * c.perByte)
	}
}
