package gmp

import (
	"fmt"
	"strconv"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
	"runnext/sim/event"
	"runnext/sim/render"
)

// walk is where %step and %back stand in the story of the run before.
type walk struct {
	story *event.Story
	view  render.View
	at    int // the step that was shown last
}

// remember makes a run the one that is walked over.
func (e *Engine) remember(st *event.Story, v render.View) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.walk = walk{story: st, view: v | render.Queues}
}

// LineEntries describes the line directives that the engine serves.
func (e *Engine) LineEntries() []directive.Entry {
	return []directive.Entry{
		{Name: "step", Usage: "[N]", Server: "simulator", Summary: "show the next step of the last %%gmp run",
			Long: "`%step` shows the next scheduling event of the run of the last `%%gmp` cell, and\n" +
				"the state after it; `%step N` goes N steps on. The cell does not run again."},
		{Name: "back", Usage: "[N]", Server: "simulator", Summary: "show the step before of the last %%gmp run",
			Long: "`%back` goes one step back in the run of the last `%%gmp` cell, `%back N` goes N."},
		{Name: "goto", Usage: "N", Server: "simulator", Summary: "show step N of the last %%gmp run",
			Long: "`%goto 0` shows the state before the first step."},
	}
}

// Line serves %step, %back and %goto.
func (e *Engine) Line(call directive.Call, out engine.Output) *directive.Error {
	n := 1
	if len(call.Args) > 1 || len(call.Args) == 0 && call.Entry.Name == "goto" {
		return call.Fail(1, call.Entry.Written()+" is written "+call.Entry.Synopsis(), "", "%help "+call.Entry.Name+" explains it.")
	}
	if len(call.Args) == 1 {
		var err error
		if n, err = strconv.Atoi(call.Args[0]); err != nil || n < 0 {
			return call.Fail(0, fmt.Sprintf("%s takes the number of a step, not %q", call.Entry.Written(), call.Args[0]), "", "")
		}
	}
	e.mu.Lock()
	w := &e.walk
	if w.story == nil {
		e.mu.Unlock()
		return call.Fail(-1, "there is no simulated run yet", "It walks over the run of the last %%gmp cell.", "Run a cell that begins with %%gmp.")
	}
	last := len(w.story.Steps)
	to := n
	switch call.Entry.Name {
	case "step":
		to = w.at + n
	case "back":
		to = w.at - n
	}
	note := ""
	switch {
	case to > last:
		note = fmt.Sprintf("step %d is the last one\n", last)
	case to < 0:
		note = "this is the state before the first step\n"
	}
	w.at = min(max(to, 0), last)
	st, v, at := w.story, w.view, w.at
	e.mu.Unlock()
	out.Display(engine.Display{Bundle: engine.Bundle{Data: map[string]any{
		"text/plain": note + render.StepText(st, at, v),
		"text/html":  render.StepHTML(st, at, v),
	}}})
	return nil
}
