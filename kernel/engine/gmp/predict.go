package gmp

import (
	"fmt"
	"html"
	"strings"

	"runnext/kernel/engine"
	"runnext/sim/event"
	"runnext/sim/render"
)

// maxQuestions is how many scheduling decisions of a run are asked for.
const maxQuestions = 10

// quiz is a %%gmp -predict run that is being answered.
type quiz struct {
	story   *event.Story
	list    []render.Question
	next    int
	right   int
	asked   int
	printed string // what the program printed, told at the end
}

// ask begins a quiz about a run and shows it: all questions as folds where
// there is HTML, the first one in plain text.
func (e *Engine) ask(st *event.Story, printed string) engine.Bundle {
	q := &quiz{story: st, list: render.Questions(st, maxQuestions), printed: printed}
	e.mu.Lock()
	e.quiz = q
	e.mu.Unlock()
	if len(q.list) == 0 {
		text := "No scheduling decision of this run had a choice: there never were two goroutines to choose from."
		return engine.Bundle{Data: map[string]any{"text/plain": text}}
	}
	text := "Predict the scheduler: " + plural(len(q.list), "question") + ".\n" + st.Intro + "\n\n" + sourceText(st.Source) + "\n" + q.question()
	return engine.Bundle{Data: map[string]any{"text/plain": text, "text/html": render.QuizHTML(st, q.list)}}
}

func sourceText(lines []string) string {
	var b strings.Builder
	for i, l := range lines {
		fmt.Fprintf(&b, "%4d │ %s\n", i+1, strings.ReplaceAll(l, "\t", "    "))
	}
	return b.String()
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (q *quiz) question() string {
	at := q.list[q.next]
	return fmt.Sprintf("question %d of %d, step %d\n", q.next+1, len(q.list), at.Step) +
		render.QuestionText(q.story, at) +
		fmt.Sprintf("Answer with %%predict G%d or another; %%predict ? reveals it.\n", at.Options[0])
}

// Predict takes an answer to the question that is open: it reveals who ran and
// why, keeps the score, and asks the next. It reports false when no question
// is open.
func (e *Engine) Predict(answer string, out engine.Output) bool {
	e.mu.Lock()
	q := e.quiz
	if q == nil || q.next >= len(q.list) {
		e.mu.Unlock()
		return false
	}
	at := q.list[q.next]
	answer = strings.ToUpper(strings.TrimSpace(answer))
	if !strings.HasPrefix(answer, "G") && answer != "?" {
		answer = "G" + answer
	}
	verdict := ""
	switch {
	case answer == "?":
		verdict = "It is "
	case answer == fmt.Sprintf("G%d", at.Right):
		q.right++
		verdict = "right: "
	default:
		var g int64
		verdict = fmt.Sprintf("no, not %s: ", answer)
		if _, err := fmt.Sscanf(answer, "G%d", &g); err == nil {
			verdict = "no: " + at.Wrong(q.story, g) + " "
		}
	}
	q.asked++
	q.next++
	text := fmt.Sprintf("%s%s\nscore: %d right of %d\n", verdict, at.Reveal(q.story), q.right, q.asked)
	data := map[string]any{}
	if q.next < len(q.list) {
		text += "\n" + q.question()
		data["text/html"] = `<div style="color:#1f2328;background:#fff;padding:4px 16px;white-space:pre-wrap">` + html.EscapeString(fmt.Sprintf("%s%s\nscore: %d right of %d\n\nquestion %d of %d, step %d",
			verdict, at.Reveal(q.story), q.right, q.asked, q.next+1, len(q.list), q.list[q.next].Step)) + "</div>" +
			render.QuestionHTML(q.story, q.list[q.next])
	} else {
		text += "\nThat was the last question. Another -seed, or another program, makes another problem.\n"
		if q.printed != "" {
			text += "The program printed:\n" + q.printed
		}
	}
	e.mu.Unlock()
	data["text/plain"] = text
	out.Display(engine.Display{Bundle: engine.Bundle{Data: data}})
	return true
}
