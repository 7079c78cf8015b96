package render

import (
	"fmt"
	"html"
	"strings"

	"runnext/sim/event"
)

// The page is a light card in any theme: every element sets its own text and
// background colour, because a saved notebook that is not trusted keeps inline
// styles only.
const (
	ink    = "#1f2328"
	faint  = "#59636e"
	paper  = "#ffffff"
	shade  = "#f3f5f8"
	edge   = "#d0d7de"
	accent = "#0b57d0"
	glow   = "#fff3c4"

	sans = "font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif"
	mono = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"
)

// hues are tints that are told apart by people who do not see all colours; a
// G keeps its own, so that the eye can follow it.
var hues = [...]string{"#cfe3ff", "#ffe0b8", "#cdeccf", "#f3d1ea", "#fff0a8", "#d3eef2", "#e4d8fb", "#f7d3cd"}

// HTML draws a whole story as one string of HTML. Steps fold; the first open
// ones are as many as a screen takes.
func HTML(st *event.Story) string { return HTMLOf(st, Queues) }

// HTMLOf draws the views that are asked for as one string of HTML.
func HTMLOf(st *event.Story, v View) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<div style="color:%s;background-color:%s;border:1px solid %s;border-radius:8px;padding:14px 16px;%s;font-size:14px;line-height:1.45;max-width:980px">`, ink, paper, edge, sans)
	if st.Title != "" {
		fmt.Fprintf(&b, `<div style="color:%s;background-color:%s;font-size:18px;font-weight:700;margin-bottom:4px">%s</div>`, ink, paper, esc(st.Title))
	}
	if st.Intro != "" {
		fmt.Fprintf(&b, `<div style="color:%s;background-color:%s;margin-bottom:10px">%s</div>`, ink, paper, esc(st.Intro))
	}
	if v&Lanes != 0 {
		b.WriteString(lanesHTML(st))
	}
	if v != Lanes {
		b.WriteString(startHTML(&st.Start, v))
		before := &st.Start
		for i := range st.Steps {
			b.WriteString(stepHTML(i+1, &st.Steps[i], before, i < 12, v))
			before = &st.Steps[i].After
		}
	}
	if len(st.Steps) > 0 && v&Queues != 0 {
		fmt.Fprintf(&b, `<div style="color:%s;background-color:%s;font-size:12px;margin-top:10px"><b>%s</b> changed in this step &nbsp; %s one of the runtime's own goroutines</div>`,
			faint, paper, mark, chipHTML(chip{text: "G5", g: 5, system: true}))
	}
	b.WriteString(`</div>`)
	return b.String()
}

func startHTML(s *event.Snapshot, v View) string {
	return fmt.Sprintf(`<details style="color:%s;background-color:%s;border-top:1px solid %s;padding:6px 0"><summary style="color:%s;background-color:%s"><b>start</b> &nbsp;the state before the first step</summary>%s</details>`,
		ink, paper, edge, faint, paper, gridsHTML(v, nil, s))
}

// StepHTML draws one step as a fold.
func StepHTML(n int, st *event.Step, before *event.Snapshot, open bool) string {
	return stepHTML(n, st, before, open, Queues)
}

func stepHTML(n int, st *event.Step, before *event.Snapshot, open bool, v View) string {
	var b strings.Builder
	attr := ""
	if open {
		attr = " open"
	}
	fmt.Fprintf(&b, `<details%s style="color:%s;background-color:%s;border-top:1px solid %s;padding:6px 0">`, attr, ink, paper, edge)
	fmt.Fprintf(&b, `<summary style="color:%s;background-color:%s"><span style="color:%s;background-color:%s;border-radius:10px;padding:1px 8px;font-weight:700;font-size:12px">%d</span> <b>%s</b> <span style="color:%s;background-color:%s;font-size:12px">%v</span></summary>`,
		ink, paper, paper, accent, n, esc(upper(Caption(st, before))), faint, paper, dur(st.After.Time))
	if st.Note != "" {
		fmt.Fprintf(&b, `<div style="color:%s;background-color:%s;margin:4px 0 0 30px">%s</div>`, ink, paper, esc(st.Note))
	}
	b.WriteString(gridsHTML(v, before, &st.After))
	if text, source := Rule(st); source != "" {
		fmt.Fprintf(&b, `<div style="color:%s;background-color:%s;font-size:12px;margin:2px 0 2px 30px">Rule: %s. <span style="color:%s;background-color:%s;%s">%s</span></div>`,
			faint, paper, esc(text), faint, paper, mono, esc(source))
	}
	b.WriteString(`</details>`)
	return b.String()
}

