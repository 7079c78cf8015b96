package sim

import "runnext/sim/event"

// Park makes the running G wait until [Sched.Ready]; its M looks for another.
// go1.26.8 runtime/proc.go:445 gopark
func (s *Sched) Park(m *M, why event.Reason) { s.park(m, why, 0) }

// park leaves the G waiting; on is the number of the channel, 0 for none.
// go1.26.8 runtime/proc.go:4253 park_m
func (s *Sched) park(m *M, why event.Reason, on uint64) *G {
	g := m.curg
	g.status, g.reason, g.since = event.Waiting, why, m.now
	if s.sink != nil {
		e := s.about(event.Parked, event.ParkRule, m, g)
		e.Reason, e.Site, e.N = why, s.site(g), int64(on)
		s.emit(e)
	} else {
		s.count++
	}
	return s.dropg(m)
}

// Gosched gives up the P: the G goes to the tail of the global queue.
// go1.26.8 runtime/proc.go:389 Gosched
func (s *Sched) Gosched(m *M) {
	s.goschedImpl(m, event.Yielded, event.GoschedRule)
}

// go1.26.8 runtime/proc.go:4307 goschedImpl
func (s *Sched) goschedImpl(m *M, k event.Kind, r event.Rule) {
	g := m.curg
	g.status = event.Runnable
	if s.sink != nil {
		e := s.about(k, r, m, g)
		e.Site = s.site(g)
		s.emit(e)
	} else {
		s.count++
	}
	s.dropg(m)
	if s.world.stopping && k == event.Preempted {
		// It goes on first once the world has started.
		s.runqput(m, m.p, g, true, event.StopRule)
	} else if s.faults.YieldLocal {
		s.runqput(m, m.p, g, false, event.RingTail)
	} else {
		s.globrunqput(m, g, event.Nowhere)
	}
	s.wakep(m)
}

// preempt takes the P from a G that was asked to yield.
// go1.26.8 runtime/proc.go:4361 gopreempt_m
func (s *Sched) preempt(m *M) {
	m.curg.preempt = false
	r := event.PreemptRule
	if s.world.stopping {
		r = event.StopRule
	}
	s.goschedImpl(m, event.Preempted, r)
}

// Yield puts the running G at the tail of its own P's ring; a semaphore that
// was handed over does so.
// go1.26.8 runtime/proc.go:4451 goyield
func (s *Sched) Yield(m *M) {
	g := m.curg
	g.status = event.Runnable
	if s.sink != nil {
		e := s.about(event.Yielded, event.GoyieldRule, m, g)
		e.Site = s.site(g)
		s.emit(e)
	} else {
		s.count++
	}
	p := m.p
	s.dropg(m)
	s.runqput(m, p, g, false, event.RingTail)
}

// LockOSThread wires the running G to its M; calls nest.
// go1.26.8 runtime/proc.go:5623 LockOSThread
func (s *Sched) LockOSThread(m *M) {
	g := m.curg
	g.lockExt++
	if g.lockedM == nil {
		g.lockedM, m.lockedG = m, g
		s.note(event.Locked, event.LockRule, m, g)
	}
}

// UnlockOSThread undoes one LockOSThread.
// go1.26.8 runtime/proc.go:5676 UnlockOSThread
func (s *Sched) UnlockOSThread(m *M) {
	g := m.curg
	if g.lockExt == 0 {
		return
	}
	if g.lockExt--; g.lockExt == 0 {
		g.lockedM, m.lockedG = nil, nil
		s.note(event.Unlocked, event.LockRule, m, g)
	}
}

// stoplockedm makes the M of a locked G that cannot run hand its P off and
// sleep.
// go1.26.8 runtime/proc.go:3250 stoplockedm
func (s *Sched) stoplockedm(m *M) {
	p := s.releasep(m)
	m.state = mLocked
	m.spinning = false
	s.nmlocked++
	s.note(event.MParked, event.LockRule, m, m.lockedG)
	s.handoffp(m, p)
	s.checkdead()
}

// startlockedm hands m's P to the M that the G is wired to; m sleeps.
// go1.26.8 runtime/proc.go:3278 startlockedm
func (s *Sched) startlockedm(m *M, g *G) {
	lm := g.lockedM
	if lm.state == mSched {
		// It has put its G into a queue and is on its way to sleep: in the
		// runtime its note is set before it looks at it.
		s.stoplockedm(lm)
	}
	s.nmlocked--
	p := s.releasep(m)
	delay, rouse := s.stir(m, lm, drawnByHand)
	lm.now = max(lm.now, m.now+s.late(delay))
	s.note(event.MWoken, event.LockedRun, lm, g)
	s.acquirep(lm, p, event.LockedRun)
	s.roused(m, rouse)
	s.stopm(m)
	s.execute(lm, found{g: g, rule: event.LockedRun, from: event.Direct})
}
