// Package render draws what runnext/sim/event tells: a table for each step and
// a sentence that says which rule acted, as plain text that is enough alone and
// as HTML with inline styles only. It reads events and snapshots; it knows
// nothing of the simulator that made them.
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
	s := headline(main, before)
	if s == "" {
		s = consequences(st.Events[:1], main)
	}
	if main.Kind == event.Polling {
		return polling(st) + "."
	}
	if c := consequences(st.Events[1:], main); c != "" {
		s += "; " + c
	}
	return s + "."
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
	s += fmt.Sprintf("; it is back at %v", dur(st.Events[len(st.Events)-1].Time))
	if e := &st.Events[len(st.Events)-1]; e.Kind == event.Acquired {
		s += fmt.Sprintf(" and takes P%d", e.P)
	}
	return s
}

// Rule gives the rule of a step's main event and where the runtime states it.
func Rule(st *event.Step) (text, source string) {
	for i := range st.Events {
		r := st.Events[i].Rule
		if st.Events[i].Kind == event.Moved && r != event.Overflow {
			continue
		}
		if t := r.Text(); t != "" && (text == "" || r == event.Overflow) {
			text, source = t, r.Source()
		}
	}
	return text, source
}

func folded(st *event.Step, before *event.Snapshot) bool {
	g, ok := before.G(st.Events[0].G)
	return ok && g.System && st.Events[0].Kind == event.Started
}

func systemCaption(st *event.Step, before *event.Snapshot) string {
	var names []string
	for i := range st.Events {
		e := &st.Events[i]
		if e.Kind == event.Started {
			names = append(names, fmt.Sprintf("G%d", e.G))
		}
	}
	s := fmt.Sprintf("the runtime's own %s runs and waits again", strings.Join(names, ", "))
	if len(names) > 1 {
		s = fmt.Sprintf("the runtime's own %s run and wait again", strings.Join(names, ", "))
	}
	tick := int64(0)
	for i := range st.Events {
		if st.Events[i].Kind == event.Started {
			tick = st.Events[i].N
		}
	}
	return fmt.Sprintf("%s; schedtick is %d.", s, tick)
}

func headline(e *event.Event, before *event.Snapshot) string {
	g := fmt.Sprintf("G%d", e.G)
	switch e.Kind {
	case event.Created:
		if e.By == 0 {
			return fmt.Sprintf("a timer starts %s to run %s", g, short(e.Name))
		}
		return fmt.Sprintf("G%d starts %s to run %s", e.By, g, short(e.Name))
	case event.Readied:
		who := "the scheduler"
		if e.By != 0 {
			who = fmt.Sprintf("G%d", e.By)
		} else if e.Rule == event.TimerRule {
			who = "its timer"
		} else if e.Rule == event.PollReady {
			who = "the netpoller"
		}
		return fmt.Sprintf("%s wakes %s, which waited for %s", who, g, e.Reason)
	case event.Started:
		return started(e, before)
	case event.Parked:
		return fmt.Sprintf("%s waits: %s", g, e.Reason)
	case event.Yielded:
		if e.Rule == event.GoyieldRule {
			return g + " hands over and goes behind the others"
		}
		return g + " calls Gosched"
	case event.Preempted:
		return g + " is stopped at the end of its slice"
	case event.Flagged:
		return fmt.Sprintf("sysmon finds %s running for %v and asks it to yield", g, dur(e.N))
	case event.Syscall:
		return fmt.Sprintf("%s enters a system call until %v; P%d stays with M%d", g, dur(e.N), e.P, e.M)
	case event.SysExit:
		if e.P < 0 {
			return fmt.Sprintf("%s is back from its system call and finds no P", g)
		}
		return fmt.Sprintf("%s is back from its system call and goes on with P%d", g, e.P)
	case event.Exited:
		if e.Rule == event.MainReturns {
			return "main returns: the program ends"
		}
		return g + " ends"
	case event.Label:
		return fmt.Sprintf("%s says: %s", g, e.Name)
	case event.Fatal:
		return "fatal error: " + e.Name
	case event.StackGrown:
		return fmt.Sprintf("the stack of %s grows to %d bytes", g, e.N)
	}
	return threads(e, g)
}

