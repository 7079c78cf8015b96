package sim

import "runnext/sim/event"

// Syscall sends the running G into a system call that takes d nanoseconds. Its
// P stays with the M until sysmon takes it away.
// go1.26.8 runtime/proc.go:4627 reentersyscall
func (s *Sched) Syscall(m *M, d int64) {
	g := m.curg
	g.status = event.InCall
	g.since = m.now
	if s.sink != nil {
		e := s.about(event.Syscall, event.EnterCall, m, g)
		e.N, e.Site = m.now+d, s.site(g)
		s.emit(e)
	} else {
		s.count++
	}
	s.stacks.leave(g, s.site(g))
	if m.p.safePoint {
		s.passSafePoint(m.p, m.now)
	}
	m.oldp, m.p.callAt = m.p, m.now
	m.sysTick = m.p.sysTick
	m.state = mCall
	m.until = m.now + max(d, 0)
	if s.sysmon.asleep {
		s.wakeSysmon(m)
	}
}

// ShortCall accounts for a system call that is over before anybody could look,
// such as writing a line.
// go1.26.8 runtime/proc.go:4737 entersyscall
func (s *Sched) ShortCall(m *M) {
	m.p.sysTick++
	m.now += s.cost.Call
	if s.sysmon.asleep {
		s.wakeSysmon(m)
	}
}

// exitsyscall brings the G back: with its old P, with an idle one, or, with
// none, to the global queue.
// go1.26.8 runtime/proc.go:4883 exitsyscall
func (s *Sched) exitsyscall(m *M) {
	g := m.curg
	m.now = max(m.now, m.until)
	old := m.oldp
	m.oldp = nil
	if m.p != nil {
		g.status = event.Running
		m.state = mRunning
		m.p.sysTick++
		s.stacks.enter(g)
		s.note(event.SysExit, event.ExitCall, m, g)
		return
	}
	if p := s.exitsyscallTryGetP(m, old); p != nil {
		s.acquirep(m, p, event.ExitCallIdleP)
		g.status = event.Running
		m.state = mRunning
		p.sysTick++
		s.stacks.enter(g)
		s.note(event.SysExit, event.ExitCallIdleP, m, g)
		return
	}
	s.exitsyscallNoP(m)
}

// go1.26.8 runtime/proc.go:5033 exitsyscallTryGetP
func (s *Sched) exitsyscallTryGetP(m *M, old *P) *P {
	if vm := old.m; vm != nil && vm.state == mCall {
		s.takeP(m, old, event.ExitCallIdleP)
		return old
	}
	p := s.pidleGet()
	if p != nil && s.sysmon.asleep {
		s.wakeSysmon(m)
	}
	return p
}

// go1.26.8 runtime/proc.go:5067 exitsyscallNoP
func (s *Sched) exitsyscallNoP(m *M) {
	g := m.curg
	g.status = event.Runnable
	s.note(event.SysExit, event.ExitCallNoP, m, g)
	g.m, m.curg = nil, nil
	s.runq.pushBack(g)
	s.moved(m, nil, g, event.ExitCallNoP, event.Nowhere, event.Global)
	if m.lockedG == g {
		m.state = mLocked
		s.nmlocked++
		s.note(event.MParked, event.LockRule, m, g)
		return
	}
	s.stopm(m)
}

// takeP takes a P from the M that sits in a system call with it.
// go1.26.8 runtime/proc.go:6810 takeP
func (s *Sched) takeP(by *M, p *P, r event.Rule) {
	e := event.New(event.Retaken, r, s.now(by))
	e.M, e.P = p.m.ID, p.ID
	if g := p.m.curg; g != nil {
		e.G = g.ID
	}
	s.emit(e)
	p.m.p, p.m = nil, nil
	p.sysTick++
}
