package sim

import "runnext/sim/event"

// gcStart starts a cycle if t still asks for one: it makes the workers there
// are not yet, stops the world, and starts it again with marking under way.
// go1.26.8 runtime/mgc.go:733 gcStart
func (s *Sched) gcStart(m *M, t trigger) {
	c := &s.gc
	if !s.triggers(t) {
		return
	}
	m.now += c.unswept * s.cost.Sweep
	c.unswept = 0
	s.acquire(m, &c.starting, func(m *M) {
		if !s.triggers(t) {
			s.release(m, &c.starting)
			return
		}
		s.acquire(m, &c.forcing, func(m *M) {
			s.acquire(m, &c.stopping, func(m *M) { s.gcBegin(m, t) })
		})
	})
}

func (s *Sched) gcBegin(m *M, t trigger) {
	c := &s.gc
	e := s.about(event.GCStarts, event.GCStartRule, m, m.curg)
	c.begun = true
	if t.name == "forced" {
		c.asked++
	}
	e.N, e.Name, e.Site = c.live, t.name, s.site(m.curg)
	s.emit(e)
	m.then(func(m *M) {
		s.stopTheWorld(m, func(m *M) {
			s.startMarking(m, t)
			s.startTheWorld(m, len(s.allp))
			s.release(m, &c.stopping)
			s.release(m, &c.starting)
		})
	})
	s.startWorkers(m)
}

// startWorkers makes a mark worker for each P, one after the other, and waits
// for each to say that it is there.
// go1.26.8 runtime/mgc.go:1672 gcBgMarkStartWorkers
func (s *Sched) startWorkers(m *M) {
	c := &s.gc
	if c.workers >= len(s.allp) {
		return
	}
	c.workers++
	ready := s.MakeChan(1)
	g := s.Go(m, "runtime.gcBgMarkWorker", nil)
	g.system, g.code = event.GCWorkerIdle, s.markWorker
	s.system++
	g.worker = &markWorker{ready: ready}
	m.then(s.startWorkers)
	s.Recv(m, ready, true)
}

// startMarking is what happens while the world stands.
func (s *Sched) startMarking(m *M, t trigger) {
	c := &s.gc
	m.now += s.cost.Phase
	s.wakeScavenger(m)
	c.cycles++
	c.heapWork, c.maxStack, c.stackWork = s.roots()
	if c.stacks = c.stacks[:0]; len(s.allp) > 1 {
		c.stacks = append(c.stacks, s.allg...)
	}
	for _, g := range s.allg {
		g.credit = 0
	}
	for _, p := range s.allp {
		p.fractional = 0
	}
	c.todo = c.heapWork + c.stackWork + globalBytes
	c.phase, c.marking, c.idlers = true, true, 0
	c.dedicated = c.startCycle(m.now, len(s.allp))
	c.maxIdlers = len(s.allp) - c.dedicated
	if t.name == "time" {
		c.maxIdlers = 0
		if c.dedicated == 0 {
			c.maxIdlers = 1
		}
	}
}

// roots says what there is to mark: of the heap what the host says is alive,
// and the stacks, their size and what is used of it.
func (s *Sched) roots() (heap, size, used int64) {
	for _, g := range s.allg {
		size += int64(g.stack.Hi - g.stack.Lo)
		used += int64(g.stack.Hi - g.stack.SP)
	}
	c := &s.gc
	c.found = c.live
	heap = c.scan
	if s.alive != nil {
		c.found, heap = s.alive()
		c.found, heap = min(c.found+bootHeap, c.live), min(heap+bootHeap, c.scan)
	}
	return heap, size, used
}

// markDone ends the mark phase if nothing is left to mark: all Ps are brought
// to a safe point, the world is stopped, whoever waited for help or for the end
// goes on, and sweeping begins.
// go1.26.8 runtime/mgc.go:1015 gcMarkDone
func (s *Sched) markDone(m *M) {
	c := &s.gc
	s.acquire(m, &c.ending, func(m *M) {
		if !c.phase || !s.marked() {
			s.release(m, &c.ending)
			return
		}
		s.acquire(m, &c.stopping, func(m *M) {
			m.then(func(m *M) { s.stopTheWorld(m, s.gcEnd) })
			s.forEachP(m)
		})
	})
}

// marked tells whether there is nothing left to mark and nobody who does.
func (s *Sched) marked() bool { return s.gc.todo == 0 && len(s.gc.stacks) == 0 && s.gc.busy == 0 }

