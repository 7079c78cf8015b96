package sim

import "runnext/sim/event"

// Ready makes the waiting g runnable: it goes to runnext of the waker's P, and
// the waker keeps running.
// go1.26.8 runtime/proc.go:1120 ready
func (s *Sched) Ready(m *M, g *G) { s.ready(m, g, event.ReadyNext, 0) }

func (s *Sched) ready(m *M, g *G, r event.Rule, on uint64) {
	if g.status != event.Waiting {
		panic("sim: ready of a G that does not wait")
	}
	m.now += s.cost.Ready
	if s.watch != nil {
		s.watch.Readied(m.curg, g)
	}
	s.readied(m, g, r, m.curg, on)
	s.runqput(m, m.p, g, !s.faults.ReadyTail, event.ReadyNext)
	s.wakep(m)
}

func (s *Sched) readied(m *M, g *G, r event.Rule, by *G, on uint64) {
	reason := g.reason
	g.status, g.reason = event.Runnable, event.NoReason
	if s.sink == nil {
		s.count++
		return
	}
	e := s.about(event.Readied, r, m, g)
	e.Reason, e.N = reason, int64(on)
	if by != nil {
		e.By, e.Site = by.ID, s.site(by)
	}
	s.emit(e)
}

// wakep sends one M to look for work when a P is idle and no M looks already.
// go1.26.8 runtime/proc.go:3212 wakep
func (s *Sched) wakep(m *M) {
	if s.faults.NoWake {
		return
	}
	if s.nmspinning != 0 && !s.faults.WakeMany || s.npidle == 0 {
		if s.nmspinning == 0 {
			s.needspinning = true
		}
		return
	}
	s.nmspinning++
	s.startm(m, s.pidleGet(), true, event.WakepRule)
}

// startm gives p to a sleeping M, or to a new one.
// go1.26.8 runtime/proc.go:3035 startm
func (s *Sched) startm(m *M, p *P, spinning bool, r event.Rule) {
	var nm *M
	kind, delay := event.MWoken, s.cost.Wake
	rouse := s.cost.Rouse
	if n := len(s.midle); n > 0 {
		nm = s.midle[n-1]
		s.midle = s.midle[:n-1]
		s.nmidle--
		drawn := uint32(drawnByHand)
		if r == event.WakepRule {
			drawn = drawnByWake
		}
		delay, rouse = s.stir(m, nm, drawn)
	} else {
		nm = s.newM()
		kind, delay = event.MStarted, s.cost.Thread
	}
	nm.now = max(nm.now, s.now(m)+s.late(delay))
	nm.spinning = spinning
	e := event.New(kind, r, s.now(m))
	e.M, e.P = nm.ID, p.ID
	if spinning {
		e.N = 1
	}
	if m != nil && m.curg != nil {
		e.By = m.curg.ID
	}
	s.emit(e)
	s.acquirep(nm, p, r)
	nm.state = mSched
	s.roused(m, rouse)
}

// maxThreads is how many threads a program may have.
// go1.26.8 runtime/proc.go:863 maxmcount
const maxThreads = 10_000

// ThreadExhaustion is the text of the [Fatal] of a program with more.
const ThreadExhaustion = "thread exhaustion"

// roused charges who has woken another thread.
func (s *Sched) roused(m *M, rouse int64) {
	if m != nil {
		m.now += s.late(rouse)
	}
}

// go1.26.8 runtime/proc.go:963 checkmcount
func (s *Sched) newM() *M {
	if len(s.allm)+2 > maxThreads && s.fatal == nil { // sysmon's counts, and the new one
		s.die(ThreadExhaustion, event.NoRule)
	}
	m := &M{ID: s.nextM, state: mIdle, pos: len(s.allm), share: share{cpu: s.emptiest()}}
	s.nextM++
	if s.nextM == 1 {
		s.nextM++ // M1 is sysmon's
	}
	s.allm = append(s.allm, m)
	return m
}

// stopm puts an M without a P to sleep.
// go1.26.8 runtime/proc.go:2992 stopm
func (s *Sched) stopm(m *M) {
	m.state = mIdle
	m.spinning = false
	s.midle = append(s.midle, m)
	s.nmidle++
	s.note(event.MParked, event.StopmRule, m, nil)
	s.checkdead()
}

