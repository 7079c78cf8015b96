package exectrace

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
)

// Sizes of the picture, in its own units.
const (
	laneHeight = 18
	laneLeft   = 150
	laneWidth  = 840
	topMargin  = 52
	mostArrows = 120
)

// The colours of the states; runnable is hatched and waiting is thin, so that
// colour is not the only mark.
var fills = map[State]string{Running: "#2f7d4f", Runnable: "#e0a33a", Waiting: "#b9c6d2", Syscall: "#7a5aa6"}

// lane is one row of the picture: what is drawn over each unit of width.
type lane struct {
	label string
	spans []Span
	arrow int64 // the goroutine whose lane it is, for arrows; 0 for a P
}

// lanes gives a lane for each P and for each of the loudest goroutines.
func (t *Trace) lanes() (out []lane, more int) {
	byProc := make([][]Span, t.Procs)
	for _, g := range t.Goroutines {
		for _, s := range g.Spans {
			if s.State == Running && s.Proc >= 0 && s.Proc < t.Procs {
				if !g.Mine {
					s.State = Waiting // drawn pale: the runtime's, or somebody else's
				}
				byProc[s.Proc] = append(byProc[s.Proc], s)
			}
		}
	}
	for p, spans := range byProc {
		slices.SortFunc(spans, func(a, b Span) int { return int(a.From - b.From) })
		out = append(out, lane{label: fmt.Sprintf("P%d", p), spans: spans})
	}
	shown, more := t.loudest()
	for _, g := range shown {
		out = append(out, lane{label: name(g), spans: g.Spans, arrow: g.ID})
	}
	return out, more
}

