package gmp

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"runnext/kernel/exectrace"
	"runnext/sim/event"
)

// observed reads an execution trace of a real run into the form of a simulated
// one, as far as a trace tells: who was made, woken and run on which P. What
// stood in which queue it does not tell. The program's goroutines are numbered
// in the order they were made, as in the simulator: G1 is main, G7 the first.
func observed(data []byte, procs int) (*event.Log, error) {
	o := &observer{ids: map[int64]int64{1: 1}, next: 7, ms: map[int64]int32{}, begun: -1}
	o.log.Start = start(procs, 0)
	if err := exectrace.Steps(bytes.NewReader(data), o.take); err != nil {
		return nil, err
	}
	return &o.log, nil
}

// maxObserved bounds how many events of a trace are drawn.
const maxObserved = 2000

// start is the state in which main runs on a P.
func start(procs, on int) event.Snapshot {
	s := event.Snapshot{Ms: []event.M{{ID: 0, P: int32(on), Curg: 1, State: "running"}}}
	for p := range procs {
		x := event.P{ID: int32(p), Status: "idle", M: -1}
		if p == on {
			x.Status, x.M, x.Curg = "running", 0, 1
		}
		s.Ps = append(s.Ps, x)
	}
	s.Gs = []event.G{{ID: 1, Status: event.Running, Entry: "main.main"}}
	return s
}

type observer struct {
	log   event.Log
	ids   map[int64]int64 // the goroutines of the program
	next  int64
	ms    map[int64]int32 // the threads
	begun time.Duration   // of the first step, -1 before it
	seen  bool            // where main runs
}

// take adds what a goroutine does; it reports true when the program itself is
// over.
func (o *observer) take(s exectrace.Step) (ended bool) {
	if o.begun < 0 {
		o.begun = s.At
	}
	if procs := len(o.log.Start.Ps); !o.seen && s.By == 1 && s.Proc >= 0 && s.Proc < procs {
		o.seen, o.log.Start = true, start(procs, s.Proc)
	}
	g, known := o.ids[s.G]
	by := o.ids[s.By]
	if s.Born && s.To == exectrace.Runnable && !known {
		name := s.Began()
		if by == 0 || strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "runtime/trace.") {
			return false
		}
		o.ids[s.G] = o.next
		o.add(s, event.Created, o.next, by, name)
		o.next++
		return false
	}
	if !known {
		return false
	}
	if s.G == 1 && s.Ends() {
		return true // main has returned and ends the trace
	}
	if kind := kindOf(s); kind != event.None {
		o.add(s, kind, g, by, s.Reason)
	}
	return len(o.log.Events) >= maxObserved
}

// kindOf is what a step is called in a log.
func kindOf(s exectrace.Step) event.Kind {
	switch {
	case s.From == exectrace.Waiting && s.To == exectrace.Runnable:
		return event.Readied
	case s.From == exectrace.Runnable && s.To == exectrace.Running:
		return event.Started
	case s.From == exectrace.Running && s.To == exectrace.Waiting:
		return event.Parked
	case s.From == exectrace.Running && s.To == exectrace.Runnable && strings.Contains(s.Reason, "preempt"):
		return event.Preempted
	case s.From == exectrace.Running && s.To == exectrace.Runnable:
		return event.Yielded
	case s.From == exectrace.Running && s.To == exectrace.Syscall:
		return event.Syscall
	case s.From == exectrace.Syscall && s.To == exectrace.Running:
		return event.SysExit
	case s.Gone:
		return event.Exited
	}
	return event.None
}

func (o *observer) add(s exectrace.Step, kind event.Kind, g, by int64, text string) {
	out := event.New(kind, event.NoRule, int64(s.At-o.begun))
	out.G = g
	if s.Proc >= 0 {
		out.P = int32(s.Proc)
	}
	m, ok := o.ms[s.Thread]
	if !ok {
		m = int32(len(o.ms))
		o.ms[s.Thread] = m
	}
	out.M = m
	if p, ok := s.Place(); ok {
		out.Site = &event.Site{Func: p.Func, File: fmt.Sprintf("[cell %d]", p.Cell), Line: p.Line}
	}
	switch kind {
	case event.Created:
		out.Name, out.By = text, by
	case event.Readied:
		out.By = by
	case event.Parked:
		out.Reason = event.Semacquire
		if r, ok := event.ParseReason(text); ok {
			out.Reason = r
		}
	}
	o.log.Add(out)
}

// turns lists who ran, one entry for each time another goroutine of the program
// takes over.
func turns(l *event.Log) []int64 {
	var out []int64
	system := map[int64]bool{}
	for _, g := range l.Start.Gs {
		system[g.ID] = g.System
	}
	out = append(out, 1)
	for i := range l.Events {
		if e := &l.Events[i]; e.Kind == event.Started && !system[e.G] && out[len(out)-1] != e.G {
			out = append(out, e.G)
		}
	}
	return out
}
