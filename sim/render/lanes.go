package render

import (
	"fmt"
	"slices"
	"strings"

	"runnext/sim/event"
)

// span is a stretch of a lane: from one step to another it was in one state.
type span struct {
	g        int64 // who; in the lane of a P who ran there
	from, to int   // steps
	state    event.Status
}

// lane is the life of one G, or what one P ran.
type lane struct {
	g     int64 // 0 for a P
	name  string
	spans []span
}

// arrow says that one G made or woke another. A by of 0 is the scheduler: a
// timer or the netpoller.
type arrow struct {
	step   int // from 0
	by, to int64
	made   bool
}

// chart is a story as lanes. Steps, not nanoseconds, are its measure: what
// matters is the order.
type chart struct {
	ps, gs []lane
	gc     []gcState // after each step; nil when nothing was collected
	arrows []arrow
	steps  int
	times  []int64 // after each step
}

// gcState is what the collector does.
type gcState uint8

const (
	gcOff gcState = iota
	gcMarks
	gcStops // the world stands, for it or for whom else
)

func gcOf(s *event.Snapshot) gcState {
	switch {
	case s.Stopped:
		return gcStops
	case s.GC == "marking":
		return gcMarks
	}
	return gcOff
}

var gcRunes = map[gcState]rune{gcOff: ' ', gcMarks: 'm', gcStops: '■'}

func newChart(st *event.Story) *chart {
	c := &chart{steps: len(st.Steps)}
	index := map[int64]int{}
	for i := range st.Start.Ps {
		c.ps = append(c.ps, lane{name: fmt.Sprintf("P%d", st.Start.Ps[i].ID)})
	}
	for i := range st.Steps {
		s := &st.Steps[i].After
		c.times = append(c.times, s.Time)
		c.gc = append(c.gc, gcOf(s))
		for k := range s.Ps {
			if g := s.Ps[k].Curg; g != 0 && k < len(c.ps) {
				state := event.Running
				if s.Ps[k].Status == "syscall" {
					state = event.InCall
				}
				c.ps[k].add(span{g, i, i + 1, state})
			}
		}
		for k := range s.Gs {
			g := &s.Gs[k]
			if g.System {
				continue
			}
			n, ok := index[g.ID]
			if !ok {
				n = len(c.gs)
				index[g.ID] = n
				c.gs = append(c.gs, lane{g: g.ID, name: entry(g)})
			}
			c.gs[n].add(span{g.ID, i, i + 1, g.Status})
		}
		for k := range st.Steps[i].Events {
			e := &st.Steps[i].Events[k]
			if _, ok := index[e.G]; ok && (e.Kind == event.Created || e.Kind == event.Readied) {
				c.arrows = append(c.arrows, arrow{i, e.By, e.G, e.Kind == event.Created})
			}
		}
	}
	if !slices.ContainsFunc(c.gc, func(s gcState) bool { return s != gcOff }) {
		c.gc = nil
	}
	slices.SortFunc(c.gs, func(a, b lane) int { return int(a.g - b.g) })
	return c
}

// add lengthens the last span, or begins another.
func (l *lane) add(s span) {
	if last := len(l.spans) - 1; last >= 0 && l.spans[last].state == s.state && l.spans[last].g == s.g && l.spans[last].to == s.from {
		l.spans[last].to = s.to
		return
	}
	l.spans = append(l.spans, s)
}

var laneRunes = map[event.Status]rune{event.Running: '█', event.Runnable: '░', event.Waiting: '·', event.InCall: '▒'}

// How much of a chart its text shows.
const (
	textSteps  = 72
	textArrows = 40
)

// lanesText draws a column for each step: a G's state, and in the lane of a P
// the last digit of the G that runs there.
func lanesText(st *event.Story) string {
	c := newChart(st)
	var b strings.Builder
	from := max(0, c.steps-textSteps)
	fmt.Fprintf(&b, "lanes, one column a step from step %d: █ runs  ░ runnable  · waits  ▒ system call\n", from+1)
	draw := func(name string, l *lane, at func(span) rune) {
		row := []rune(strings.Repeat(" ", c.steps))
		for _, s := range l.spans {
			for i := s.from; i < s.to; i++ {
				row[i] = at(s)
			}
		}
		fmt.Fprintf(&b, "  %s%s\n", pad(name, 18), strings.TrimRight(string(row[from:]), " "))
	}
	for i := range c.ps {
		draw(c.ps[i].name+" runs G…", &c.ps[i], func(s span) rune { return rune('0' + s.g%10) })
	}
	if c.gc != nil {
		row := make([]rune, c.steps)
		for i, s := range c.gc {
			row[i] = gcRunes[s]
		}
		fmt.Fprintf(&b, "  %s%s\n", pad("collector", 18), strings.TrimRight(string(row[from:]), " "))
		b.WriteString("    m marking goes on  ■ the world stands\n")
	}
	for i := range c.gs {
		draw(fmt.Sprintf("G%d %s", c.gs[i].g, clip(c.gs[i].name, 12)), &c.gs[i], func(s span) rune { return laneRunes[s.state] })
	}
	var list []string
	for _, a := range c.arrows {
		if a.step < from {
			continue
		}
		verb := "wakes"
		if a.made {
			verb = "makes"
		}
		by := "the scheduler"
		if a.by != 0 {
			by = fmt.Sprintf("G%d", a.by)
		}
		list = append(list, fmt.Sprintf("%d: %s %s G%d", a.step+1, by, verb, a.to))
	}
	if more := len(list) - textArrows; more > 0 {
		list = append(list[:textArrows], fmt.Sprintf("and %d more", more))
	}
	if len(list) > 0 {
		b.WriteString(wrap("who made and woke whom, by step: "+strings.Join(list, "; "), textWidth, "  "))
	}
	return b.String()
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
