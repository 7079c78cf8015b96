package sim

import "runnext/sim/event"

// world is the state of a world that stops, or has stopped.
type world struct {
	stopping bool // gcwaiting
	wait     int  // Ps that still run, stopwait
	by       *M
}

// stopTheWorld stops all Ps but m's and then calls then, in m's G. Idle Ps and
// those in system calls are taken at once; Gs that run are asked to yield, and
// stay in runnext of their P.
// go1.26.8 runtime/proc.go:1628 stopTheWorldWithSema
func (s *Sched) stopTheWorld(m *M, then func(m *M)) {
	w := &s.world
	w.stopping, w.by, w.wait = true, m, len(s.allp)-1
	g := m.curg
	g.resume, g.preempt = then, false
	e := s.about(event.WorldStops, event.StopRule, m, g)
	e.N = int64(w.wait)
	s.emit(e)
	s.preemptall(m, event.StopRule)
	for _, p := range s.allp {
		if p.m != nil && p.m.state == mCall {
			s.takeP(m, p, event.StopRule)
			p.oldm = nil
			w.wait--
		}
	}
	for p := s.pidleGet(); p != nil; p = s.pidleGet() {
		p.oldm = nil
		w.wait--
	}
	if w.wait > 0 && !s.faults.RunStopped {
		m.state = mStopping
	}
}

// preemptall asks all that run to yield. The signal takes a while.
// go1.26.8 runtime/proc.go:6843 preemptall
func (s *Sched) preemptall(by *M, r event.Rule) {
	for _, p := range s.allp {
		m := p.m
		if m == nil || m == by || m.state != mRunning && m.state != mScanning {
			continue
		}
		if m.state == mRunning {
			m.now = max(m.now, by.now+s.late(s.cost.Signal))
		}
		m.curg.preempt = true
		m.curg.stack.Guard = stackPreempt
		p.preempt = true
		e := event.New(event.Flagged, r, by.now)
		e.M, e.P, e.G = m.ID, p.ID, m.curg.ID
		s.emit(e)
	}
}

// gcstopm gives m's P up for a world that stops, and puts m to sleep.
// go1.26.8 runtime/proc.go:3296 gcstopm
func (s *Sched) gcstopm(m *M) {
	if m.spinning {
		m.spinning = false
		s.nmspinning--
	}
	p := m.p
	s.note(event.Released, event.StopRule, m, nil)
	m.p, p.m = nil, nil
	m.grace = seenNext{}
	p.oldm = m
	s.stopm(m)
	s.stopped(m.now)
}

// stopped counts a P that has stopped; the last one wakes who waits for it.
func (s *Sched) stopped(now int64) {
	w := &s.world
	if w.wait--; w.wait == 0 {
		w.by.now = max(w.by.now, now+s.late(s.cost.Wake))
		w.by.state = mRunning
	}
}

// startTheWorld gives the Ps that have work to Ms, those they had if they can,
// and wakes one more.
// go1.26.8 runtime/proc.go:1760 startTheWorldWithSema
func (s *Sched) startTheWorld(m *M, procs int) {
	if list := s.netpoll(m.now); list.head != nil {
		s.injectglist(m, &list, event.PollReady)
	}
	work := s.procresize(m, procs)
	s.world.stopping = false
	e := s.about(event.WorldStarts, event.StartRule, m, m.curg)
	e.N = int64(len(s.allp))
	s.emit(e)
	if s.sysmon.asleep {
		s.wakeSysmon(m)
	}
	for _, p := range work {
		if old := p.oldm; old != nil && old.state == mIdle {
			s.unidle(old)
		}
		s.startm(m, p, false, event.StartRule)
	}
	s.wakep(m)
}

// unidle brings a sleeping M to the front of the list of idle Ms.
// go1.26.8 runtime/proc.go:7230 mgetSpecific
func (s *Sched) unidle(m *M) {
	for i, x := range s.midle {
		if x == m {
			s.midle = append(append(s.midle[:i], s.midle[i+1:]...), m)
			return
		}
	}
}

// procresize makes it n Ps while the world is stopped and returns those with
// work, without m's. A P that goes leaves its Gs at the head of the global
// queue and its timers to m's P.
// go1.26.8 runtime/proc.go:6030 procresize
func (s *Sched) procresize(m *M, n int) []*P {
	old := len(s.allp)
	for len(s.everyp) < n {
		s.everyp = append(s.everyp, &P{ID: int32(len(s.everyp))})
	}
	s.allp = s.everyp[:max(n, old)]
	if n > old {
		s.resized(m, n)
	}
	if p := m.p; int(p.ID) >= n {
		s.note(event.Released, event.StartRule, m, m.curg)
		p.m = nil
		s.acquirep(m, s.allp[0], event.StartRule)
	}
	for _, p := range s.allp[n:max(n, old)] {
		s.destroy(m, p)
	}
	s.allp = s.everyp[:n]
	if n < old {
		s.resized(m, n)
	}
	s.order.reset(uint32(n))
	var work []*P
	for i := n - 1; i >= 0; i-- {
		switch p := s.allp[i]; {
		case p == m.p:
		case p.empty() && s.gc.marking && s.meantFor(m, p):
			work = append([]*P{p}, work...)
		case p.empty():
			s.pidlePut(p)
		default:
			work = append([]*P{p}, work...)
		}
	}
	return work
}

func (s *Sched) resized(m *M, n int) {
	e := s.about(event.Resized, event.StartRule, m, m.curg)
	e.N = int64(n)
	s.emit(e)
}

// destroy empties a P that goes.
// go1.26.8 runtime/proc.go:5947 destroy
func (s *Sched) destroy(m *M, p *P) {
	for p.head != p.tail {
		p.tail--
		g := p.ring[p.tail%ringSize]
		p.ring[p.tail%ringSize] = nil
		s.runq.push(g)
		s.moved(m, p, g, event.DestroyRule, event.Ring, event.Global)
	}
	if g := p.runnext; g != nil {
		p.runnext = nil
		s.runq.push(g)
		s.moved(m, p, g, event.DestroyRule, event.RunNext, event.Global)
	}
	ts := &p.timers
	for _, tw := range ts.heap {
		t := tw.t
		if t.zombie {
			t.heaped, t.zombie, t.modified, t.ts = false, false, false, nil
			continue
		}
		t.modified = false
		m.p.timers.addHeap(t)
		s.timerNote(event.TimerSet, m, t)
	}
	*ts = timers{}
}

// SetProcs is runtime.GOMAXPROCS(n) with another number than there is: it
// stops the world. The host asks Next afterwards, and gets the G back when the
// world has started again.
// go1.26.8 runtime/debug.go:70 GOMAXPROCS
func (s *Sched) SetProcs(m *M, n int) {
	c := &s.gc
	s.acquire(m, &c.forcing, func(m *M) {
		s.acquire(m, &c.stopping, func(m *M) {
			s.stopTheWorld(m, func(m *M) {
				s.startTheWorld(m, n)
				s.release(m, &c.stopping)
				s.release(m, &c.forcing)
			})
		})
	})
}