func gridsHTML(v View, before, after *event.Snapshot) string {
	out := ""
	if v&Queues != 0 {
		out = gridHTML(queues(before, after), below(before, after), true)
	}
	for _, t := range details(v, before, after) {
		out += gridHTML(t, nil, false)
	}
	return out
}

func gridHTML(t table, lines []line, wide bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<table style="color:%s;background-color:%s;border-collapse:collapse;margin:6px 0 4px 30px;font-size:13px;%s">`, ink, paper, sans)
	b.WriteString(`<tr>`)
	for _, h := range t.head {
		fmt.Fprintf(&b, `<th style="color:%s;background-color:%s;border:1px solid %s;padding:3px 10px;text-align:left;font-weight:600;font-size:12px">%s</th>`, faint, shade, edge, esc(h))
	}
	b.WriteString(`</tr>`)
	for _, r := range t.rows {
		b.WriteString(`<tr>`)
		for i, c := range r {
			width := 60
			if wide {
				width = widths[i]
			}
			b.WriteString(cellHTML(c, width))
		}
		b.WriteString(`</tr>`)
	}
	for _, l := range lines {
		fmt.Fprintf(&b, `<tr><th colspan="3" style="color:%s;background-color:%s;border:1px solid %s;padding:3px 10px;text-align:left;font-weight:600;font-size:12px">%s</th>`, faint, shade, edge, esc(l.label))
		b.WriteString(cellSpan(cellOf{chips: l.chips, changed: l.changed}, 3))
		b.WriteString(`</tr>`)
	}
	b.WriteString(`</table>`)
	return b.String()
}

var widths = [...]int{24, 36, 150, 66, 220, 56}

func cellHTML(c cellOf, width int) string {
	return cellWith(c, fmt.Sprintf("min-width:%dpx", width), "")
}

func cellSpan(c cellOf, span int) string {
	return cellWith(c, "min-width:100px", fmt.Sprintf(` colspan="%d"`, span))
}

func cellWith(c cellOf, style, attr string) string {
	back := paper
	if c.changed {
		back = glow
	}
	var parts []string
	label := esc(c.label)
	if c.changed && len(c.chips) == 0 {
		if label == "" {
			label = "–"
		}
		label = `<b>` + mark + label + `</b>`
	} else if label == "" && len(c.chips) == 0 {
		label = "–"
	}
	if label != "" {
		parts = append(parts, label)
	}
	for _, x := range c.chips {
		parts = append(parts, chipHTML(x))
	}
	if c.note != "" {
		parts = append(parts, fmt.Sprintf(`<span style="color:%s;background-color:%s;font-size:12px;%s">%s</span>`, faint, back, mono, esc(c.note)))
	}
	return fmt.Sprintf(`<td%s style="color:%s;background-color:%s;border:1px solid %s;padding:3px 10px;text-align:left;%s">%s</td>`,
		attr, ink, back, edge, style, strings.Join(parts, " "))
}

func chipHTML(c chip) string {
	back, line, weight, text := shade, edge, "400", esc(c.text)
	color := ink
	switch {
	case c.system:
		color = faint
		text = "(" + text + ")"
	case c.g != 0:
		back, line, weight = hue(c.g), "#8c959f", "600"
	}
	border := "1px solid " + line
	if c.isNew {
		border, weight, text = "2px solid "+ink, "700", mark+text
	}
	return fmt.Sprintf(`<span style="color:%s;background-color:%s;border:%s;border-radius:5px;padding:0 6px;margin-right:2px;font-weight:%s;white-space:nowrap;display:inline-block">%s</span>`,
		color, back, border, weight, text)
}

// hue gives main the first tint and every other G one of the rest.
func hue(g int64) string {
	if g <= 1 {
		return hues[0]
	}
	return hues[1+g%int64(len(hues)-1)]
}

func esc(s string) string { return html.EscapeString(s) }

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
