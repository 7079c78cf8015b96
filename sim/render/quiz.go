package render

import (
	"fmt"
	"slices"
	"strings"

	"runnext/sim/event"
)

// Question asks which G a P runs next. The state it is asked of is the one
// before its step.
type Question struct {
	Step    int // whose scheduling decision is asked for
	P       int32
	Options []int64 // in the order of their numbers
	Right   int64
}

// maxOptions is among how many Gs one chooses.
const maxOptions = 6

// Questions finds the scheduling decisions of a story at which a P could run
// more than one G of the program, spread over all of them, at most so many.
func Questions(st *event.Story, most int) []Question {
	var all []Question
	before := &st.Start
	for i := range st.Steps {
		if q, ok := question(&st.Steps[i], before); ok {
			q.Step = i + 1
			all = append(all, q)
		}
		before = &st.Steps[i].After
	}
	if len(all) <= most || most < 1 {
		return all
	}
	var out []Question
	for i := range most {
		out = append(out, all[i*len(all)/most])
	}
	return out
}

func question(step *event.Step, before *event.Snapshot) (Question, bool) {
	e := &step.Events[0]
	if e.Kind != event.Started || e.From == event.Nowhere || e.From == event.Direct {
		return Question{}, false
	}
	q := Question{P: e.P, Right: e.G}
	for i := range before.Gs {
		if g := &before.Gs[i]; !g.System && g.Status == event.Runnable {
			q.Options = append(q.Options, g.ID)
		}
	}
	at := slices.Index(q.Options, q.Right)
	if at < 0 || len(q.Options) < 2 {
		return q, false
	}
	if len(q.Options) > maxOptions {
		// The right one stays, with its neighbours in number.
		from := min(max(0, at-maxOptions/2), len(q.Options)-maxOptions)
		q.Options = q.Options[from : from+maxOptions]
	}
	return q, true
}

// Ask is the question in words.
func (q Question) Ask() string {
	return fmt.Sprintf("P%d looks for a goroutine. Who runs next: %s?", q.P, orList(q.Options))
}

func orList(ids []int64) string {
	var out []string
	for _, g := range ids {
		out = append(out, fmt.Sprintf("G%d", g))
	}
	if n := len(out); n > 1 {
		return strings.Join(out[:n-1], ", ") + " or " + out[n-1]
	}
	return strings.Join(out, "")
}

// Reveal says what a question's answer is, and why.
func (q Question) Reveal(st *event.Story) string {
	step := &st.Steps[q.Step-1]
	before := &st.Start
	if q.Step > 1 {
		before = &st.Steps[q.Step-2].After
	}
	return fmt.Sprintf("%s The rule: %s; %s.", Caption(step, before), because(step), cite(step))
}

// Wrong says of a G that is not the answer where it stands instead.
func (q Question) Wrong(st *event.Story, g int64) string {
	_, s := newDrawing(st, Queues).around(q.Step - 1)
	for i := range s.Ps {
		p := &s.Ps[i]
		if p.RunNext == g {
			return fmt.Sprintf("G%d sits in runnext of P%d.", g, p.ID)
		}
		if n := slices.Index(p.Ring, g); n == 0 {
			return fmt.Sprintf("G%d is the head of P%d's ring.", g, p.ID)
		} else if n > 0 {
			return fmt.Sprintf("G%d stands in P%d's ring, behind %s.", g, p.ID, count(n, "other", "others"))
		}
	}
	if n := slices.Index(s.Global, g); n == 0 {
		return fmt.Sprintf("G%d is the first in the global queue, which is asked when runnext and ring are empty, and at every 61st schedtick.", g)
	} else if n > 0 {
		return fmt.Sprintf("G%d stands in the global queue, behind %s.", g, count(n, "other", "others"))
	}
	return fmt.Sprintf("G%d is in none of the queues now.", g)
}

func count(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + many
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// QuestionText draws the state a question is asked of, and the question.
func QuestionText(st *event.Story, q Question) string {
	d := newDrawing(st, Queues)
	d.blind = true
	return d.text(q.Step-1) + wrap(q.Ask(), textWidth, "")
}

// QuestionHTML is what QuestionText is, as a card.
func QuestionHTML(st *event.Story, q Question) string {
	var b strings.Builder
	openCard(&b)
	d := newDrawing(st, Queues)
	d.blind = true
	d.state(&b, q.Step-1)
	fmt.Fprintf(&b, `<b>%s</b></div>`, esc(q.Ask()))
	return quoted(b.String())
}

// QuizHTML draws all questions of a story. Each answer is a fold that says
// whether it is right and why; the next question is folded, since it shows who
// ran. Where scripts run, the first answer opened to each counts.
func QuizHTML(st *event.Story, list []Question) string {
	var b strings.Builder
	openCard(&b)
	fmt.Fprintf(&b, `<div style="margin-bottom:8px">%s</div>`, esc(st.Intro))
	d := newDrawing(st, Queues)
	d.blind = true
	d.program(&b)
	fold := `<details style="margin:4px 0"><summary style="cursor:pointer">`
	for i, q := range list {
		attr := ""
		if i == 0 {
			attr = " open"
		}
		fmt.Fprintf(&b, `<details%s data-question="" style="border-top:1px solid %s;padding:6px 0"><summary style="cursor:pointer"><b>Question %d of %d</b></summary>`, attr, edge, i+1, len(list))
		d.state(&b, q.Step-1)
		fmt.Fprintf(&b, `<div style="font-weight:600;margin:4px 0">%s</div>`, esc(q.Ask()))
		for _, g := range q.Options {
			text, verdict := "✘ no: "+q.Wrong(st, g), "no"
			if g == q.Right {
				text, verdict = "✔ yes: "+q.Reveal(st), "yes"
			}
			fmt.Fprintf(&b, `%s%s</summary><div data-answer="%s">%s</div></details>`, fold, chipHTML(chip{text: fmt.Sprintf("G%d", g), g: g}), verdict, esc(text))
		}
		b.WriteString(`</details>`)
	}
	fmt.Fprintf(&b, `<div data-score="" style="border-top:1px solid %s;padding-top:6px"><b>Score:</b> count the questions whose first answer you opened was right.</div>`, edge)
	return quoted(b.String()) + "<script>" + strings.TrimSpace(keeper) + "</script></div>"
}
