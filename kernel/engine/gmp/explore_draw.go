package gmp

import (
	"fmt"
	"html"
	"strings"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/sim/event"
	"runnext/sim/explore"
	"runnext/sim/render"
)

// Styles of a report; each sets both colours, for any theme.
const (
	reportStyle  = "color:#1f2328;background:#ffffff;padding:0.5em 0.8em;border:1px solid #d0d7de;max-width:70em"
	findingStyle = "color:#82071e;background:#ffebe9;padding:0.2em 0.5em;border-left:4px solid #cf222e;font-weight:bold"
	stepsStyle   = "color:#1f2328;background:#f6f8fa;font-family:monospace;margin:0.3em 0;padding:0.3em 0.3em 0.3em 3em;word-break:normal"
)

// drawReport gives the pictures of a report, the tables of each finding's
// schedule as far as there is room, and the report as data and in words. They
// are two displays: JupyterLab shows data where there is some, and not the HTML
// of the same bundle.
func (e *Engine) drawReport(c *cell.Checked, r *explore.Report) (pictures, report engine.Bundle) {
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Text = cell.Shown(f.Text)
		for j := range f.Schedule {
			f.Schedule[j].Func = cell.Shown(f.Schedule[j].Func)
		}
		if f.Log != nil {
			rename(f.Log, c.Number)
		}
	}
	words := r.Text()
	html, text := e.tablesOf(c, r)
	return engine.Bundle{Data: map[string]any{"text/plain": text, "text/html": html}},
		engine.Bundle{Data: map[string]any{"text/plain": words, "application/json": r.JSON()}}
}

// tablesOf is the report with the tables folded in, and the tables alone.
func (e *Engine) tablesOf(c *cell.Checked, r *explore.Report) (asHTML, asText string) {
	var b, plain strings.Builder
	plain.WriteString(r.Summary() + "\n")
	fmt.Fprintf(&b, "<div style=%q><p>%s</p>", reportStyle, html.EscapeString(r.Summary()))
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(&b, "<p style=%q>%s</p><ol style=%q>", findingStyle, html.EscapeString(f.Title()), stepsStyle)
		for _, s := range f.Schedule {
			fmt.Fprintf(&b, "<li>%s</li>", html.EscapeString(s.String()))
		}
		b.WriteString("</ol>")
		if tables, text := e.tables(c, i, f.Log, e.limits.Bytes-b.Len()-plain.Len()); tables != "" {
			plain.WriteString("\n" + f.Title() + "\n" + text)
			fmt.Fprintf(&b, "<details><summary>this schedule, a table for each step</summary>%s</details>", tables)
		}
	}
	fmt.Fprintf(&b, "<pre style=%q>%s</pre></div>", stepsStyle, html.EscapeString(r.Ends()))
	return b.String(), plain.String()
}

// tables draws a schedule's run, none when there is no room for it.
func (e *Engine) tables(c *cell.Checked, n int, l *event.Log, room int) (asHTML, asText string) {
	if l == nil {
		return "", ""
	}
	st := event.Tell(l, e.limits.Tables)
	st.ID = fmt.Sprintf("explore-%d-%d-%06x", c.Number, n, uint64(l.Hash)&0xffffff)
	st.Source = lines(c.Source)
	st.Intro = "A schedule that was chosen: who runs next is not the scheduler's decision here."
	if asHTML, asText = render.HTML(&st), render.Text(&st); len(asHTML)+len(asText) < room {
		return asHTML, asText
	}
	return "", ""
}
