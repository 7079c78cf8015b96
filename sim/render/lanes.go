package render

import (
	"encoding/base64"
	"fmt"
	"html"
	"slices"
	"strings"

	"runnext/sim/event"
)

// span is a stretch of a lane: from one step to another a G was in one state.
type span struct {
	g        int64
	from, to int // steps
	state    event.Status
}

// lane is the life of one G.
type lane struct {
	g     int64
	name  string
	spans []span
}

// lanes cuts a story into the lives of its Gs. Steps, not nanoseconds, are its
// measure: what matters is the order.
func lanes(st *event.Story) []lane {
	var out []lane
	index := map[int64]int{}
	for i := range st.Steps {
		s := &st.Steps[i].After
		for k := range s.Gs {
			g := &s.Gs[k]
			if g.System {
				continue
			}
			n, ok := index[g.ID]
			if !ok {
				n = len(out)
				index[g.ID] = n
				out = append(out, lane{g: g.ID, name: short(g.Entry)})
			}
			l := &out[n]
			if last := len(l.spans) - 1; last >= 0 && l.spans[last].state == g.Status && l.spans[last].to == i {
				l.spans[last].to = i + 1
				continue
			}
			l.spans = append(l.spans, span{g: g.ID, from: i, to: i + 1, state: g.Status})
		}
	}
	slices.SortFunc(out, func(a, b lane) int { return int(a.g - b.g) })
	return out
}

var laneRunes = map[event.Status]rune{event.Running: '█', event.Runnable: '░', event.Waiting: '·', event.InCall: '▒'}

func lanesText(st *event.Story) string {
	var b strings.Builder
	const most = 72
	from := max(0, len(st.Steps)-most)
	fmt.Fprintf(&b, "lanes, one column a step from step %d: █ runs  ░ runnable  · waits  ▒ system call\n", from+1)
	for _, l := range lanes(st) {
		row := []rune(strings.Repeat(" ", len(st.Steps)))
		for _, s := range l.spans {
			for i := s.from; i < s.to; i++ {
				row[i] = laneRunes[s.state]
			}
		}
		fmt.Fprintf(&b, "  %-18s%s\n", fmt.Sprintf("G%d %s", l.g, clip(l.name, 12)), strings.TrimRight(string(row[from:]), " "))
	}
	return b.String()
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// LanesSVG draws the lanes as a picture of its own.
func LanesSVG(st *event.Story) string {
	const label, height = 130, 22
	list := lanes(st)
	step := max(4, min(26, 820/max(len(st.Steps), 1)))
	w, h := label+step*len(st.Steps)+10, height*len(list)+42
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`, w, h, w, h)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="%s"/>`, w, h, paper)
	for n, l := range list {
		y := 8 + n*height
		fmt.Fprintf(&b, `<text x="6" y="%d" fill="%s">%s</text>`, y+13, ink, html.EscapeString(fmt.Sprintf("G%d %s", l.g, clip(l.name, 13))))
		for _, s := range l.spans {
			x, width := label+s.from*step, (s.to-s.from)*step
			switch s.state {
			case event.Running:
				fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="16" fill="%s" stroke="%s"/>`, x, y, width, hue(l.g), ink)
			case event.Runnable:
				fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="8" fill="%s" stroke="#8c959f" stroke-dasharray="3 2"/>`, x, y+4, width, paper)
			case event.InCall:
				fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="16" fill="%s" stroke="%s" stroke-dasharray="2 2"/>`, x, y, width, shade, ink)
			default:
				fmt.Fprintf(&b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#8c959f"/>`, x, y+8, x+width, y+8)
			}
		}
	}
	y := 8 + len(list)*height
	every := max(1, 60/step)
	for i := 0; i < len(st.Steps); i += every {
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="%s" font-size="10">%d</text>`, label+i*step, y+12, faint, i+1)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" fill="%s" font-size="10">filled: runs   dashed: runnable   line: waits   (columns are steps)</text>`, label, y+27, faint)
	b.WriteString(`</svg>`)
	return b.String()
}

func lanesHTML(st *event.Story) string {
	svg := LanesSVG(st)
	return fmt.Sprintf(`<div style="color:%s;background-color:%s;margin:8px 0"><img alt="%s" src="data:image/svg+xml;base64,%s"></div>`,
		ink, paper, html.EscapeString(strings.TrimSpace(lanesText(st))), base64.StdEncoding.EncodeToString([]byte(svg)))
}
