package gmp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/exp/trace"

	"runnext/sim/event"
)

// observed reads an execution trace of a real run into the form of a simulated
// one, as far as a trace tells: who was made, woken and run on which P. What
// stood in which queue it does not tell. The program's goroutines are numbered
// in the order they were made, as in the simulator: G1 is main, G7 the first.
func observed(data []byte, procs int) (*event.Log, error) {
	r, err := trace.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	o := &observer{ids: map[trace.GoID]int64{1: 1}, next: 7, ms: map[trace.ThreadID]int32{}}
	o.log.Start = start(procs)
	for {
		e, err := r.ReadEvent()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("trace: %w", err)
		}
		if e.Kind() == trace.EventStateTransition && e.StateTransition().Resource.Kind == trace.ResourceGoroutine && o.take(e) {
			break
		}
	}
	return &o.log, nil
}

// maxObserved bounds how many events of a trace are drawn.
const maxObserved = 2000

func start(procs int) event.Snapshot {
	s := event.Snapshot{Ms: []event.M{{ID: 0, P: 0, Curg: 1, State: "running"}}}
	for p := range procs {
		x := event.P{ID: int32(p), Status: "idle", M: -1}
		if p == 0 {
			x = event.P{Status: "running", Curg: 1}
		}
		s.Ps = append(s.Ps, x)
	}
	s.Gs = []event.G{{ID: 1, Status: event.Running, Entry: "main.main"}}
	return s
}

type observer struct {
	log   event.Log
	ids   map[trace.GoID]int64
	next  int64
	ms    map[trace.ThreadID]int32
	begun trace.Time
}

// take adds what a transition of a goroutine says; it reports true when the
// program itself is over.
func (o *observer) take(e trace.Event) (ended bool) {
	t := e.StateTransition()
	from, to := t.Goroutine()
	id := t.Resource.Goroutine()
	if o.begun == 0 {
		o.begun = e.Time()
	}
	g, known := o.ids[id]
	by := o.ids[e.Goroutine()]
	if from == trace.GoNotExist && to == trace.GoRunnable && !known {
		name := outermost(t.Stack)
		if by == 0 || strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "runtime/trace.") {
			return false
		}
		o.ids[id] = o.next
		g, known = o.next, true
		o.next++
		o.add(e, event.Created, g, by, name)
		return false
	}
	if !known {
		return false
	}
	if id == 1 && traced(e.Stack()) {
		return true // main has returned and ends the trace
	}
	kind := event.None
	switch {
	case from == trace.GoWaiting && to == trace.GoRunnable:
		kind = event.Readied
	case from == trace.GoRunnable && to == trace.GoRunning:
		kind = event.Started
	case from == trace.GoRunning && to == trace.GoWaiting:
		kind = event.Parked
	case from == trace.GoRunning && to == trace.GoRunnable:
		kind = event.Yielded
		if strings.Contains(t.Reason, "preempt") {
			kind = event.Preempted
		}
	case to == trace.GoSyscall && from == trace.GoRunning:
		kind = event.Syscall
	case from == trace.GoSyscall && to == trace.GoRunning:
		kind = event.SysExit
	case to == trace.GoNotExist:
		kind = event.Exited
	}
	if kind != event.None {
		o.add(e, kind, g, by, t.Reason)
	}
	return len(o.log.Events) >= maxObserved
}

func (o *observer) add(e trace.Event, kind event.Kind, g, by int64, text string) {
	out := event.New(kind, event.NoRule, int64(e.Time()-o.begun))
	out.G = g
	if e.Proc() != trace.NoProc {
		out.P = int32(e.Proc())
	}
	m, ok := o.ms[e.Thread()]
	if !ok {
		m = int32(len(o.ms))
		o.ms[e.Thread()] = m
	}
	out.M = m
	out.Site = learnersFrame(e.Stack())
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

// outermost names the function a goroutine begins with.
func outermost(s trace.Stack) string {
	name := ""
	for f := range s.Frames() {
		name = f.Func
	}
	return name
}

func traced(s trace.Stack) bool {
	for f := range s.Frames() {
		if f.Func == "runtime/trace.Stop" {
			return true
		}
	}
	return false
}

// learnersFrame is the innermost place that is in a cell.
func learnersFrame(s trace.Stack) *event.Site {
	for f := range s.Frames() {
		if i := strings.Index(f.File, "[cell "); i >= 0 {
			return &event.Site{Func: f.Func, File: f.File[i:], Line: int(f.Line)}
		}
	}
	return nil
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
