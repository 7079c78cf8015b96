package render

import (
	"fmt"
	"html"
	"strings"

	"runnext/sim/event"
)

// The page is a light card in any theme. A saved notebook that is not trusted
// keeps inline styles only, so each part says its own colours: a table and the
// card set text and ground, what is inside inherits the text.
const (
	ink    = "#1f2328"
	faint  = "#59636e"
	paper  = "#fff"
	shade  = "#f3f5f8"
	edge   = "#d0d7de"
	accent = "#0b57d0"
	glow   = "#fff3c4"

	sans = "font-family:system-ui,-apple-system,Helvetica,Arial,sans-serif"
	mono = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"

	left = "text-align:left"

	nbsp = "\u00a0"
)

// hues are tints that are told apart by people who do not see all colours; a
// G keeps its own, so that the eye can follow it.
var hues = [...]string{"#cdf", "#fdb", "#cec", "#fce", "#fea", "#cee", "#dcf", "#fcc"}

// HTML draws a whole story as one string of HTML.
func HTML(st *event.Story) string { return HTMLOf(st, Queues) }

// HTMLOf draws the views that are asked for as one string of HTML.
func HTMLOf(st *event.Story, v View) string {
	var b strings.Builder
	openCard(&b)
	if st.Title != "" {
		fmt.Fprintf(&b, `<div style="font-size:18px;font-weight:700;margin-bottom:4px">%s</div>`, esc(st.Title))
	}
	if st.Intro != "" {
		fmt.Fprintf(&b, `<div style="margin-bottom:8px">%s</div>`, esc(st.Intro))
	}
	if v&Lanes != 0 {
		b.WriteString(lanesHTML(st))
		if parallel(st) {
			b.WriteString(image(ThreadsSVG(st), threadsText(st)))
		}
	}
	if deadlocked(st) && v&(Waits|Queues) != 0 {
		b.WriteString(knotHTML(st))
	}
	if v.stepwise() {
		newDrawing(st, v).stage(&b)
	}
	page := quoted(b.String())
	if v.stepwise() {
		page += "<script>" + strings.TrimSpace(stepper) + "</script>"
	}
	return page + "</div>"
}

// quoted writes a page with fewer bytes. A notebook is a file of JSON, where each
// double quote takes two: so attributes are in single quotes. And a cell of a
// table, a row or an item of a list ends where the next begins (HTML, optional
// tags). In text esc writes neither quotes nor angle brackets as themselves.
func quoted(page string) string {
	return strings.NewReplacer(`"`, "'", "</td>", "", "</th>", "", "</tr>", "", "</li>", "").Replace(page)
}

func openCard(b *strings.Builder) {
	fmt.Fprintf(b, `<div style="color:%s;background:%s;border:1px solid %s;border-radius:8px;padding:12px 16px;margin-bottom:6px;%s;font-size:14px;line-height:1.45;max-width:1180px">`,
		ink, paper, edge, sans)
}

// StepHTML draws one step, from 1, or the start as step 0, as a card of its own.
func StepHTML(st *event.Story, n int, v View) string {
	d := newDrawing(st, v)
	var b strings.Builder
	openCard(&b)
	if n < 1 {
		b.WriteString(`<div style="font-weight:600">The state before the first step</div>`)
	} else {
		fmt.Fprintf(&b, `<b>step %d of %d</b> · %v`, n, len(st.Steps), dur(st.Steps[n-1].After.Time))
		d.head(&b, n)
	}
	d.state(&b, max(n, 0))
	b.WriteString(`</div>`)
	return quoted(b.String())
}

// head says what a step did.
func (d *drawing) head(b *strings.Builder, n int) {
	step := &d.st.Steps[n-1]
	before, _ := d.around(n)
	fmt.Fprintf(b, `<b style="font-size:15px">%s</b>`, esc(upper(Caption(step, before))))
	br := "<br>"
	if step.Note != "" {
		fmt.Fprintf(b, `<div style="margin:2px 0">%s</div>`, esc(step.Note))
		br = ""
	}
	if why := because(step); why != "" {
		fmt.Fprintf(b, br+`<small>Rule: %s. <tt>%s</tt></small>`, esc(why), esc(cite(step)))
	}
}

// state draws what is after step n: the tables, and beside them the program.
func (d *drawing) state(b *strings.Builder, n int) {
	before, after := d.around(n)
	if d.v&Queues != 0 {
		b.WriteString(`<div style="overflow-x:auto">`)
		gridHTML(b, queues(before, after), below(before, after))
		b.WriteString(`</div><div style="display:flex;flex-wrap:wrap;gap:18px">`)
		if list := stands(d.st, before, after); len(list) > 0 {
			b.WriteString(`<div>`)
			standsHTML(b, list)
			b.WriteString(`</div>`)
		}
		b.WriteString(`<div>`)
		d.waitsHTML(b, n)
		b.WriteString(`</div></div>`)
	}
	for _, t := range details(d.st, d.v, n, before, after) {
		fmt.Fprintf(b, `<div style="overflow-x:auto">%s</div>`, t.html)
	}
}

const (
	// The ground of a table is seen between its rows, as a line.
	tableStyle = "color:" + ink + ";background:#ccd;border-collapse:separate;border-spacing:0 1px;margin:6px 0"
	codeStyle  = "white-space:pre-wrap;font:12px/1.5 monospace;margin:6px 0"
	trStyle    = "background:" + paper
)

// narrow are the columns with a short word or number in each cell. JupyterLab
// has cells at the right; in these it does not matter, and a style in each
// would be a tenth of a page.
var narrow = map[string]bool{"P": true, "M": true, "G": true, "schedtick": true}

