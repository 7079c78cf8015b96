package verify

import (
	"math"
	"slices"
	"strings"

	"runnext/sim/event"
)

const ringRoom = 256

func (m *model) created(e *event.Event) {
	if m.gs[e.G] != nil {
		m.fail("G%d exists already", e.G)
	}
	if e.Rule == event.CoroNew {
		m.gs[e.G] = &gModel{at: waiting, p: -1, reason: event.Coroutine}
		return
	}
	m.gs[e.G] = &gModel{at: nowhere, p: -1, must: event.RunNext, system: strings.HasPrefix(e.Name, "runtime.")}
	m.loose[e.G] = e.M
}

func (m *model) readied(e *event.Event) {
	g := m.want(waiting)
	if g.reason != e.Reason {
		m.fail("G%d waited for %q, not for %q", e.G, g.reason, e.Reason)
	}
	m.waiters(e)
	g.at, g.reason, g.must = nowhere, event.NoReason, event.RunNext
	switch {
	case injected(e.Rule):
		g.must = event.Nowhere
	case e.Rule == event.AssistPaid:
		g.must = event.Ring
	}
	m.loose[e.G] = e.M
}

// waiters holds a channel's wake-ups against the order in which its waiters
// came: the oldest first, and on close the youngest first.
func (m *model) waiters(e *event.Event) {
	if e.N == 0 {
		return
	}
	key := waitKey{e.N, e.Reason}
	q := m.queues[key]
	i := slices.Index(q, e.G)
	if i < 0 {
		m.fail("G%d does not wait on channel %d", e.G, e.N)
		return
	}
	switch {
	case e.Rule == event.CloseRule && i != len(q)-1:
		m.fail("close wakes G%d before G%d, which came later", e.G, q[len(q)-1])
	case e.Rule != event.CloseRule && i != 0:
		m.fail("G%d is woken before G%d, which has waited longer on channel %d", e.G, q[0], e.N)
	}
	m.queues[key] = slices.Delete(q, i, i+1)
}

func (m *model) moved(e *event.Event) {
	g := m.gs[e.G]
	if g == nil {
		m.fail("G%d is not known", e.G)
		return
	}
	m.leave(e, g)
	if g.must != event.Nowhere && e.To != g.must && e.Rule != event.Kick && e.Rule != event.Overflow {
		m.fail("G%d has to go to %v, and goes to %v", e.G, g.must, e.To)
	}
	g.must = event.Nowhere
	if e.From == event.Nowhere {
		g.queuedAt = e.Time
	}
	p := m.p()
	switch e.To {
	case event.RunNext:
		if p.runnext != 0 {
			m.leaves(p)
			m.kicked = p.runnext
			m.gs[p.runnext].at = nowhere
		}
		p.runnext, g.at, g.p = e.G, inRunNext, e.P
		p.stays = append(p.stays, stay{e.G, e.Time, math.MaxInt64})
	case event.Ring:
		if len(p.ring) == ringRoom {
			m.fail("the ring of P%d has no room", e.P)
		}
		p.ring = append(p.ring, e.G)
		g.at, g.p = inRing, e.P
	case event.Global:
		if m.global = append(m.global, e.G); e.Rule == event.DestroyRule {
			m.global = append([]int64{e.G}, m.global[:len(m.global)-1]...)
		}
		g.at, g.p = inGlobal, -1
	default:
		m.fail("G%d moves to no queue", e.G)
	}
	m.submitted(e)
}

// leave takes the G out of the queue it comes from.
func (m *model) leave(e *event.Event, g *gModel) {
	p := m.p()
	switch e.From {
	case event.Nowhere:
		if g.at != nowhere {
			m.fail("G%d is %s already", e.G, placeNames[g.at])
			m.forget(e.G)
		}
		if e.Rule == event.Overflow && p != nil {
			p.over++
		}
	case event.RunNext:
		if e.Rule == event.DestroyRule || e.Rule == event.DrainRule {
			if p == nil || p.runnext != e.G {
				m.fail("G%d is not in runnext of P%d", e.G, e.P)
			} else {
				m.leaves(p)
				p.runnext = 0
			}
			return
		}
		if m.kicked != e.G {
			m.fail("G%d was not kicked out of runnext", e.G)
		}
		m.kicked = 0
		if e.Rule == event.Overflow && p != nil {
			p.over++
		}
	case event.Ring:
		if e.P2 >= 0 {
			p = m.ps[e.P2]
		}
		if e.Rule == event.Overflow {
			if p.over == 0 && len(p.ring) != ringRoom {
				m.fail("the ring of P%d holds %d and is not full", e.P, len(p.ring))
			}
			p.over++
		}
		if n := len(p.ring) - 1; e.Rule == event.DestroyRule && n >= 0 && p.ring[n] == e.G {
			p.ring = p.ring[:n]
			return
		}
		m.head(&p.ring, e.G, "the ring")
	case event.Global:
		if q := m.p(); q != nil && q.batch == 0 {
			// The first of the batch is taken to be run; it is still here for
			// the model, which learns of it when it starts.
			q.globLen = len(m.global)
			if len(m.global) > 0 {
				q.first = m.global[0]
				m.global = m.global[1:]
			}
		}
		if q := m.p(); q != nil {
			q.batch++
		}
		m.head(&m.global, e.G, "the global queue")
	}
}

func (m *model) head(q *[]int64, g int64, name string) {
	if len(*q) == 0 || (*q)[0] != g {
		m.fail("G%d is not at the head of %s", g, name)
		*q = slices.DeleteFunc(*q, func(x int64) bool { return x == g })
		return
	}
	*q = (*q)[1:]
}

// forget removes a G from every queue, after a violation.
func (m *model) forget(g int64) {
	is := func(x int64) bool { return x == g }
	for _, p := range m.ps {
		p.ring = slices.DeleteFunc(p.ring, is)
		if p.runnext == g {
			m.leaves(p)
			p.runnext = 0
		}
	}
	m.global = slices.DeleteFunc(m.global, is)
}
