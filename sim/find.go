package sim

import "runnext/sim/event"

// found is a G to run and where it came from.
type found struct {
	g       *G
	inherit bool
	rule    event.Rule
	from    event.Where
	victim  *P
	wake    bool // no ordinary G: another M is sent to look for those
}

// findRunnable looks for a G in the runtime's order. With none it leaves m
// asleep or in the netpoller, without its P, or lets it come back after a
// short while; f.g is nil then.
// go1.26.8 runtime/proc.go:3389 findRunnable
func (s *Sched) findRunnable(m *M) (f found) {
top:
	if s.world.stopping || !s.gc.marking {
		s.releaseWorker(m.p)
	}
	if s.world.stopping {
		s.gcstopm(m)
		return found{}
	}
	p := m.p
	if p.safePoint {
		s.passSafePoint(p, m.now)
	}
	now, pollUntil, _ := s.checkTimers(m, p, 0)

	if s.gc.marking {
		if f := s.findWorker(m, p); f.g != nil {
			return f
		}
	}

	if p.tick%61 == 0 && !s.runq.empty() && !s.faults.No61 {
		return found{g: s.runq.pop(), rule: event.Global61, from: event.Global}
	}
	if f := s.local(p); f.g != nil {
		return f
	}
	if g := s.globrunqgetbatch(m, p, ringSize/2); g != nil {
		return found{g: g, rule: event.GlobalBatch, from: event.Global}
	}
	if s.pollInited && len(s.poll) > 0 && s.lastPoll != 0 {
		if list := s.netpoll(m.now); list.head != nil {
			g := list.pop()
			s.injectglist(m, &list, event.PollReady)
			return s.polled(m, g)
		}
	}

	if m.spinning || 2*s.nmspinning < int32(len(s.allp))-s.npidle {
		s.becomeSpinning(m)
		if len(s.allp) > 1 {
			spin := s.cost.Spin
			if s.cpus != nil { // where others take part of the processor
				spin = s.late(spin)
			}
			m.now += spin + s.cost.Visit*int64(len(s.allp))
		}
		f, tnow, w, newWork := s.stealWork(m, now)
		if f.g != nil {
			return f
		}
		if newWork {
			goto top
		}
		if m.grace.g != 0 {
			m.share.nap = m.now
			m.now += s.late(s.cost.Grace)
			return found{} // still spinning, with its P
		}
		now = tnow
		if w != 0 && (pollUntil == 0 || w < pollUntil) {
			pollUntil = w
		}
	}

	if f := s.idleWorker(); f.g != nil {
		return f
	}
	if g := s.globrunqgetbatch(m, p, ringSize/2); g != nil {
		return found{g: g, rule: event.GlobalBatch, from: event.Global}
	}
	if !m.spinning && s.needspinning {
		s.becomeSpinning(m)
		goto top
	}
	s.releasep(m)
	s.pidlePut(p)

	wasSpinning := m.spinning
	if m.spinning {
		m.spinning = false
		s.nmspinning--
		// No other M acts between the search above and here, so the runtime's
		// second look at all queues would find nothing new; its look at the
		// timers of all Ps is what remains.
		pollUntil = s.earliest(pollUntil)
	}
	s.idle(m, now, pollUntil, wasSpinning)
	return found{}
}

func (s *Sched) local(p *P) found {
	g, next := s.runqget(p)
	switch {
	case g == nil:
		return found{}
	case next:
		return found{g: g, inherit: !s.faults.NoInherit, rule: event.RunNextFirst, from: event.RunNext}
	}
	return found{g: g, rule: event.RingHead, from: event.Ring}
}

// polled makes a G that the netpoller returned runnable and runs it at once.
func (s *Sched) polled(m *M, g *G) found {
	s.readied(m, g, event.PollReady, nil, 0)
	return found{g: g, rule: event.PollReady, from: event.Poller}
}

// idle is the end of findRunnable: m has no P any more and waits in the
// netpoller when somebody must, else it sleeps.
// go1.26.8 runtime/proc.go:3732 netpollinited
func (s *Sched) idle(m *M, now, pollUntil int64, wasSpinning bool) {
	if s.pollInited && (len(s.poll) > 0 || pollUntil != 0) && s.lastPoll != 0 {
		s.lastPoll = 0
		s.pollUntil = pollUntil
		s.blockInPoll(m, pollUntil, wasSpinning)
		return
	}
	if pollUntil != 0 && s.pollInited && (s.pollUntil == 0 || s.pollUntil > pollUntil) {
		s.netpollBreak(m)
	}
	s.stopm(m)
}

// stealWork visits the other Ps four times in a drawn order; in the last round
// their expired timers and their runnext may be taken too.
// go1.26.8 runtime/proc.go:3828 stealWork
func (s *Sched) stealWork(m *M, now int64) (f found, rnow, pollUntil int64, newWork bool) {
	p := m.p
	if len(s.allp) == 1 {
		return found{}, now, 0, false
	}
	m.graceSeen, m.grace = m.grace, seenNext{}
	const tries = 4
	for i := range tries {
		last := i == tries-1 || s.faults.NextEarly
		s.order.visit(s.rand.uint32(), func(pos uint32) bool {
			p2 := s.allp[pos]
			if p2 == p {
				return true
			}
			if last && len(p2.timers.heap) > 0 {
				tnow, w, ran := s.checkTimers(m, p2, now)
				now = tnow
				if w != 0 && (pollUntil == 0 || w < pollUntil) {
					pollUntil = w
				}
				if ran {
					if f = s.local(p); f.g != nil {
						return false
					}
					newWork = true
				}
			}
			if !p2.idle {
				ring := p2.head != p2.tail
				if g := s.runqsteal(m, p, p2, last); g != nil {
					f = found{g: g, rule: event.StealHalf, from: event.Ring, victim: p2}
					if !ring {
						f.rule, f.from = event.StealRunNext, event.RunNext
					}
					return false
				}
			}
			return true
		})
		if f.g != nil {
			return f, now, pollUntil, newWork
		}
	}
	return found{}, now, pollUntil, newWork
}