// go1.26.8 runtime/proc.go:6259 acquirep
func (s *Sched) acquirep(m *M, p *P, r event.Rule) {
	m.p, p.m = p, m
	e := event.New(event.Acquired, r, s.now(m))
	e.M, e.P = m.ID, p.ID
	s.emit(e)
}

// go1.26.8 runtime/proc.go:6324 releasep
func (s *Sched) releasep(m *M) *P {
	p := m.p
	s.note(event.Released, event.StopmRule, m, nil)
	m.p, p.m = nil, nil
	m.grace = seenNext{} // the search is over
	return p
}

// go1.26.8 runtime/proc.go:1073 becomeSpinning
func (s *Sched) becomeSpinning(m *M) {
	if m.spinning {
		return
	}
	m.spinning = true
	s.nmspinning++
	s.needspinning = false
	if len(s.allp) > 1 { // one P finds nothing elsewhere
		s.note(event.Spinning, event.SpinRule, m, nil)
	}
}

// resetspinning ends the search of an M that has found work; if it was the
// last one that looked, another is sent.
// go1.26.8 runtime/proc.go:4021 resetspinning
func (s *Sched) resetspinning(m *M) {
	m.spinning = false
	s.nmspinning--
	s.wakep(m)
}

// go1.26.8 runtime/proc.go:7373 pidleput
func (s *Sched) pidlePut(p *P) {
	p.idle = true
	p.link = s.pidle
	s.pidle = p
	s.npidle++
}

// go1.26.8 runtime/proc.go:7402 pidleget
func (s *Sched) pidleGet() *P {
	p := s.pidle
	if p != nil {
		s.pidle, p.link = p.link, nil
		p.idle = false
		s.npidle--
	}
	return p
}

// handoffp finds an M for a P whose M is stuck in a system call or wired to a
// G that waits.
// go1.26.8 runtime/proc.go:3131 handoffp
func (s *Sched) handoffp(m *M, p *P) {
	switch {
	case s.world.stopping:
		p.oldm = nil
		s.stopped(s.now(m))
	case !p.empty() || !s.runq.empty():
		s.startm(m, p, false, event.HandoffRule)
	case s.gc.marking && s.workToMark():
		s.startm(m, p, false, event.HandoffRule)
	case s.nmspinning+s.npidle == 0:
		s.nmspinning++
		s.needspinning = false
		s.startm(m, p, true, event.HandoffRule)
	case s.npidle == int32(len(s.allp))-1 && s.lastPoll != 0:
		s.startm(m, p, false, event.HandoffRule)
	default:
		if p.safePoint {
			s.passSafePoint(p, s.now(m))
		}
		when := p.timers.wakeTime()
		s.pidlePut(p)
		if when != 0 {
			s.wakeNetPoller(m, when)
		}
	}
}

// injectglist makes a list of waiting Gs runnable: one for each idle P goes to
// the global queue with an M started for it, the others to the local ring.
// go1.26.8 runtime/proc.go:4045 injectglist
func (s *Sched) injectglist(m *M, list *gList, r event.Rule) {
	var q gQueue
	for g := list.pop(); g != nil; g = list.pop() {
		s.readied(m, g, r, nil, 0)
		q.pushBack(g)
	}
	if q.empty() {
		return
	}
	p := (*P)(nil)
	if m != nil {
		p = m.p
	}
	n := s.npidle
	if p == nil {
		n = q.size
	}
	started := int32(0)
	for ; n > 0 && !q.empty(); n-- {
		g := q.pop()
		s.runq.pushBack(g)
		s.moved(m, nil, g, r, event.Nowhere, event.Global)
		started++
	}
	for ; started > 0; started-- {
		idle := s.pidleGet()
		if idle == nil {
			s.needspinning = true
			break
		}
		s.startm(m, idle, false, r)
	}
	if p != nil && !q.empty() {
		s.runqputbatch(m, p, &q, r, event.Nowhere)
		for g := q.pop(); g != nil; g = q.pop() {
			s.runq.pushBack(g)
			s.moved(m, nil, g, r, event.Nowhere, event.Global)
		}
	}
	if p != nil {
		s.wakep(m)
	}
}
