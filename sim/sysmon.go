package sim

import "runnext/sim/event"

// sysmon is the thread without a P that looks at the others from time to time.
type sysmon struct {
	next   int64 // when it looks again
	delay  int64
	idle   int  // looks in succession that took no P
	asleep bool // all Ps are idle; next is when a timer is due
	cpu    int  // the processor it was on last
}

// bootNS is how long sysmon has looked in vain when main.main starts. From
// runtimeInitTime until then a program that imports fmt takes 250,000 to
// 550,000 while little else runs, a traced one some 2,000,000: the first slice
// of its Gs, which tells, lasts 13.4 ms.
const bootNS = 1_000_000

const (
	sliceNS = 10_000_000 // forcePreemptNS
	relaxNS = 60_000_000_000
)

// sysmonStep is one look. The time between two looks is 20 µs at first, and
// doubles up to 10 ms after 50 looks in vain; taking a P from a system call,
// not asking a G to yield, brings it back to 20 µs.
// go1.26.8 runtime/proc.go:6486 sysmon
func (s *Sched) sysmonStep() {
	sm := &s.sysmon
	now := sm.next
	s.clock = max(s.clock, now)
	s.interrupted(now)
	if sm.asleep {
		sm.asleep = false
	} else if s.npidle == int32(len(s.allp)) {
		if next := s.earliest(0); next == 0 || next > now {
			sm.asleep = true
			sm.next = now + relaxNS
			if next != 0 {
				sm.next = min(sm.next, next)
			}
			return
		}
	}
	if s.pollInited && s.lastPoll > 1 && s.lastPoll+sliceNS < now {
		s.lastPoll = now
		if list := s.netpoll(now); list.head != nil {
			s.injectglist(nil, &list, event.PollReady)
		}
	}
	if s.gc.wanted {
		s.wakeScavenger(nil)
	}
	if !s.world.stopping && s.retake(now) != 0 {
		sm.idle = 0
	} else {
		sm.idle++
	}
	if t := (trigger{name: "time", now: now}); s.triggers(t) {
		if g := s.runtimeG(event.ForceGCIdle); g.status == event.Waiting && !g.forced {
			g.forced = true
			s.inject(nil, g, event.ForceRule)
		}
	}
	switch {
	case sm.idle == 0:
		sm.delay = 20_000
	case sm.idle > 50:
		sm.delay *= 2
	}
	sm.delay = min(sm.delay, sliceNS)
	sm.next = now + sm.delay + s.late(s.cost.Nap)
}

// wakeSysmon ends sysmon's long sleep.
// go1.26.8 runtime/proc.go:4746 entersyscallWakeSysmon
func (s *Sched) wakeSysmon(m *M) {
	sm := &s.sysmon
	sm.asleep = false
	sm.idle = 0
	sm.delay = 20_000
	sm.next = m.now + sm.delay + s.late(s.cost.Nap)
}

// retake asks the G of each P to yield whose schedtick has not moved between
// two looks 10 ms apart, and takes Ps from long system calls. It samples: a
// slice lasts until the first look that finds it 10 ms old.
// go1.26.8 runtime/proc.go:6630 retake
func (s *Sched) retake(now int64) int {
	n := 0
	for _, p := range s.allp {
		if p.idle {
			continue
		}
		if p.tickAt > now || p.m != nil && p.m.state == mCall && p.callAt > now {
			continue
		}
		seen := &p.seen
		over := false
		if seen.sched != p.tick {
			seen.sched, seen.schedWhen = p.tick, now
		} else if seen.schedWhen+sliceNS <= now {
			s.preemptone(p, now)
			over = true
		}
		m := p.m
		if m == nil || m.state != mCall {
			continue
		}
		if s.faults.RetakeAtOnce {
			seen.sys, seen.sysWhen = p.sysTick, now-sliceNS
		}
		if !over && seen.sys != p.sysTick {
			seen.sys, seen.sysWhen = p.sysTick, now
			continue
		}
		if p.empty() && s.nmspinning+s.npidle > 0 && seen.sysWhen+sliceNS > now {
			continue
		}
		s.takeP(nil, p, event.RetakeRule)
		n++
		s.handoffp(nil, p)
	}
	return n
}

// preemptone asks the G on p to yield: at its next call, because stackguard0
// is poisoned, or by a signal, whichever comes first.
// go1.26.8 runtime/proc.go:6866 preemptone
func (s *Sched) preemptone(p *P, now int64) {
	m := p.m
	if m == nil || m.curg == nil || m.state != mRunning || m.curg.preempt || p.startAt > now {
		return
	}
	m.curg.preempt = true
	m.curg.stack.Guard = stackPreempt
	p.preempt = true
	e := event.New(event.Flagged, event.SliceRule, now)
	e.M, e.P, e.G, e.N = m.ID, p.ID, m.curg.ID, now-p.seen.schedWhen
	s.emit(e)
}
