package render

import (
	_ "embed"
	"fmt"
	"strings"
)

// stepper lets keys, buttons and a slider walk over the steps. It is for a page
// that runs scripts; everything can be reached and read without it.
//
//go:embed stepper.js
var stepper string

// keeper keeps the score of a quiz.
//
//go:embed keeper.js
var keeper string

// id names the story on its page.
func (d *drawing) id() string {
	if d.st.ID != "" {
		return d.st.ID
	}
	return "gmp"
}

// stage draws all steps into one box of a fixed height, one below the other,
// so that one is seen at a time. Links lead from each to the next and back:
// they are followed by the browser itself on a plain page, and by JupyterLab
// in a notebook, trusted or not.
func (d *drawing) stage(b *strings.Builder) {
	n := len(d.st.Steps)
	d.program(b)
	if n > 0 {
		fmt.Fprintf(b, `<details style="margin:2px 0"><summary style="cursor:pointer">all steps, a sentence each: %d</summary><ol style="margin:4px 0;padding-left:44px;font-size:13px">`, n)
		for i := range d.st.Steps {
			before, _ := d.around(i + 1)
			fmt.Fprintf(b, `<li><a href="#%s-%d" style="%s">%s</a></li>`, d.id(), i+1, linkStyle, esc(upper(Caption(&d.st.Steps[i], before))))
		}
		b.WriteString(`</ol></details>`)
	}
	height := d.height()
	fmt.Fprintf(b, `<div data-stage="" style="height:%dpx;overflow-y:auto;border-top:2px solid %s;margin-top:6px">`, height, ink)
	for i := 0; i <= n; i++ {
		d.panel(b, i, height)
	}
	b.WriteString(`</div>`)
	fmt.Fprintf(b, `<div style="color:%s;background:%s;font-size:12px;margin-top:6px"><b>%s</b>, a bar and a tint: changed in this step · (G5) one of the runtime's own · links or <b>Tab</b> walk over the steps<span data-keys=""></span></div>`, faint, paper, mark)
}

// height is what the largest tables of most steps take, in pixels.
func (d *drawing) height() int {
	rows := 0
	for n := 0; n <= len(d.st.Steps); n++ {
		before, after := d.around(n)
		full, named := d.waits(n)
		rows = max(rows, len(after.Ps)+len(below(before, after))+len(full)+min(len(named), 1))
	}
	return min(640, 230+34*rows)
}

const linkStyle = "color:" + accent + ";background:" + paper

// panel draws one step.
func (d *drawing) panel(b *strings.Builder, n, height int) {
	last := len(d.st.Steps)
	_, after := d.around(n)
	fmt.Fprintf(b, `<div id="%s-%d" style="min-height:%dpx"><div data-nav="">`, d.id(), n, height)
	link := func(to int, text string) {
		if to < 0 || to > last {
			fmt.Fprintf(b, `<span style="color:%s;background:%s">%s</span>`, edge, paper, text)
			return
		}
		fmt.Fprintf(b, `<a href="#%s-%d" style="%s">%s</a>`, d.id(), to, linkStyle, text)
	}
	link(n-1, "◀ back")
	name := "start"
	if n > 0 {
		name = fmt.Sprintf("step %d of %d", n, last)
	}
	fmt.Fprintf(b, ` &nbsp;<b>%s</b> · %v&nbsp; `, name, dur(after.Time))
	link(n+1, "next ▶")
	b.WriteString(`</div>`)
	if n > 0 {
		d.head(b, n)
	} else {
		b.WriteString(`<b style="font-size:15px">The state before the first step.</b>`)
	}
	d.state(b, n)
	b.WriteString(`</div>`)
}

// program draws the source once, folded; the steps quote from it.
func (d *drawing) program(b *strings.Builder) {
	if len(d.st.Source) == 0 {
		return
	}
	fmt.Fprintf(b, `<details style="margin:2px 0"><summary style="cursor:pointer">the program: %d lines</summary><div data-program="" style="%s">`, len(d.st.Source), codeStyle)
	for i, s := range d.st.Source {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(b, "%4d %s", i+1, esc(strings.ReplaceAll(s, "\t", "    ")))
	}
	b.WriteString(`</div></details>`)
}
