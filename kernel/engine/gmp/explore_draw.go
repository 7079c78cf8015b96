package gmp

import (
	"encoding/json"
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
	stepsStyle   = "color:#1f2328;background:#f6f8fa;font-family:monospace;margin:0.3em 0;padding:0.3em 0.3em 0.3em 3em"
)

// drawReport gives a report in words, as data, and with the tables of each
// finding's schedule as far as there is room.
func (e *Engine) drawReport(c *cell.Checked, r *explore.Report) engine.Bundle {
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
	data := map[string]any{"text/plain": r.Text(), "text/html": e.htmlReport(c, r)}
	if b, err := json.Marshal(r.JSON()); err == nil {
		data["application/json"] = json.RawMessage(b)
	}
	return engine.Bundle{Data: data}
}

// htmlReport is the report with the tables folded in.
func (e *Engine) htmlReport(c *cell.Checked, r *explore.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<div style=%q><p>%s</p>", reportStyle, html.EscapeString(r.Summary()))
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(&b, "<p style=%q>%s</p><ol style=%q>", findingStyle, html.EscapeString(f.Title()), stepsStyle)
		for _, s := range f.Schedule {
			fmt.Fprintf(&b, "<li>%s</li>", html.EscapeString(s.String()))
		}
		b.WriteString("</ol>")
		if tables := e.tables(c, i, f.Log, e.limits.Bytes-b.Len()); tables != "" {
			fmt.Fprintf(&b, "<details><summary>this schedule, a table for each step</summary>%s</details>", tables)
		}
	}
	fmt.Fprintf(&b, "<pre style=%q>%s</pre></div>", stepsStyle, html.EscapeString(r.Ends()))
	return b.String()
}

// tables draws a schedule's run, none when there is no room for it.
func (e *Engine) tables(c *cell.Checked, n int, l *event.Log, room int) string {
	if l == nil {
		return ""
	}
	st := event.Tell(l, e.limits.Tables)
	st.ID = fmt.Sprintf("explore-%d-%d-%06x", c.Number, n, uint64(l.Hash)&0xffffff)
	st.Source = lines(c.Source)
	st.Intro = "A schedule that was chosen: who runs next is not the scheduler's decision here."
	if text := render.HTML(&st); len(text) < room {
		return text
	}
	return ""
}