// SVG draws the run. Spans narrower than what can be seen are drawn together,
// as the state that takes most of the place, so that the picture's size does
// not grow with the number of events.
func (t *Trace) SVG() (svg, alt string) {
	lanes, more := t.lanes()
	height := topMargin + (len(lanes)+1)*laneHeight + 26
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="11">`,
		laneLeft+laneWidth+12, height, laneLeft+laneWidth+12, height)
	b.WriteString(`<defs><pattern id="r" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#e0a33a"/><path d="M0 5L5 0" stroke="#7a5410"/></pattern></defs>`)
	b.WriteString(`<rect width="100%" height="100%" fill="#ffffff"/>`)
	t.legend(&b)
	row := map[int64]int{}
	for i, l := range lanes {
		y := topMargin + i*laneHeight
		if l.arrow != 0 {
			row[l.arrow] = y
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end" fill="#1c2733">%s</text>`, laneLeft-6, y+12, html.EscapeString(clip(l.label, 24)))
		for _, p := range t.pieces(l.spans) {
			p.draw(&b, y)
		}
	}
	t.arrows(&b, row)
	t.axis(&b, topMargin+len(lanes)*laneHeight)
	b.WriteString(`</svg>`)
	alt = fmt.Sprintf("Lanes of %d P and %d goroutines over %s, observed", t.Procs, len(lanes)-t.Procs, short(t.Len))
	if more > 0 {
		alt += fmt.Sprintf("; %d more goroutines are not drawn", more)
	}
	return b.String(), alt
}

func (t *Trace) x(d time.Duration) float64 {
	return float64(laneLeft) + float64(d)/float64(max(t.Len, 1))*laneWidth
}

// piece is a rectangle of one state.
type piece struct {
	from, to float64
	state    State
}

// pieces cuts the spans into units of width and joins equal neighbours.
func (t *Trace) pieces(spans []Span) []piece {
	var out []piece
	var weight [5]float64 // of the states in the unit that is being filled
	unit := -1
	flush := func() {
		if unit < 0 {
			return
		}
		best := State(0)
		for s := Running; s <= Syscall; s++ {
			if weight[s] > weight[best] {
				best = s
			}
		}
		weight = [5]float64{}
		if best == 0 {
			return
		}
		from := float64(laneLeft + unit)
		if n := len(out); n > 0 && out[n-1].state == best && out[n-1].to == from {
			out[n-1].to = from + 1
			return
		}
		out = append(out, piece{from, from + 1, best})
	}
	for _, s := range spans {
		from, to := t.x(s.From)-laneLeft, t.x(s.To)-laneLeft
		for u := int(from); u <= int(to) && u < laneWidth; u++ {
			if u != unit {
				flush()
				unit = u
			}
			share := min(to, float64(u+1)) - max(from, float64(u))
			if s.State == Running {
				share *= 2 // work is what one looks for
			}
			weight[s.State] += max(share, 1e-9)
		}
	}
	flush()
	return out
}

func (p piece) draw(b *strings.Builder, y int) {
	fill, top, height := fills[p.state], 3, laneHeight-6
	switch p.state {
	case Runnable:
		fill = "url(#r)"
	case Waiting:
		top, height = laneHeight/2-1, 2
	}
	fmt.Fprintf(b, `<rect x="%.0f" y="%d" width="%.0f" height="%d" fill="%s"/>`, p.from, y+top, p.to-p.from, height, fill)
}

// arrows draws who has woken whom, those after the longest waits.
func (t *Trace) arrows(b *strings.Builder, row map[int64]int) {
	type wake struct {
		from, to int
		at       time.Duration
		waited   time.Duration
	}
	var all []wake
	for _, g := range t.Mine() {
		y, ok := row[g.ID]
		if !ok {
			continue
		}
		for i, s := range g.Spans {
			if w, drawn := row[s.Waker]; s.Waker != 0 && drawn && i > 0 {
				all = append(all, wake{w, y, s.From, g.Spans[i-1].Len()})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b wake) int { return int(b.waited - a.waited) })
	for _, w := range all[:min(len(all), mostArrows)] {
		x, from, to := t.x(w.at), w.from+laneHeight/2, w.to+laneHeight/2
		head := 4
		if to < from {
			head = -4
		}
		fmt.Fprintf(b, `<path d="M%.1f %dV%dm-2.5 %dl2.5 %dl2.5 %d" fill="none" stroke="#c0392b"/>`, x, from, to, -head, head, -head)
	}
}

func (t *Trace) legend(b *strings.Builder) {
	fmt.Fprintf(b, `<text x="8" y="16" font-weight="bold" fill="#1c2733">observed: a real run, %s</text>`, short(t.Len))
	x := 8
	for _, s := range []State{Running, Runnable, Waiting, Syscall} {
		piece{float64(x), float64(x + 16), s}.draw(b, 24)
		fmt.Fprintf(b, `<text x="%d" y="36" fill="#1c2733">%s</text>`, x+20, s)
		x += 90
	}
	fmt.Fprintf(b, `<path d="M%d 28v12m-2.5 -4l2.5 4l2.5 -4" fill="none" stroke="#c0392b"/><text x="%d" y="36" fill="#1c2733">woken by</text>`, x+4, x+12)
	fmt.Fprintf(b, `<rect x="%d" y="27" width="16" height="10" fill="#f4d9d5"/><text x="%d" y="36" fill="#1c2733">garbage collection</text>`, x+80, x+100)
}

// axis draws the collector's phases and the time.
func (t *Trace) axis(b *strings.Builder, y int) {
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end" fill="#1c2733">GC</text>`, laneLeft-6, y+12)
	last := -1.0
	for _, r := range t.GC {
		from, to := max(t.x(r.From), last), max(t.x(r.To), t.x(r.From)+1)
		if to <= last {
			continue
		}
		last = to
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="#f4d9d5"/>`, from, y+2, max(to-from, 1), laneHeight-4)
	}
	for i := range 6 {
		at := t.Len * time.Duration(i) / 5
		fmt.Fprintf(b, `<path d="M%.1f %dv4" stroke="#1c2733"/><text x="%.1f" y="%d" text-anchor="%s" fill="#1c2733">%s</text>`,
			t.x(at), y+laneHeight, t.x(at), y+laneHeight+15, []string{"start", "middle", "end"}[min(i, 1)+i/5], short(at))
	}
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
