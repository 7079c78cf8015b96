package render

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"runnext/sim/event"
)

// mark stands before what changed in a step.
const mark = "▸"

// Text draws a whole story as plain text.
func Text(st *event.Story) string { return TextOf(st, Queues) }

// TextOf draws the views that are asked for as plain text.
func TextOf(st *event.Story, v View) string {
	var b strings.Builder
	if st.Title != "" {
		fmt.Fprintf(&b, "%s\n%s\n", st.Title, strings.Repeat("=", utf8.RuneCountInString(st.Title)))
	}
	if st.Intro != "" {
		b.WriteString(wrap(st.Intro, 88, ""))
	}
	if st.Title != "" || st.Intro != "" {
		b.WriteString("\n")
	}
	if v&Lanes != 0 {
		b.WriteString(lanesText(st))
		if v == Lanes {
			return b.String()
		}
		b.WriteString("\n")
	}
	b.WriteString("start\n")
	b.WriteString(grids(v, nil, &st.Start))
	before := &st.Start
	for i := range st.Steps {
		b.WriteString("\n")
		b.WriteString(stepText(i+1, &st.Steps[i], before, v))
		before = &st.Steps[i].After
	}
	if len(st.Steps) > 0 {
		fmt.Fprintf(&b, "\n%s  changed in this step    (G5)  one of the runtime's own\n", mark)
	}
	return b.String()
}

// StepText draws one step: what happened, by which rule, and the state after.
func StepText(n int, st *event.Step, before *event.Snapshot) string {
	return stepText(n, st, before, Queues)
}

func stepText(n int, st *event.Step, before *event.Snapshot, v View) string {
	var b strings.Builder
	head := fmt.Sprintf("step %d · %v · ", n, dur(st.After.Time))
	b.WriteString(wrap(head+Caption(st, before), 88, ""))
	if st.Note != "" {
		b.WriteString(wrap(st.Note, 88, "  "))
	}
	if text, source := Rule(st); source != "" {
		b.WriteString(wrap(fmt.Sprintf("rule: %s [%s]", text, source), 88, "  "))
	}
	b.WriteString(grids(v, before, &st.After))
	return b.String()
}

func grids(v View, before, after *event.Snapshot) string {
	out := ""
	if v&Queues != 0 {
		out = grid(queues(before, after))
		for _, l := range below(before, after) {
			out += fmt.Sprintf("  %s%s\n", pad(l.label+":", 26), orDash(chipsText(l.chips)))
		}
	}
	for _, t := range details(v, before, after) {
		out += grid(t)
	}
	return out
}

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
	rule := func(l, m, r string) {
		b.WriteString("  " + l)
		for i, w := range width {
			if i > 0 {
				b.WriteString(m)
			}
			b.WriteString(strings.Repeat("─", w+2))
		}
		b.WriteString(r + "\n")
	}
	rule("┌", "┬", "┐")
	for n, r := range rows {
		b.WriteString("  ")
		for i, c := range r {
			b.WriteString("│ " + c + strings.Repeat(" ", width[i]-utf8.RuneCountInString(c)+1))
		}
		b.WriteString("│\n")
		if n == 0 {
			rule("├", "┼", "┤")
		}
	}
	rule("└", "┴", "┘")
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
		parts = append(parts, chipsText(c.chips))
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
	for _, c := range list {
		t := c.text
		if c.system {
			t = "(" + t + ")"
		}
		if c.isNew {
			t = mark + t
		}
		out = append(out, t)
	}
	return strings.Join(out, " ")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
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
