package verify

import "runnext/sim/event"

// gcModel is what the model knows of the garbage collector.
type gcModel struct {
	cycle   bool // between GCStarts and GCEnds
	marking bool // workers and assists may run
	ended   bool // the world has not started since the cycle ended
	mode    map[int64]event.Rule
}

// injected tells whether a G with this rule is made runnable in a list, and may
// go to any queue but runnext.
func injected(r event.Rule) bool {
	switch r {
	case event.PollReady, event.GCEndRule, event.ScavengeRule, event.ForceRule:
		return true
	}
	return false
}

// collects follows the phases of a collection.
func (m *model) collects(e *event.Event) {
	c := &m.gc
	switch e.Kind {
	case event.GCStarts:
		m.want(running)
		if c.cycle {
			m.fail("a collection starts while another one runs")
		}
		c.cycle = true
	case event.GCEnds:
		if !c.cycle || !m.stopping {
			m.fail("a collection ends that has not begun, or while the world runs")
		}
		c.cycle, c.marking, c.ended = false, false, true
		m.nobodyWaits(event.GCAssistWait)
	case event.Assisted:
		m.want(running)
		if !c.marking || e.N < 0 {
			m.fail("G%d marks %d bytes, and no mark phase runs", e.G, e.N)
		}
	}
}

// nobodyWaits requires that nobody is left waiting for what is over.
func (m *model) nobodyWaits(why event.Reason) {
	for id, g := range m.gs {
		if g.at == waiting && g.reason == why {
			m.fail("G%d still waits: %v", id, why)
		}
	}
}

// worldStarts requires that everything stood still.
func (m *model) worldStarts(e *event.Event) {
	for id, p := range m.ps {
		if p.m >= 0 && p.m != e.M {
			m.fail("the world starts, and P%d of M%d had not stopped", id, p.m)
		}
	}
	m.stopping = false
	c := &m.gc
	if c.ended {
		m.nobodyWaits(event.CycleWait)
	}
	c.ended = false
	c.marking = c.cycle
}

// worker requires of a mark worker's start that a mark phase runs, that there
// are not more of its kind than there may be, and of an idle one that its P had
// nothing else to do.
func (m *model) worker(e *event.Event, g *gModel, p *pModel) {
	c := &m.gc
	if g.reason != event.GCWorkerIdle {
		m.fail("G%d is started as a mark worker and waits for %q", e.G, g.reason)
	}
	if !c.marking {
		m.fail("the mark worker G%d starts, and no mark phase runs", e.G)
	}
	c.mode[e.G] = e.Rule
	n := 0
	for _, r := range c.mode {
		if r == e.Rule {
			n++
		}
	}
	whole, rest := shares(len(m.ps))
	switch e.Rule {
	case event.DedicatedRule:
		if n > whole {
			m.fail("%d dedicated workers mark on %d Ps, want at most %d", n, len(m.ps), whole)
		}
	case event.FractionalRule:
		if !rest {
			m.fail("G%d marks for a share of its P's time, and a quarter of %d Ps needs none", e.G, len(m.ps))
		}
	case event.IdleWorkerRule:
		if n > len(m.ps)-whole {
			m.fail("%d idle workers mark on %d Ps, want at most %d", n, len(m.ps), len(m.ps)-whole)
		}
		if p.runnext != 0 || len(p.ring) > 0 || len(m.global) > 0 {
			m.fail("the idle worker G%d starts on P%d, which has other work", e.G, e.P)
		}
	}
}

// workerLeft ends a mark worker's turn. The one that ends the mark phase may
// lose its P like any other G.
func (m *model) workerLeft(e *event.Event) {
	delete(m.gc.mode, e.G)
}

// shares is how many Ps of n a quarter is, and whether each P has to give a
// share of its time besides: when the nearest whole number is off by more than
// three tenths.
func shares(n int) (whole int, rest bool) {
	quarter := float64(n) / 4
	whole = int(quarter + 0.5)
	if off := float64(whole) - quarter; off > 0.3*quarter {
		return whole - 1, true
	} else if off < -0.3*quarter {
		return whole, true
	}
	return whole, false
}