// openTable begins a table with a row of heads.
func openTable(b *strings.Builder, heads ...string) {
	fmt.Fprintf(b, `<table style="%s"><tr style="color:%s;background:%s">`, tableStyle, faint, shade)
	for _, h := range heads {
		fmt.Fprintf(b, `<th%s>%s</th>`, styleOf(aligned(h)), esc(h))
	}
	b.WriteString("</tr>")
}

// aligned is the style of a cell in a column.
func aligned(head string) string {
	if narrow[head] {
		return ""
	}
	return left
}

func styleOf(style string) string {
	if style = strings.TrimPrefix(style, ";"); style == "" {
		return ""
	}
	return ` style="` + style + `"`
}

func gridHTML(b *strings.Builder, t table, lines []line) {
	openTable(b, t.head...)
	for _, r := range t.rows {
		fmt.Fprintf(b, `<tr style="%s">`, trStyle)
		for i, c := range r {
			cellHTML(b, c, aligned(t.head[i]), "")
		}
		b.WriteString(`</tr>`)
	}
	for _, l := range lines {
		fmt.Fprintf(b, `<tr style="%s"><th colspan="2">%s</th>`, trStyle, esc(l.label))
		cellHTML(b, cellOf{chips: l.chips, changed: l.changed}, left, fmt.Sprintf(` colspan="%d"`, len(t.head)-2))
		b.WriteString(`</tr>`)
	}
	b.WriteString(`</table>`)
}

// changedStyle marks a cell that the step changed: by its ground, by a bar at
// its side, and by the mark in its text. A cell with a ground says its text too.
const changedStyle = "color:" + ink + ";background:" + glow + ";border-left:3px solid " + ink

func cellHTML(b *strings.Builder, c cellOf, style, attr string) {
	if c.changed {
		style += ";" + changedStyle
	}
	if len(c.chips) > 6 {
		style += ";line-height:1.8"
	}
	fmt.Fprintf(b, `<td%s%s>`, attr, styleOf(style))
	label := esc(c.label)
	gone := c.changed && !anyNew(c.chips)
	if label == "" && len(c.chips) == 0 {
		label = "–"
	}
	if gone {
		b.WriteString("<b>" + mark + label + "</b> ")
	} else {
		b.WriteString(label)
	}
	chipsHTML(b, c.chips)
	if c.note != "" {
		fmt.Fprintf(b, ` <tt>%s</tt>`, esc(c.note))
	}
	b.WriteString(`</td>`)
}

func anyNew(list []chip) bool {
	for _, c := range list {
		if c.isNew {
			return true
		}
	}
	return false
}

func chipsHTML(b *strings.Builder, list []chip) {
	for i, c := range list {
		if i > 0 {
			b.WriteString(" ")
			if c.g == 0 && list[i-1].g == 0 {
				b.WriteString("· ")
			}
		}
		b.WriteString(chipHTML(c))
	}
}

func chipHTML(c chip) string {
	text := esc(c.text)
	switch {
	case c.system:
		text = "(" + text + ")"
		if c.isNew {
			return "<b>" + mark + text + "</b>"
		}
		return text
	case c.g == 0 && c.isNew:
		return "<b>" + mark + text + "</b>"
	case c.g == 0:
		return text
	}
	border := ""
	if c.isNew {
		border, text = ";border:2px solid "+ink, mark+text
	}
	return fmt.Sprintf(`<b style="background:%s%s">%s</b>`, hue(c.g), border, nbsp+text+nbsp)
}

// waitsHTML draws who waits for what, and who could wake it. A row that stands
// in a step before is only named; the names are marked for the script.
func (d *drawing) waitsHTML(b *strings.Builder, n int) {
	rows, named := d.waits(n)
	if len(rows)+len(named) == 0 {
		return
	}
	openTable(b, "G", "waits for", "where", "what wakes it")
	for _, w := range rows {
		fmt.Fprintf(b, `<tr data-g="%d" style="%s"><td>`, w.g.g, trStyle)
		b.WriteString(chipHTML(w.g))
		b.WriteString(`</td>`)
		cellHTML(b, cellOf{label: w.why, changed: w.changed}, left, "")
		fmt.Fprintf(b, `<td style="%s"><tt>%s</tt></td><td style="%[1]s">%[3]s</td></tr>`, left, esc(w.where), esc(w.waker))
	}
	if len(named) > 0 {
		var ids []string
		for _, w := range named {
			ids = append(ids, fmt.Sprint(w.g.g))
		}
		fmt.Fprintf(b, `<tr data-same="%s" style="%s"><td colspan="4" style="%s">%s as before, <a href="#%s-%d" style="%s">all in step %[6]d</a></td></tr>`, strings.Join(ids, " "), trStyle, left, names(named), d.id(), n-n%fullEvery, linkStyle)
	}
	b.WriteString(`</table>`)
}

// standsHTML draws the lines of the program on which somebody stands.
func standsHTML(b *strings.Builder, list []stand) {
	fmt.Fprintf(b, `<div data-stands="" style="%s">`, codeStyle)
	for i, s := range list {
		if i > 0 {
			b.WriteString("\n")
		}
		if s.line == 0 {
			b.WriteString("     not begun ")
		} else {
			fmt.Fprintf(b, "%4d %s ◂ ", s.line, esc(s.code))
		}
		for i, g := range gathered(s.here) {
			if i > 0 {
				b.WriteString("; ")
			}
			if len(g.chips) > 3 && !anyNew(g.chips) {
				b.WriteString(chipsText(g.chips)) // the queues have them in colour
			} else {
				chipsHTML(b, g.chips)
			}
			b.WriteString(" " + g.doing)
		}
	}
	b.WriteString(`</div>`)
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
