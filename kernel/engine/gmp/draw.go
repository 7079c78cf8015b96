package gmp

import (
	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/kernel/simulate"
	"runnext/sim/event"
	"runnext/sim/machine"
	"runnext/sim/render"
)

// eventsFor is how many events are kept to tell so many steps: a step has some
// consequences, and what the runtime's own goroutines do is folded.
func eventsFor(steps int) int { return 50 * (steps + 1) }

// draw gives the tables of a run, as many of them as fit.
func (e *Engine) draw(res *machine.Result, o Options) engine.Bundle {
	rename(res.Log)
	for steps := e.limits.Tables; ; {
		st := event.Tell(res.Log, steps)
		st.Intro = simulate.Intro(&st, res, o.P, o.Seed)
		html := render.HTML(&st)
		if len(html) <= e.limits.Bytes || steps <= 1 {
			return engine.Bundle{Data: map[string]any{"text/plain": render.Text(&st), "text/html": html}}
		}
		steps = min(steps-1, len(st.Steps)*e.limits.Bytes/len(html))
	}
}

// rename gives everything in a log the name a learner knows it by. Sites are
// shared, so each is made anew.
func rename(l *event.Log) {
	sites := map[*event.Site]*event.Site{}
	site := func(s *event.Site) *event.Site {
		if s == nil {
			return nil
		}
		if sites[s] == nil {
			c := *s
			c.Func = cell.Shown(c.Func)
			sites[s] = &c
		}
		return sites[s]
	}
	for i := range l.Start.Gs {
		g := &l.Start.Gs[i]
		g.Entry, g.Site, g.Buf.PC = cell.Shown(g.Entry), site(g.Site), site(g.Buf.PC)
	}
	for i := range l.Events {
		e := &l.Events[i]
		e.Site = site(e.Site)
		if e.Kind == event.Created {
			e.Name = cell.Shown(e.Name)
		}
	}
}
