package render

import (
	"encoding/base64"
	"fmt"
	"strings"

	"runnext/sim/event"
)

// LanesSVG draws the lanes as a picture of its own.
func LanesSVG(st *event.Story) string {
	c := newChart(st)
	const label, height, top = 150, 24, 10
	step := max(5, min(30, 980/max(c.steps, 1)))
	y := map[int64]int{}
	rows := 0
	for range c.ps {
		rows++
	}
	if c.gc != nil {
		rows++
	}
	gap := 10
	for i := range c.gs {
		y[c.gs[i].g] = top + gap + (rows+i)*height
	}
	w, h := label+step*c.steps+16, top+gap+height*(rows+len(c.gs))+46
	p := newPicture(w, h)
	for i := range c.ps {
		at := top + i*height
		p.text(6, at+14, ink, 12, c.ps[i].name+" runs")
		p.add(`<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s"/>`, label, at+16, label+step*c.steps, at+16, edge)
		for _, s := range c.ps[i].spans {
			x, width := label+s.from*step, (s.to-s.from)*step
			dash := ""
			if s.state == event.InCall {
				dash = ` stroke-dasharray="2 2"`
			}
			p.add(`<rect x="%d" y="%d" width="%d" height="17" rx="3" fill="%s" stroke="%s"%s/>`, x, at, width, hue(s.g), ink, dash)
			if name := fmt.Sprintf("G%d", s.g); width >= 8*len(name) {
				p.text(x+3, at+13, ink, 11, name)
			}
		}
	}
	if c.gc != nil {
		p.gcLane(c.gc, top+len(c.ps)*height, label, step)
	}
	for i := range c.gs {
		p.gLane(&c.gs[i], y[c.gs[i].g], label, step)
	}
	for _, a := range c.arrows {
		to, ok := y[a.to]
		if !ok {
			continue
		}
		x := label + a.step*step + step/2
		from, known := y[a.by]
		if !known {
			p.add(`<path d="M%d %d l-4 -7 h8 z" fill="%s"/>`, x, to+1, accent) // from outside
			continue
		}
		p.arrow(x, from+9, to+9)
	}
	bottom := top + gap + (rows+len(c.gs))*height
	every := max(1, 60/step)
	for i := 0; i < c.steps; i += every {
		p.text(label+i*step, bottom+12, faint, 10, fmt.Sprint(i+1))
	}
	p.text(6, bottom+12, faint, 10, "step")
	p.text(label, bottom+30, faint, 11, "filled: runs · dashed: runnable · line: waits · dotted: system call · arrow: makes or wakes")
	return p.done()
}

// gcLane draws when there is marking, and when the world stands.
func (p *picture) gcLane(list []gcState, y, label, step int) {
	p.text(6, y+13, ink, 12, "collector")
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j] == list[i] {
			j++
		}
		x, width := label+i*step, (j-i)*step
		switch list[i] {
		case gcMarks:
			p.add(`<rect x="%d" y="%d" width="%d" height="17" fill="%s" stroke="%s"><title>marking goes on</title></rect>`, x, y, width, glow, faint)
			if width >= 36 {
				p.text(x+3, y+13, ink, 11, "marks")
			}
		case gcStops:
			p.add(`<rect x="%d" y="%d" width="%d" height="17" fill="%s"><title>the world stands</title></rect>`, x, y, width, ink)
		}
		i = j
	}
}

func (p *picture) gLane(l *lane, y, label, step int) {
	p.text(6, y+13, ink, 12, fmt.Sprintf("G%d %s", l.g, clip(l.name, 15)))
	for _, s := range l.spans {
		x, width := label+s.from*step, (s.to-s.from)*step
		switch s.state {
		case event.Running:
			p.add(`<rect x="%d" y="%d" width="%d" height="17" rx="3" fill="%s" stroke="%s"/>`, x, y, width, hue(l.g), ink)
		case event.Runnable:
			p.add(`<rect x="%d" y="%d" width="%d" height="9" fill="%s" stroke="#8c959f" stroke-dasharray="3 2"/>`, x, y+4, width, paper)
		case event.InCall:
			p.add(`<rect x="%d" y="%d" width="%d" height="17" fill="%s" stroke="%s" stroke-dasharray="2 2"/>`, x, y, width, shade, ink)
		default:
			p.add(`<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#8c959f"/>`, x, y+8, x+width, y+8)
		}
	}
}

func lanesHTML(st *event.Story) string {
	return image(LanesSVG(st), lanesText(st))
}

// picture is an SVG being drawn.
type picture struct{ b strings.Builder }

func newPicture(w, h int) *picture {
	p := &picture{}
	p.add(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif">`, w, h, w, h)
	p.add(`<rect width="%d" height="%d" fill="%s"/>`, w, h, paper)
	return p
}

func (p *picture) add(format string, args ...any) { fmt.Fprintf(&p.b, format, args...) }

func (p *picture) text(x, y int, color string, size int, s string) {
	p.add(`<text x="%d" y="%d" fill="%s" font-size="%d">%s</text>`, x, y, color, size, esc(s))
}

// mono writes a text whose letters are of one width.
func (p *picture) mono(x, y int, color string, s string) {
	p.add(`<text x="%d" y="%d" fill="%s" font-size="12" font-family="monospace">%s</text>`, x, y, color, esc(s))
}

// arrow goes down or up at x.
func (p *picture) arrow(x, from, to int) {
	head := -6
	if to < from {
		head = 6
	}
	p.add(`<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s" stroke-width="1.5"/>`, x, from, x, to+head, accent)
	p.add(`<path d="M%d %d l-4 %d h8 z" fill="%s"/>`, x, to, head, accent)
}

// across is an arrow to the right or left at y.
func (p *picture) across(from, to, y int) {
	head := -7
	if to < from {
		head = 7
	}
	p.add(`<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s" stroke-width="1.5"/>`, from, y, to+head, y, accent)
	p.add(`<path d="M%d %d l%d -4 v8 z" fill="%s"/>`, to, y, head, accent)
}

func (p *picture) done() string { return p.b.String() + `</svg>` }

// image puts a picture into a page; its text form is what is read where there
// are no pictures.
func image(svg, alt string) string {
	return fmt.Sprintf(`<div style="color:%s;background:%s;margin:6px 0;overflow-x:auto"><img alt="%s" style="color:%[1]s;background:%[2]s;max-width:none" src="data:image/svg+xml;base64,%[4]s"></div>`,
		ink, paper, esc(strings.TrimSpace(alt)), base64.StdEncoding.EncodeToString([]byte(svg)))
}
