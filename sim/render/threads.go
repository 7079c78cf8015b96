package render

import (
	"fmt"
	"html"
	"strings"

	"runnext/sim/event"
)

// parallel tells whether a story has several Ps.
func parallel(st *event.Story) bool {
	if n := len(st.Steps); n > 0 && len(st.Steps[n-1].After.Ps) > 1 {
		return true
	}
	return len(st.Start.Ps) > 1
}

// pass is a thing that went from one P, or M, to another in a step.
type pass struct {
	step     int
	from, to int // rows
	text     string
}

// bars are the lanes of the threads: a row for each P, with the G it ran, and
// one for each M, with the P it held. Columns are steps.
type bars struct {
	rows   []string
	cells  [][]barCell
	passes []pass
	steps  int
}

type barCell struct {
	text string // what the row holds, "" for nothing
	g    int64  // for the colour
	kind byte   // r runs, c system call, s looks for work, p netpoller, z sleeps
}

func newBars(st *event.Story) *bars {
	b := &bars{steps: len(st.Steps)}
	last := &st.Start
	if n := len(st.Steps); n > 0 {
		last = &st.Steps[n-1].After
	}
	ps, ms := map[int32]int{}, map[int32]int{}
	for _, s := range []*event.Snapshot{&st.Start, last} {
		for i := range s.Ps {
			b.row(ps, s.Ps[i].ID, "P")
		}
	}
	for _, s := range []*event.Snapshot{&st.Start, last} {
		for i := range s.Ms {
			b.row(ms, s.Ms[i].ID, "M")
		}
	}
	holder := map[int32]int32{} // the M that last had a P
	for i := range st.Start.Ps {
		holder[st.Start.Ps[i].ID] = st.Start.Ps[i].M
	}
	for i := range st.Steps {
		s := &st.Steps[i].After
		for k := range s.Ps {
			if r, ok := ps[s.Ps[k].ID]; ok {
				b.cells[r][i] = pCell(&s.Ps[k])
			}
		}
		for k := range s.Ms {
			if r, ok := ms[s.Ms[k].ID]; ok {
				b.cells[r][i] = mCell(&s.Ms[k])
			}
		}
		b.handed(i, &st.Steps[i], ps, ms, holder)
	}
	return b
}

func (b *bars) row(index map[int32]int, id int32, letter string) {
	if _, ok := index[id]; ok {
		return
	}
	index[id] = len(b.rows)
	b.rows = append(b.rows, fmt.Sprintf("%s%d", letter, id))
	b.cells = append(b.cells, make([]barCell, b.steps))
}

func pCell(p *event.P) barCell {
	c := barCell{g: p.Curg}
	switch {
	case p.Curg != 0 && p.Status == "syscall":
		c.kind = 'c'
	case p.Curg != 0:
		c.kind = 'r'
	case p.Spinning:
		c.kind = 's'
	}
	if p.Curg != 0 {
		c.text = fmt.Sprintf("G%d", p.Curg)
	}
	return c
}

func mCell(m *event.M) barCell {
	c := barCell{g: m.Curg}
	if m.P >= 0 {
		c.text = fmt.Sprintf("P%d", m.P)
	}
	switch m.State {
	case "running":
		c.kind = 'r'
	case "syscall":
		c.kind = 'c'
	case "spinning":
		c.kind = 's'
	case "polling":
		c.kind = 'p'
	case "idle", "locked":
		c.kind = 'z'
	}
	return c
}

// handed collects the steals, and the Ps that go from M to M, of a step.
func (b *bars) handed(step int, st *event.Step, ps, ms map[int32]int, holder map[int32]int32) {
	for i := range st.Events {
		e := &st.Events[i]
		switch {
		case e.Kind == event.Started && (e.Rule == event.StealHalf || e.Rule == event.StealRunNext):
			from, ok := ps[e.P2]
			if to, have := ps[e.P]; ok && have {
				what := "ring"
				if e.Rule == event.StealRunNext {
					what = "runnext"
				}
				b.passes = append(b.passes, pass{step, from, to, fmt.Sprintf("P%d steals G%d from %s of P%d", e.P, e.G, what, e.P2)})
			}
		case e.Kind == event.Acquired:
			before, known := holder[e.P]
			from, ok := ms[before]
			to, have := ms[e.M]
			if known && ok && have && before != e.M {
				b.passes = append(b.passes, pass{step, from, to, fmt.Sprintf("P%d goes from M%d to M%d", e.P, before, e.M)})
			}
			holder[e.P] = e.M
		}
	}
}

