package verify

import (
	"math"
	"slices"

	"runnext/sim/event"
)

// started holds a G's start against the order in which findRunnable looks, and
// schedtick against the rule that an inherited slice does not count.
func (m *model) started(e *event.Event) {
	places := []place{inRunNext, inRing, inGlobal, nowhere}
	switch e.Rule {
	case event.CoroSwitch, event.DedicatedRule, event.FractionalRule, event.IdleWorkerRule:
		places = []place{waiting}
	}
	g, p := m.want(places...), m.p()
	m.forgotten(e.G, g, e.Time)
	if p == nil {
		m.fail("G%d starts without a P", e.G)
		return
	}
	if p.m != e.M {
		m.fail("P%d belongs to M%d, not to M%d", e.P, p.m, e.M)
	}
	if m.stopping {
		m.fail("G%d starts while the world stops", e.G)
	}
	if p.g != 0 {
		m.fail("P%d runs G%d already", e.P, p.g)
	}
	m.source(e, g, p)
	want := p.tick + 1
	if e.From == event.RunNext && e.Rule == event.RunNextFirst || e.Rule == event.CoroSwitch {
		want = p.tick
	}
	if uint32(e.N) != want {
		m.fail("schedtick goes from %d to %d, want %d", p.tick, e.N, want)
	}
	if uint32(e.N) != p.tick {
		p.sliceAt = e.Time
	}
	p.tick, p.g, p.batch, p.first = uint32(e.N), e.G, 0, 0
	m.rests(e.M)
	g.at, g.p, g.flagged, g.must = running, e.P, false, event.Nowhere
}

func (m *model) source(e *event.Event, g *gModel, p *pModel) {
	fair := p.tick%61 == 0 && (len(m.global) > 0 || p.batch > 0)
	if fair && e.Rule != event.Global61 && e.From != event.Direct && e.Rule != event.PollReady {
		m.fail("schedtick %d is a multiple of 61 and the global queue is not empty, but G%d runs by rule %v", p.tick, e.G, e.Rule)
	}
	switch e.Rule {
	case event.RunNextFirst:
		if p.runnext != e.G {
			m.fail("runnext of P%d holds G%d, not G%d", e.P, p.runnext, e.G)
		}
		m.leaves(p)
		p.runnext = 0
	case event.RingHead:
		if p.runnext != 0 {
			m.fail("the ring is used while G%d sits in runnext", p.runnext)
		}
		m.head(&p.ring, e.G, "the ring")
	case event.Global61:
		if p.tick%61 != 0 {
			m.fail("schedtick %d is no multiple of 61", p.tick)
		}
		m.head(&m.global, e.G, "the global queue")
	case event.GlobalBatch:
		m.batch(e, p)
	case event.StealHalf:
		// The thief has put all but the last one it took into its own ring.
		victim := m.victim(e, p)
		if n, all := len(p.ring)+1, len(p.ring)+len(victim.ring); n != all-all/2 {
			m.fail("P%d took %d of %d Gs, want half", e.P, n, all)
		}
		m.head(&victim.ring, e.G, "the victim's ring")
	case event.StealRunNext:
		victim := m.victim(e, p)
		for i, q := range m.ps {
			if q.m >= 0 && len(q.ring) > 0 {
				m.fail("runnext of P%d is taken while P%d has %d Gs in its ring", e.P2, i, len(q.ring))
			}
		}
		if !victim.inCall && !m.leftAlone(victim, e) {
			m.fail("G%d is taken from runnext of P%d and was not left alone for %d ns before", e.G, e.P2, grace)
		}
		if victim.runnext != e.G || len(victim.ring) != 0 {
			m.fail("G%d is not alone in runnext of P%d", e.G, e.P2)
		}
		m.leaves(victim)
		victim.runnext = 0
	case event.PollReady:
		if g.at != nowhere {
			m.fail("G%d is %s", e.G, placeNames[g.at])
		}
	case event.CoroSwitch:
		if g.reason != event.Coroutine {
			m.fail("G%d is switched to and waits for %q", e.G, g.reason)
		}
		g.reason = event.NoReason
	case event.LockedRun:
		if !g.locked {
			m.fail("G%d is wired to no M", e.G)
		}
		m.forget(e.G)
	case event.DedicatedRule, event.FractionalRule, event.IdleWorkerRule:
		m.worker(e, g, p)
		g.reason = event.NoReason
	default:
		m.fail("no rule says why G%d runs", e.G)
	}
}

