package sim

import "runnext/sim/event"

func (s *Sched) newG(p *P, entry string) *G {
	if p.idNext == p.idEnd {
		p.idNext = s.goidgen + 1
		s.goidgen += 16
		p.idEnd = p.idNext + 16
	}
	g := s.gfget()
	g.ID, g.Entry, g.pos = p.idNext, entry, len(s.allg)
	p.idNext++
	s.allg = append(s.allg, g)
	if s.byID != nil {
		s.byID[g.ID] = g
	}
	s.stacks.start(g)
	return g
}

// Go is a go statement of the running G: the new G goes to runnext, and the
// creator keeps running. Called from a timer function it has no creator.
// go1.26.8 runtime/proc.go:5295 newproc
func (s *Sched) Go(m *M, entry string, host any) *G {
	m.now += s.cost.Create
	if s.dead > 0 {
		s.dead--
	} else {
		m.now += s.cost.Malg
	}
	g := s.newG(m.p, entry)
	g.Host = host
	g.status = event.Runnable
	g.buf.Ctxt = entry
	if m.curg != nil {
		g.Creator = m.curg.ID
	}
	if s.sink != nil {
		e := s.about(event.Created, event.NewProc, m, g)
		e.By, e.Name, e.Site, e.Addr = g.Creator, entry, s.site(m.curg), g.stack.Lo
		s.emit(e)
	} else {
		s.count++
	}
	s.runqput(m, m.p, g, true, event.NewProc)
	s.wakep(m)
	return g
}

// schedule finds a G for m, or puts m to sleep.
// go1.26.8 runtime/proc.go:4135 schedule
func (s *Sched) schedule(m *M) {
	if m.lockedG != nil {
		s.stoplockedm(m)
		return
	}
	m.p.preempt = false
	f := s.findRunnable(m)
	if f.g == nil {
		return // asleep, polling, or back in a moment
	}
	s.releaseWorker(m.p)
	if m.spinning {
		s.resetspinning(m)
	}
	if f.wake {
		s.wakep(m)
	}
	if f.g.lockedM != nil && f.g.lockedM != m {
		s.startlockedm(m, f.g)
		return
	}
	s.execute(m, f)
}

// execute runs the G that was found; schedtick counts slices, so it moves only
// when the G does not inherit one.
// go1.26.8 runtime/proc.go:3331 execute
func (s *Sched) execute(m *M, f found) {
	g := f.g
	m.now += s.cost.Switch
	m.curg, g.m = g, m
	m.grace = seenNext{}
	g.status = event.Running
	g.preempt = false
	g.link = nil
	m.state = mRunning
	m.p.startAt = m.now
	if !f.inherit || s.faults.TickAlways {
		m.p.tick++
		m.p.tickAt = m.now
	}
	s.stacks.enter(g)
	if s.sink == nil {
		s.count++
		return
	}
	e := s.about(event.Started, f.rule, m, g)
	e.From, e.N, e.Site = f.from, int64(m.p.tick), s.site(g)
	if f.victim != nil {
		e.P2 = f.victim.ID
	}
	s.emit(e)
}

// dropg parts m from its G.
// go1.26.8 runtime/proc.go:4240 dropg
func (s *Sched) dropg(m *M) *G {
	g := m.curg
	s.stacks.leave(g, s.site(g))
	g.m = nil
	m.curg = nil
	m.state = mSched
	return g
}

// Exit ends the running G. When it is main that returned, use [Sched.Stop].
// go1.26.8 runtime/proc.go:4491 goexit0
func (s *Sched) Exit(m *M) {
	g := m.curg
	s.note(event.Exited, event.GoexitRule, m, g)
	locked := g.lockedM == m
	s.dropg(m)
	s.gdestroy(g)
	if locked {
		m.lockedG, g.lockedM, g.lockExt = nil, nil, 0
		s.exitM(m)
	}
}

// gdestroy takes a dead G off the books.
// go1.26.8 runtime/proc.go:4503 gdestroy
func (s *Sched) gdestroy(g *G) {
	g.status = event.Dead
	g.reason = event.NoReason
	s.dead++
	last := len(s.allg) - 1
	s.allg[g.pos] = s.allg[last]
	s.allg[g.pos].pos = g.pos
	s.allg[last] = nil
	s.allg = s.allg[:last]
	if s.byID != nil {
		delete(s.byID, g.ID)
	}
	s.stacks.release(g.stack)
	g.Host = nil
	s.gfput(g)
}

// gfget gives a dead G that may be used again, or a new one. Which of them it
// is has no influence on anything.
// go1.26.8 runtime/proc.go:5507 gfget
func (s *Sched) gfget() *G {
	n := len(s.gfree) - 1
	if n < 0 {
		return &G{}
	}
	g := s.gfree[n]
	s.gfree = s.gfree[:n]
	t := g.timer
	if t != nil {
		t.id = 0 // it is another's now
	}
	*g = G{timer: t}
	return g
}

// gfput keeps a dead G. A watcher may ask about those that are over.
// go1.26.8 runtime/proc.go:5465 gfput
func (s *Sched) gfput(g *G) {
	// Marking may have it on its list.
	if s.watch == nil && len(s.gc.stacks) == 0 {
		s.gfree = append(s.gfree, g)
	}
}

// exitM ends a thread whose locked G has returned; its P goes to another one.
// go1.26.8 runtime/proc.go:1981 mexit
func (s *Sched) exitM(m *M) {
	p := s.releasep(m)
	if m.ID == 0 {
		// The main thread is never ended: it sleeps for good.
		m.state = mGone
	} else {
		m.state = mGone
		for i, x := range s.allm {
			if x == m {
				s.allm = append(s.allm[:i], s.allm[i+1:]...)
				break
			}
		}
	}
	s.handoffp(m, p)
	s.checkdead()
}

// Stop ends the program: main has returned, or it called os.Exit.
// go1.26.8 runtime/proc.go:323 runExitHooks
func (s *Sched) Stop(m *M, returned bool) {
	if returned {
		s.note(event.Exited, event.MainReturns, m, m.curg)
	}
	s.exited = true
}

// Label marks the log.
func (s *Sched) Label(m *M, text string) {
	if s.sink == nil {
		s.count++
		return
	}
	e := s.about(event.Label, event.MarkRule, m, m.curg)
	e.Name, e.Site = text, s.site(m.curg)
	s.emit(e)
}

// CanSpin tells whether a mutex should spin rather than wait, for the i-th
// time: only with other Ps at work and nothing of its own to run.
// go1.26.8 runtime/proc.go:7938 internal_sync_runtime_canSpin
func (s *Sched) CanSpin(m *M, i int) bool {
	const activeSpin = 4
	return i < activeSpin && len(s.allp) > 1 && int32(len(s.allp)) > s.npidle+s.nmspinning+1 && m.p.empty()
}