var barRunes = map[byte]rune{'r': '█', 'c': '▒', 's': '?', 'p': '~', 'z': '·'}

// threadsText draws the lanes of Ps and Ms and lists what went from one to
// another.
func threadsText(st *event.Story) string {
	const most = 72
	b := newBars(st)
	from := max(0, b.steps-most)
	var out strings.Builder
	fmt.Fprintf(&out, "P and M, one column a step from step %d: █ runs  ▒ system call  ? looks for work  ~ netpoller  · sleeps\n", from+1)
	for r, name := range b.rows {
		line := []rune(strings.Repeat(" ", b.steps))
		for i, c := range b.cells[r] {
			if x, ok := barRunes[c.kind]; ok {
				line[i] = x
			}
		}
		fmt.Fprintf(&out, "  %-5s%s\n", name, strings.TrimRight(string(line[from:]), " "))
	}
	for _, p := range b.passes {
		if p.step >= from {
			fmt.Fprintf(&out, "  step %d: %s\n", p.step+1, p.text)
		}
	}
	return out.String()
}

// ThreadsSVG draws the lanes of Ps and Ms, with an arrow for each steal and for
// each P that changes its M.
func ThreadsSVG(st *event.Story) string {
	const label, height = 60, 22
	b := newBars(st)
	step := max(4, min(30, 900/max(b.steps, 1)))
	w, h := label+step*b.steps+10, height*len(b.rows)+42
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">`, w, h, w, h)
	fmt.Fprintf(&out, `<rect width="%d" height="%d" fill="%s"/>`, w, h, paper)
	out.WriteString(`<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="` + accent + `"/></marker></defs>`)
	for r, name := range b.rows {
		y := 8 + r*height
		fmt.Fprintf(&out, `<text x="6" y="%d" fill="%s" font-size="12">%s</text>`, y+13, ink, html.EscapeString(name))
		for i := 0; i < b.steps; {
			c, j := b.cells[r][i], i+1
			for j < b.steps && b.cells[r][j] == c {
				j++
			}
			barSVG(&out, c, label+i*step, y, (j-i)*step)
			i = j
		}
	}
	for _, p := range b.passes {
		x := label + p.step*step + step/2
		y1, y2 := 8+p.from*height+8, 8+p.to*height+8
		fmt.Fprintf(&out, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s" stroke-width="2" marker-end="url(#head)"><title>%s</title></line>`,
			x-step/3, y1, x, y2, accent, html.EscapeString(fmt.Sprintf("step %d: %s", p.step+1, p.text)))
	}
	y := 8 + len(b.rows)*height
	for i := 0; i < b.steps; i += max(1, 60/step) {
		fmt.Fprintf(&out, `<text x="%d" y="%d" fill="%s" font-size="10">%d</text>`, label+i*step, y+12, faint, i+1)
	}
	fmt.Fprintf(&out, `<text x="%d" y="%d" fill="%s" font-size="10">filled: runs · dashed: system call · thin: looks for work · dotted: netpoller · arrow: a steal, or a P that goes to another M · columns are steps</text>`, label, y+27, faint)
	out.WriteString(`</svg>`)
	return out.String()
}

func barSVG(out *strings.Builder, c barCell, x, y, width int) {
	fill, stroke, dash, tall := hue(c.g), ink, "", 16
	switch c.kind {
	case 'r':
	case 'c':
		fill, dash = shade, ` stroke-dasharray="3 2"`
	case 's':
		fill, stroke, tall = glow, faint, 8
	case 'p':
		fill, stroke, dash, tall = paper, faint, ` stroke-dasharray="1 2"`, 8
	default:
		return
	}
	fmt.Fprintf(out, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s" stroke="%s"%s/>`, x, y+(16-tall)/2, width, tall, fill, stroke, dash)
	if c.text != "" && tall == 16 && width >= 7*len(c.text) {
		fmt.Fprintf(out, `<text x="%d" y="%d" fill="%s">%s</text>`, x+3, y+12, ink, c.text)
	}
}
