package render

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"runnext/sim/event"
)

// mark stands before what changed in a step.
const mark = "▸"

// textWidth is where running text is wrapped, in runes.
const textWidth = 92

// Text draws a whole story as plain text.
func Text(st *event.Story) string { return TextOf(st, Queues) }

// TextOf draws the views that are asked for as plain text.
func TextOf(st *event.Story, v View) string {
	var b strings.Builder
	if st.Title != "" {
		fmt.Fprintf(&b, "%s\n%s\n", st.Title, strings.Repeat("=", utf8.RuneCountInString(st.Title)))
	}
	if st.Intro != "" {
		b.WriteString(wrap(st.Intro, textWidth, ""))
	}
	if st.Title != "" || st.Intro != "" {
		b.WriteString("\n")
	}
	b.WriteString(whole(st, v))
	if !v.stepwise() {
		return b.String()
	}
	d := newDrawing(st, v)
	b.WriteString("start\n")
	b.WriteString(d.text(0))
	for i := range st.Steps {
		b.WriteString("\n")
		b.WriteString(d.stepText(i + 1))
	}
	if len(st.Steps) > 0 {
		fmt.Fprintf(&b, "\n%s  changed in this step    (G5)  one of the runtime's own\n", mark)
	}
	return b.String()
}

// whole draws the views of the run as a whole.
func whole(st *event.Story, v View) string {
	out := ""
	if v&Lanes != 0 {
		out += lanesText(st) + "\n"
		if parallel(st) {
			out += threadsText(st) + "\n"
		}
	}
	if deadlocked(st) && v&(Waits|Queues) != 0 {
		out += knotText(st) + "\n"
	}
	return out
}

// StepText draws one step of a story, from 1, or its start as step 0: what
// happened, by which rule, and the state after.
func StepText(st *event.Story, n int, v View) string {
	d := newDrawing(st, v)
	if n < 1 {
		return "start\n" + d.text(0)
	}
	return d.stepText(n)
}

// drawing is a story being drawn, with what is worked out once for it.
type drawing struct {
	st    *event.Story
	v     View
	wakes map[int64][]wakeup
	ended bool
	blind bool // nothing of what comes later may be told
}

func newDrawing(st *event.Story, v View) *drawing {
	return &drawing{st: st, v: v, wakes: wakeups(st), ended: over(st)}
}

// around gives the states before and after a step; the start has none before.
func (d *drawing) around(n int) (before, after *event.Snapshot) {
	switch n {
	case 0:
		return nil, &d.st.Start
	case 1:
		return &d.st.Start, &d.st.Steps[0].After
	}
	return &d.st.Steps[n-2].After, &d.st.Steps[n-1].After
}

func (d *drawing) waits(n int) (rows, named []wait) {
	before, after := d.around(n)
	if d.blind {
		return waiting(d.st, before, after, nil), nil
	}
	return shown(waiting(d.st, before, after, wakerAt(d.wakes, n, d.ended)), n)
}

func (d *drawing) stepText(n int) string {
	var b strings.Builder
	step := &d.st.Steps[n-1]
	before, _ := d.around(n)
	head := fmt.Sprintf("step %d · %v · %s", n, dur(step.After.Time), Caption(step, before))
	if where := cite(step); where != "" {
		head = strings.TrimSuffix(head, ".") + "; " + where
	}
	b.WriteString(wrap(head, textWidth, ""))
	if step.Note != "" {
		b.WriteString(wrap(step.Note, textWidth, "  "))
	}
	if why := because(step); why != "" {
		b.WriteString(wrap("rule: "+why, textWidth, "  "))
	}
	b.WriteString(d.text(n))
	return b.String()
}

// text draws the state after step n.
func (d *drawing) text(n int) string {
	before, after := d.around(n)
	var b strings.Builder
	if d.v&Queues != 0 {
		b.WriteString(grid(queues(before, after)))
		for _, l := range below(before, after) {
			label := l.label + ":"
			if l.changed {
				label = mark + label
			}
			fmt.Fprintf(&b, "  %s%s\n", pad(label, 15), orDash(chipsText(l.chips)))
		}
		b.WriteString(d.waitsText(n))
		b.WriteString(standsText(stands(d.st, before, after)))
	}
	for _, t := range details(d.st, d.v, n, before, after) {
		b.WriteString(t.text)
	}
	return b.String()
}

