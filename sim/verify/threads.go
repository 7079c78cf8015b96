package verify

import "runnext/sim/event"

const (
	// grace is how long a thief leaves another P's runnext alone at least, in
	// nanoseconds. It asks for a sleep of as much, which may take far longer.
	// go1.26.8 runtime/proc.go:7662 runqgrab
	grace = 3_000
	// callNS is how long a P without work stays in a system call while others
	// are idle, unless the slice it is in is as old already. Of a P's first call
	// sysmon does not know that it is new.
	callNS = 10_000_000
	// idleNS is how long a G may wait in a queue beside an idle P. A G that hands
	// a lock over goes behind the one it woke, and no M is woken for it: it may
	// wait until that one has used its slice up, in nanoseconds.
	idleNS = 100_000_000
)

// holds requires that a G which does something runs on an M with a P.
func (m *model) holds(e *event.Event) {
	switch e.Kind {
	case event.Created, event.Parked, event.Yielded, event.Preempted, event.Syscall, event.Label, event.StackGrown, event.Locked, event.Unlocked:
	default:
		return
	}
	if p := m.p(); p == nil || p.m != e.M {
		m.fail("M%d acts without a P", e.M)
	}
}

// submitted notes that a G has come into a queue: unless an M looks for work
// already, one has to be woken for an idle P.
func (m *model) submitted(e *event.Event) {
	switch e.Rule {
	case event.NewProc, event.ReadyNext, event.GlobalTail:
		m.owed = !m.stopping && len(m.idleP) > 0 && len(m.spinning) == 0
	}
}

// forgotten requires that nobody waits in a queue while a P idles all the time.
func (m *model) forgotten(id int64, g *gModel, now int64) {
	if g.at != inRing && g.at != inGlobal && g.at != inRunNext || now-g.queuedAt < idleNS {
		return
	}
	for p, since := range m.idleP {
		if since <= g.queuedAt {
			m.fail("G%d has waited %s for %d ns, and P%d was idle all the time", id, placeNames[g.at], now-g.queuedAt, p)
			return
		}
	}
}

// rests ends the search of an M.
func (m *model) rests(id int32) {
	delete(m.spinning, id)
	if m.sent == id {
		m.sent = -1
	}
}

// victim is the P that was stolen from.
func (m *model) victim(e *event.Event, p *pModel) *pModel {
	v := m.ps[e.P2]
	if v.m < 0 {
		m.fail("P%d is idle, and G%d is stolen from it", e.P2, e.G)
	}
	if p.runnext != 0 {
		m.fail("P%d steals while G%d sits in its runnext", e.P, p.runnext)
	}
	if len(m.global) > 0 {
		m.fail("P%d steals while G%d waits in the global queue", e.P, m.global[0])
	}
	return v
}

// threads keeps M and P one to one, and wake-ups one at a time.
func (m *model) threads(e *event.Event) {
	p := m.p()
	if m.sent >= 0 && e.M == m.sent && e.Kind != event.Released {
		m.fail("M%d sent another M to look for work and has found none itself", e.M)
		m.sent = -1
	}
	switch e.Kind {
	case event.Acquired:
		if p != nil {
			m.acquired(e, p)
		}
	case event.Released:
		if p.g != 0 && e.Rule == event.StartRule {
			m.carried = p.g // to the P that is left when this one goes
		} else if p.g != 0 && !m.gs[p.g].locked {
			m.fail("P%d is given up while it runs G%d", e.P, p.g)
		}
		m.rests(e.M)
		m.unheld(e, p)
	case event.Retaken:
		if !p.inCall {
			m.fail("P%d is taken from M%d, which is in no system call", e.P, e.M)
		}
		calm := p.runnext == 0 && len(p.ring) == 0 && len(m.idleP)+len(m.spinning) > 0
		if age := e.Time - p.callAt; e.Rule == event.RetakeRule && calm && age < callNS && e.Time-p.sliceAt < callNS && p.calls > 1 {
			m.fail("P%d, which has nothing to run, is taken after %d ns of a system call", e.P, age)
		}
		m.unheld(e, p)
	case event.Spinning:
		m.spinning[e.M] = e.Time
	case event.MParked:
		if m.idleM[e.M] {
			m.fail("M%d sleeps already", e.M)
		}
		m.rests(e.M)
		m.idleM[e.M] = true
	case event.MWoken, event.MStarted:
		if e.Kind == event.MWoken && !m.idleM[e.M] {
			m.fail("M%d does not sleep", e.M)
		}
		delete(m.idleM, e.M)
		if _, ok := m.loose[e.G]; ok && e.Rule == event.LockedRun {
			m.loose[e.G] = e.M
		}
		m.woken(e, p)
	}
}

func (m *model) unheld(e *event.Event, p *pModel) {
	p.m, p.g, p.inCall = -1, 0, false
	m.idleP[e.P] = e.Time
}

func (m *model) acquired(e *event.Event, p *pModel) {
	if p.m >= 0 {
		m.fail("M%d takes P%d, which belongs to M%d", e.M, e.P, p.m)
	}
	for i, q := range m.ps {
		if q.m == e.M {
			m.fail("M%d takes P%d and has P%d", e.M, e.P, i)
		}
	}
	p.m = e.M
	if e.Rule == event.StartRule && m.carried != 0 {
		p.g, m.carried = m.carried, 0
	}
	delete(m.idleP, e.P)
}

// woken allows one wake-up at a time: an M is sent to look for work only when
// no other does. The one that sends may have been the last that looked, if it
// has found something.
func (m *model) woken(e *event.Event, p *pModel) {
	switch e.Rule {
	case event.WakepRule:
		if len(m.spinning) > 1 {
			m.fail("M%d is woken to look for work while %d Ms do", e.M, len(m.spinning))
		}
		for id := range m.spinning {
			m.sent = id
		}
		m.spinning[e.M] = e.Time
	case event.HandoffRule:
		// A P without work is handed on to look for some.
		if e.N == 1 {
			m.spinning[e.M] = e.Time
		}
	}
}

// resized makes it n Ps. Those that go must have nothing left.
func (m *model) resized(n int) {
	if !m.stopping {
		m.fail("the number of Ps changes while the world runs")
	}
	for id := n; id < len(m.ps); id++ {
		p := m.ps[id]
		if p.runnext != 0 || len(p.ring) > 0 || p.m >= 0 {
			m.fail("P%d goes and is not empty", id)
		}
		delete(m.idleP, int32(id))
	}
	all := append(m.ps, m.spare...)
	for id := len(m.ps); id < n; id++ {
		if id == len(all) {
			all = append(all, &pModel{m: -1})
		}
		m.idleP[int32(id)] = m.cur.Time
	}
	m.ps, m.spare = all[:n:n], all[n:]
}