func started(e *event.Event, before *event.Snapshot) string {
	on := fmt.Sprintf("P%d runs G%d", e.P, e.G)
	if len(before.Ps) > 1 || e.M != 0 {
		on = fmt.Sprintf("P%d on M%d runs G%d", e.P, e.M, e.G)
	}
	switch {
	case e.From == event.RunNext && e.Rule == event.RunNextFirst:
		return fmt.Sprintf("%s out of runnext; it inherits the slice, schedtick stays %d", on, e.N)
	case e.Rule == event.Global61:
		return fmt.Sprintf("%s from the global queue, because schedtick was a multiple of 61; schedtick is %d", on, e.N)
	case e.From == event.Global:
		return fmt.Sprintf("%s, the first of the global queue; schedtick is %d", on, e.N)
	case e.Rule == event.StealHalf:
		return fmt.Sprintf("%s, stolen from P%d; schedtick is %d", on, e.P2, e.N)
	case e.Rule == event.StealRunNext:
		return fmt.Sprintf("%s, stolen from runnext of P%d; schedtick is %d", on, e.P2, e.N)
	case e.From == event.Ring:
		return fmt.Sprintf("%s, the head of the ring; schedtick is %d", on, e.N)
	case e.From == event.Poller:
		return fmt.Sprintf("%s, which the netpoller returned; schedtick is %d", on, e.N)
	}
	return fmt.Sprintf("%s; schedtick is %d", on, e.N)
}

func threads(e *event.Event, g string) string {
	switch e.Kind {
	case event.Locked:
		return fmt.Sprintf("%s is wired to M%d", g, e.M)
	case event.Unlocked:
		return fmt.Sprintf("%s is no longer wired to M%d", g, e.M)
	case event.Retaken:
		return fmt.Sprintf("P%d is taken from M%d, whose system call goes on", e.P, e.M)
	case event.MStarted:
		return fmt.Sprintf("a new thread M%d is started for P%d", e.M, e.P)
	case event.MWoken:
		if e.P < 0 {
			return fmt.Sprintf("M%d is woken", e.M)
		}
		return fmt.Sprintf("M%d is woken for P%d", e.M, e.P)
	case event.MParked:
		return fmt.Sprintf("M%d sleeps", e.M)
	case event.Polling:
		if e.N == 0 {
			return fmt.Sprintf("M%d waits in the netpoller", e.M)
		}
		return fmt.Sprintf("M%d waits in the netpoller, at most until the timer at %v", e.M, dur(e.N))
	case event.PollDone:
		return fmt.Sprintf("M%d comes back from the netpoller", e.M)
	case event.Timer:
		return fmt.Sprintf("the timer set for %v expires", dur(e.N))
	}
	return ""
}

// consequences says how queues changed.
func consequences(list []event.Event, main *event.Event) string {
	var parts []string
	over := 0
	for i := range list {
		e := &list[i]
		switch e.Kind {
		case event.Released:
			parts = append(parts, fmt.Sprintf("P%d is idle", e.P))
		case event.Acquired:
			parts = append(parts, fmt.Sprintf("M%d takes P%d", e.M, e.P))
		case event.Spinning:
			parts = append(parts, fmt.Sprintf("M%d looks for work", e.M))
		case event.TimerSet:
			if e.N < 1<<62 {
				parts = append(parts, fmt.Sprintf("a timer is set for %v", dur(e.N)))
			}
		case event.TimerStop:
			parts = append(parts, "a timer is stopped")
		case event.Moved:
			if e.Rule == event.Overflow {
				over++
				continue
			}
			parts = append(parts, moved(e, main))
		}
	}
	if over > 0 {
		parts = append(parts, fmt.Sprintf("the ring is full, so %d Gs go to the global queue", over))
	}
	if len(parts) > 6 {
		parts = append(parts[:5], fmt.Sprintf("and %d more moves", len(parts)-5))
	}
	return strings.Join(parts, "; ")
}

func moved(e, main *event.Event) string {
	g := fmt.Sprintf("G%d", e.G)
	if e.G == main.G {
		g = "it"
	}
	switch {
	case e.Rule == event.Kick:
		return fmt.Sprintf("G%d, which sat there, is kicked out to the ring's tail", e.G)
	case e.To == event.RunNext:
		return fmt.Sprintf("%s is put in runnext of P%d", g, e.P)
	case e.To == event.Global:
		return g + " goes to the tail of the global queue"
	case e.From == event.Global:
		return fmt.Sprintf("%s moves from the global queue to the ring of P%d", g, e.P)
	case e.P2 >= 0:
		return fmt.Sprintf("%s moves from P%d to the ring of P%d", g, e.P2, e.P)
	}
	return fmt.Sprintf("%s goes to the tail of P%d's ring", g, e.P)
}

func dur(ns int64) time.Duration { return time.Duration(ns) }

// short drops the package of a function's name.
func short(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	if strings.HasPrefix(name, "(") { // a method: (*main.T).run, (*sync.WaitGroup).Go.func1
		return strings.Replace(name, "main.", "", 1)
	}
	if _, f, ok := strings.Cut(name, "."); ok {
		return f
	}
	return name
}