func (d *drawing) waitsText(n int) string {
	rows, named := d.waits(n)
	var b strings.Builder
	for _, w := range rows {
		text := fmt.Sprintf("%s waits: %s, %s", chipsText([]chip{w.g}), w.why, w.where)
		if w.code != "" {
			text += " `" + w.code + "`"
		}
		b.WriteString(wrap(text+"; wakes it: "+w.waker, textWidth, "  "))
	}
	if len(named) > 0 {
		b.WriteString(wrap("wait as before: "+names(named)+fmt.Sprintf(" (all in step %d)", n-n%fullEvery), textWidth, "  "))
	}
	return b.String()
}

func names(list []wait) string {
	var out []string
	for _, w := range list {
		out = append(out, chipsText([]chip{w.g}))
	}
	return strings.Join(out, " ")
}

func standsText(list []stand) string {
	var b strings.Builder
	for _, s := range list {
		var who []string
		for _, g := range gathered(s.here) {
			who = append(who, chipsText(g.chips)+" "+g.doing)
		}
		if s.line == 0 {
			fmt.Fprintf(&b, "  not begun     %s\n", strings.Join(who, ", "))
			continue
		}
		fmt.Fprintf(&b, "  %4d │ %s ◂ %s\n", s.line, pad(s.code, 36), strings.Join(who, ", "))
	}
	return b.String()
}

// grid draws a table in columns two blanks apart. It has no lines: half of a
// long page would be made of them.
func grid(t table) string {
	rows := [][]string{t.head}
	for _, r := range t.rows {
		var cells []string
		for _, c := range r {
			cells = append(cells, cellText(c))
		}
		rows = append(rows, cells)
	}
	width := make([]int, len(t.head))
	for _, r := range rows {
		for i, c := range r {
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		line := " "
		for i, c := range r {
			line += " " + c + strings.Repeat(" ", width[i]-utf8.RuneCountInString(c)+1)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(1, n-utf8.RuneCountInString(s)))
}

func cellText(c cellOf) string {
	var parts []string
	if c.label != "" {
		l := c.label
		if c.changed && len(c.chips) == 0 {
			l = mark + l
		}
		parts = append(parts, l)
	}
	if len(c.chips) > 0 {
		text := chipsText(c.chips)
		if c.changed && !strings.Contains(text, mark) {
			text = mark + " " + text // one has gone
		}
		parts = append(parts, text)
	} else if c.label == "" {
		if c.changed {
			parts = append(parts, mark+"–")
		} else {
			parts = append(parts, "–")
		}
	}
	if c.note != "" {
		parts = append(parts, c.note)
	}
	return strings.Join(parts, " ")
}

func chipsText(list []chip) string {
	var out []string
	for i, c := range list {
		t := c.text
		if c.system {
			t = "(" + t + ")"
		}
		if c.isNew {
			t = mark + t
		}
		if i > 0 && c.g == 0 && list[i-1].g == 0 {
			t = "· " + t
		}
		out = append(out, t)
	}
	return strings.Join(out, " ")
}

// wrap breaks s into lines of at most width runes, each after indent.
func wrap(s string, width int, indent string) string {
	var b strings.Builder
	col := 0
	for _, w := range strings.Fields(s) {
		n := utf8.RuneCountInString(w)
		if col > 0 && col+1+n > width {
			b.WriteString("\n")
			col = 0
		}
		if col == 0 {
			b.WriteString(indent)
			col = len(indent)
		} else {
			b.WriteString(" ")
			col++
		}
		b.WriteString(w)
		col += n
	}
	b.WriteString("\n")
	return b.String()
}

// plural counts things.
func plural(n int, what string) string { return fmt.Sprintf("%d %s", n, what) }
