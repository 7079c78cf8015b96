package sim

import (
	"cmp"
	"slices"

	"runnext/sim/event"
)

// Snapshot copies everything a table shows. It costs time in proportion to the
// number of goroutines.
func (s *Sched) Snapshot() event.Snapshot {
	out := event.Snapshot{Seq: int(s.count), Time: s.clock, Global: s.runq.ids()}
	for _, p := range s.allp {
		out.Ps = append(out.Ps, p.snapshot())
	}
	for _, m := range s.allm {
		x := event.M{ID: m.ID, P: m.P(), State: mStates[m.state], Clock: m.now}
		if m.curg != nil {
			x.Curg = m.curg.ID
		}
		if m.spinning {
			x.State = "spinning"
		}
		if m.lockedG != nil {
			x.Locked = m.lockedG.ID
		}
		out.Ms = append(out.Ms, x)
	}
	for p := s.pidle; p != nil; p = p.link {
		out.IdlePs = append(out.IdlePs, p.ID)
	}
	for i := len(s.midle) - 1; i >= 0; i-- {
		out.IdleMs = append(out.IdleMs, s.midle[i].ID)
	}
	for _, w := range s.poll {
		out.Poller = append(out.Poller, event.PollWait{G: w.g.ID, When: w.when})
	}
	for _, g := range s.allg {
		out.Gs = append(out.Gs, s.gSnapshot(g))
	}
	slices.SortFunc(out.Gs, func(a, b event.G) int { return cmp.Compare(a.ID, b.ID) })
	out.Stopped = s.world.stopping
	switch {
	case s.gc.begun && s.gc.marking:
		out.GC = "marking"
	case s.gc.begun:
		out.GC = "starting"
	}
	if s.fatal != nil {
		out.Fatal = s.fatal.Text
	}
	return out
}

func (p *P) snapshot() event.P {
	x := event.P{ID: p.ID, Status: "running", M: p.m.id(), Ring: p.ringIDs(),
		Tick: p.tick, SysTick: p.sysTick}
	switch {
	case p.idle:
		x.Status = "idle"
	case p.m != nil && p.m.state == mCall:
		x.Status = "syscall"
	}
	if p.m != nil {
		x.Spinning = p.m.spinning
		if p.m.curg != nil {
			x.Curg = p.m.curg.ID
		}
	}
	if p.runnext != nil {
		x.RunNext = p.runnext.ID
	}
	for _, tw := range p.timers.heap {
		t := event.TimerAt{When: tw.t.when, Name: tw.t.name, ID: tw.t.id, Dead: tw.t.zombie}
		if tw.t.g != nil {
			t.G = tw.t.g.ID
		}
		x.Timers = append(x.Timers, t)
	}
	return x
}

func (s *Sched) gSnapshot(g *G) event.G {
	x := event.G{ID: g.ID, Status: g.status, Reason: g.reason, M: g.m.id(), Entry: g.Entry,
		Created: g.Creator, System: g.System(), Locked: g.lockedM != nil,
		Preempt: g.preempt, Stack: g.stack, Buf: g.buf}
	x.Site = s.site(g)
	return x
}
