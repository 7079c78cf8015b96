package gmp

import (
	"fmt"
	"strings"

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

// draw gives the tables of a run, as many of them as fit, and the story they
// tell.
func (e *Engine) draw(c *cell.Checked, res *machine.Result, o Options) (engine.Bundle, *event.Story) {
	rename(res.Log, c.Number)
	for steps := e.limits.Tables; ; {
		st := e.story(c, res, o, steps)
		html, text := render.HTMLOf(st, o.View), render.TextOf(st, o.View)
		size := len(html) + len(text)
		if size <= e.limits.Bytes || steps <= 1 {
			return engine.Bundle{Data: map[string]any{"text/plain": text, "text/html": html}}, st
		}
		steps = min(steps-1, len(st.Steps)*e.limits.Bytes/size)
	}
}

// story tells the first steps of a run.
func (e *Engine) story(c *cell.Checked, res *machine.Result, o Options, steps int) *event.Story {
	st := event.Tell(res.Log, steps)
	st.ID = fmt.Sprintf("gmp-%d-%06x", c.Number, uint64(res.Hash)&0xffffff)
	st.Intro = simulate.Intro(&st, res, o.P, o.Seed)
	st.Source = lines(c.Source)
	return &st
}

// lines gives the lines of a cell; those of its directives are blank.
func lines(source string) []string {
	all := strings.Split(strings.TrimRight(source, " \t\r\n"), "\n")
	for i := range all {
		all[i] = strings.TrimRight(all[i], " \t\r")
	}
	return all
}

// rename gives everything in a log the name a learner knows it by; a place in
// the cell itself names no file. Sites are shared, so each is made anew.
func rename(l *event.Log, number int) {
	own := fmt.Sprintf("[cell %d]", number)
	sites := map[*event.Site]*event.Site{}
	site := func(s *event.Site) *event.Site {
		if s == nil {
			return nil
		}
		if sites[s] == nil {
			c := *s
			c.Func = cell.Shown(c.Func)
			if c.File == own {
				c.File = ""
			}
			sites[s] = &c
		}
		return sites[s]
	}
	for i := range l.Start.Gs {
		g := &l.Start.Gs[i]
		g.Entry, g.Site, g.Buf.PC = cell.Shown(g.Entry), site(g.Site), site(g.Buf.PC)
	}
	for _, frames := range l.Frames {
		for i := range frames {
			frames[i] = cell.Shown(frames[i])
		}
	}
	for i := range l.Events {
		e := &l.Events[i]
		e.Site = site(e.Site)
		if e.Kind == event.Created {
			e.Name = cell.Shown(e.Name)
		}
	}
}