// gcEnd is mark termination, while the world stands.
// go1.26.8 runtime/mgc.go:1344 gcMarkTermination
func (s *Sched) gcEnd(m *M) {
	c := &s.gc
	start := m.now
	c.marking = false
	var list gList
	for i := len(c.assists) - 1; i >= 0; i-- {
		list.push(c.assists[i])
	}
	c.assists = nil
	s.injectglist(m, &list, event.GCEndRule)
	s.release(m, &c.ending)
	c.endCycle(start, len(s.allp))
	m.now += s.cost.Phase
	c.phase = false
	swept := c.live - c.triggered + c.found // new objects count as marked
	c.unswept = s.bootSpans + max(c.live-bootHeap, 0)/spanBytes
	c.resetLive(swept)
	c.commit(false)
	c.done++
	c.lastEnd = m.now
	e := s.about(event.GCEnds, event.GCEndRule, m, m.curg)
	e.N = c.live
	c.begun = false
	s.emit(e)
	if sweeper := s.runtimeG(event.GCSweepWait); sweeper.status == event.Waiting {
		s.ready(m, sweeper, event.ReadyNext, 0)
	}
	s.injectglist(m, &c.waiters, event.GCEndRule)
	c.held = true
	s.startTheWorld(m, len(s.allp))
	m.then(func(m *M) {
		c.held = false
		s.swept()
		s.release(m, &c.stopping)
		s.release(m, &c.forcing)
	})
	s.forEachP(m)
}

// forEachP has every other P pass a safe point, which those that run a G reach
// by stopping it, and lets m's G wait until all have.
// go1.26.8 runtime/proc.go:2111 forEachP
func (s *Sched) forEachP(m *M) {
	f := &s.gc.safe
	f.wait, f.by = 0, m
	for _, p := range s.allp {
		if p != m.p && !p.idle {
			p.safePoint = true
			f.wait++
		}
	}
	s.preemptall(m, event.SafePointRule)
	for _, p := range s.allp {
		if p.safePoint && p.m != nil && p.m.state == mCall {
			s.takeP(m, p, event.SafePointRule)
			s.handoffp(m, p)
		}
	}
	if f.wait > 0 {
		m.state = mStopping
		m.curg.preempt = false
	}
}

// passSafePoint counts a P that has passed; the last one wakes who waits.
// go1.26.8 runtime/proc.go:2232 runSafePointFn
func (s *Sched) passSafePoint(p *P, now int64) {
	f := &s.gc.safe
	p.safePoint = false
	if f.wait--; f.wait == 0 {
		f.by.now = max(f.by.now, now+s.late(s.cost.Wake))
		f.by.state = mRunning
	}
}

// runtimeG finds the runtime's own goroutine that waits for why when it rests.
func (s *Sched) runtimeG(why event.Reason) *G {
	for _, g := range s.own {
		if g.system == why {
			return g
		}
	}
	return nil
}

// bgsweep sweeps ten spans and lets others run if all Ps are busy.
// go1.26.8 runtime/mgcsweep.go:359 sweepone
func (s *Sched) bgsweep(m *M) {
	c := &s.gc
	n := min(c.unswept, 10)
	c.unswept -= n
	m.now += n*s.cost.Sweep + s.cost.System
	if n > 0 {
		s.swept()
	}
	switch {
	case c.unswept == 0 && !c.held:
		s.park(m, event.GCSweepWait, 0)
	case n == 10 || c.held:
		if m.curg.preempt || s.npidle == 0 {
			s.Gosched(m)
		}
	}
}

// wakeScavenger makes the scavenger runnable if it rests; by is nil for sysmon.
// go1.26.8 runtime/mgcscavenge.go:436 wake
func (s *Sched) wakeScavenger(by *M) {
	if g := s.runtimeG(event.GCScavengeWait); g.status == event.Waiting {
		s.gc.wanted = false
		s.inject(by, g, event.ScavengeRule)
	}
}

// forceGC starts a cycle when there was none for two minutes.
// go1.26.8 runtime/proc.go:366 forcegchelper
func (s *Sched) forceGC(m *M) {
	g := m.curg
	if !g.forced {
		s.park(m, event.ForceGCIdle, 0)
		return
	}
	g.forced = false
	s.gcStart(m, trigger{name: "time", now: m.now})
}

// inject makes one waiting G runnable without a P's help.
func (s *Sched) inject(by *M, g *G, r event.Rule) {
	var list gList
	list.push(g)
	s.injectglist(by, &list, r)
}
