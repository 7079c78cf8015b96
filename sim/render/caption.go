// Package render draws what runnext/sim/event tells: for each step a sentence
// that says which rule acted and where the runtime states it, and a table of
// every P, queue and waiting G; lanes over the whole run, what a gobuf saves,
// stacks, and who waits for whom. Each of them is plain text that is enough
// alone, and HTML with inline styles only. It reads events and snapshots; it
// knows nothing of the simulator that made them.
package render

import (
	"fmt"
	"strings"
	"time"

	"runnext/sim/event"
)

// Caption says in one sentence what a step did.
func Caption(st *event.Step, before *event.Snapshot) string {
	if len(st.Events) == 0 {
		return ""
	}
	main := &st.Events[0]
	if folded(st, before) {
		return systemCaption(st, before)
	}
	if main.Kind == event.Polling {
		return polling(st) + "."
	}
	rest := st.Events[1:]
	s := headline(main, before)
	switch {
	case s == "":
		s = consequences(st.Events[:1], main)
	case len(rest) > 0 && joins(main, &rest[0]):
		kick := len(rest) > 1 && rest[1].Rule == event.Kick
		s += into(main, &rest[0], kick)
		rest = rest[1:]
		if kick {
			s += fmt.Sprintf(" and pushes G%d to the ring's tail", rest[0].G)
			rest = rest[1:]
		}
	}
	if c := consequences(rest, main); c != "" {
		s += "; " + c
	}
	return s + "."
}

// joins tells whether the first consequence is told in the same breath: where
// the G that was made or woken is put.
func joins(main, next *event.Event) bool {
	return (main.Kind == event.Created || main.Kind == event.Readied) &&
		next.Kind == event.Moved && next.G == main.G && next.Rule != event.Overflow
}

func into(main, e *event.Event, more bool) string {
	verb := " into"
	switch {
	case main.Kind == event.Created && more:
		verb = ", puts it in"
	case main.Kind == event.Created:
		verb = " and puts it in"
	}
	switch e.To {
	case event.RunNext:
		return fmt.Sprintf("%s P%d's runnext", verb, e.P)
	case event.Global:
		return verb + " the tail of the global queue"
	}
	return fmt.Sprintf("%s the tail of P%d's ring", verb, e.P)
}

// Rule gives the rule of a step's main event and where the runtime states it.
func Rule(st *event.Step) (text, source string) {
	if list := Rules(st); len(list) > 0 {
		return list[0].Text(), list[0].Source()
	}
	return "", ""
}

// Rules lists the rules that acted in a step, the one that decided it first.
func Rules(st *event.Step) []event.Rule {
	var out []event.Rule
	add := func(r event.Rule) {
		for _, x := range out {
			if x.Source() == r.Source() {
				return
			}
		}
		if r.Text() != "" && len(out) < 2 {
			out = append(out, r)
		}
	}
	var late []event.Rule
	for i := range st.Events {
		switch e := &st.Events[i]; {
		case e.Rule == event.Overflow:
			out = append([]event.Rule{event.Overflow}, out...)
			return out[:1]
		case e.Kind == event.Moved && e.Rule == event.Kick:
			late = append(late, e.Rule)
		case e.Kind == event.Moved || e.Kind == event.Spinning && i > 0 || e.Kind == event.Released && i > 0 || e.Kind == event.Acquired && i > 0:
		default:
			add(e.Rule)
		}
		if st.Events[0].Kind == event.Started {
			return out // the runtime's own that follow it are folded
		}
	}
	for _, r := range late {
		add(r)
	}
	return out
}

// cite gives the sources of a step's rules without the version they share.
func cite(st *event.Step) string {
	var out []string
	for _, r := range Rules(st) {
		_, where, _ := strings.Cut(r.Source(), " ")
		out = append(out, where)
	}
	return strings.Join(out, ", ")
}

// because says the rules of a step in words.
func because(st *event.Step) string {
	var out []string
	for _, r := range Rules(st) {
		out = append(out, r.Text())
	}
	return strings.Join(out, "; ")
}

func folded(st *event.Step, before *event.Snapshot) bool {
	switch st.Events[0].Rule {
	case event.DedicatedRule, event.FractionalRule, event.IdleWorkerRule:
		return false // a mark worker's turn is told
	}
	g, ok := before.G(st.Events[0].G)
	return ok && g.System && st.Events[0].Kind == event.Started
}

func systemCaption(st *event.Step, before *event.Snapshot) string {
	var names []string
	tick := int64(0)
	for i := range st.Events {
		if e := &st.Events[i]; e.Kind == event.Started {
			names = append(names, fmt.Sprintf("G%d", e.G))
			tick = e.N
		}
	}
	verb := "runs and waits"
	if len(names) > 1 {
		verb = "run and wait"
	}
	return fmt.Sprintf("the runtime's own %s %s again; schedtick is %d.", strings.Join(names, ", "), verb, tick)
}

// polling tells of the time a thread spends in the netpoller, however often it
// goes back there.
func polling(st *event.Step) string {
	last := &st.Events[0]
	back := false
	for i := range st.Events {
		switch e := &st.Events[i]; e.Kind {
		case event.Polling:
			last, back = e, false
		case event.PollDone:
			back = true
		}
	}
	s := headline(last, nil)
	if !back {
		return s
	}
	end := &st.Events[len(st.Events)-1]
	s += fmt.Sprintf("; it is back at %v", dur(end.Time))
	if end.Kind == event.Acquired {
		s += fmt.Sprintf(" and takes P%d", end.P)
	}
	return s
}

func dur(ns int64) time.Duration { return time.Duration(ns) }