// batch checks a fetch from the global queue: nothing local was left, and the
// P took its share and no more than half a ring.
func (m *model) batch(e *event.Event, p *pModel) {
	if p.runnext != 0 || len(p.ring) != p.batch {
		m.fail("the global queue is used while P%d has work of its own", e.P)
	}
	size := len(m.global)
	if p.batch > 0 {
		size = p.globLen
		if p.first != e.G {
			m.fail("G%d is not at the head of the global queue", e.G)
		}
	} else {
		m.head(&m.global, e.G, "the global queue")
	}
	if want := min(ringRoom/2, size, size/len(m.ps)+1); p.batch+1 != want {
		m.fail("%d Gs are fetched from the global queue, want %d", p.batch+1, want)
	}
}

// left handles a G that gives up its M.
func (m *model) left(e *event.Event) {
	p := m.p()
	if e.Kind == event.SysExit {
		g := m.want(inCall)
		if g.at = running; e.P < 0 {
			g.at, g.must = nowhere, event.Global
			m.loose[e.G] = e.M
		} else if p != nil {
			p.g, p.inCall = e.G, false
		}
		return
	}
	m.workerLeft(e)
	g := m.want(running)
	if p == nil || p.g != e.G {
		m.fail("G%d does not run on P%d", e.G, e.P)
	} else if e.Kind != event.Syscall {
		p.g = 0
	}
	switch e.Kind {
	case event.Parked:
		g.at, g.reason = waiting, e.Reason
		if e.N != 0 {
			key := waitKey{e.N, e.Reason}
			m.queues[key] = append(m.queues[key], e.G)
		}
		return
	case event.Exited:
		g.at = dead
		if e.Rule == event.GoexitRule && !g.locked {
			delete(m.gs, e.G)
		}
		return
	case event.Syscall:
		g.at = inCall
		if p != nil {
			p.inCall, p.callAt = true, e.Time
			p.calls++
		}
		return
	case event.Preempted:
		if !g.flagged {
			m.fail("G%d is preempted, but nobody asked it to yield", e.G)
		}
	}
	g.at, g.must = nowhere, event.Global
	switch e.Rule {
	case event.GoyieldRule:
		g.must = event.Ring
	case event.StopRule:
		g.must = event.RunNext
	}
	m.loose[e.G] = e.M
}

func (m *model) timer(e *event.Event) {
	if _, set := m.timers[e.Addr]; set && e.Name == "chan" {
		m.chanTimers--
	}
	switch e.Kind {
	case event.TimerSet:
		// A channel's timer is in no heap while nobody blocks on it, so it
		// does not keep a program alive.
		m.timers[e.Addr] = e.N
		if e.Name == "chan" {
			m.chanTimers++
		}
	case event.TimerStop:
		delete(m.timers, e.Addr)
	case event.Timer:
		when, ok := m.timers[e.Addr]
		switch {
		case !ok:
			m.fail("timer %d is not set", e.Addr)
		case e.Time < when:
			m.fail("timer %d fires at %d, before %d", e.Addr, e.Time, when)
		}
		delete(m.timers, e.Addr)
	}
}

// fatal allows the report of a deadlock only when nothing can run.
func (m *model) fatal() {
	for id, g := range m.gs {
		switch g.at {
		case waiting, dead:
		default:
			m.fail("a deadlock is reported while G%d is %s", id, placeNames[g.at])
		}
	}
	if len(m.timers) > m.chanTimers {
		m.fail("a deadlock is reported while %d timers are set", len(m.timers))
	}
}

// stay is from when until when a G was in runnext of a P.
type stay struct{ g, in, out int64 }

// leaves ends the stay of the G in p's runnext. Those that no M which looks for
// work now can have seen are forgotten.
func (m *model) leaves(p *pModel) {
	if n := len(p.stays); n > 0 {
		p.stays[n-1].out = m.cur.Time
	}
	first := int64(math.MaxInt64)
	for _, since := range m.spinning {
		first = min(first, since)
	}
	p.stays = slices.DeleteFunc(p.stays, func(s stay) bool { return s.out < first })
}

// leftAlone tells whether the thief can have seen that G there since it began
// to look for work, a grace ago. The G may have been gone in between: the thief
// looks again at which G it is, and at nothing else.
func (m *model) leftAlone(victim *pModel, e *event.Event) bool {
	for _, s := range victim.stays {
		if s.g == e.G && s.in <= e.Time-grace && s.out >= m.spinning[e.M] {
			return true
		}
	}
	return false
}
