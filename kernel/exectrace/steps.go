package exectrace

import (
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/exp/trace"
)

// Step is one change of a goroutine's state, in the order of the trace.
type Step struct {
	At       time.Duration // since the first event
	G        int64
	By       int64  // the goroutine that ran where it happened, 0 for none
	Proc     int    // the P, -1 for none
	Thread   int64  // in the operating system's numbers, -1 for none
	From, To State  // 0: it does not exist, or nobody knows
	Born     bool   // it did not exist before
	Gone     bool   // it does not exist after
	Reason   string // in the runtime's words, also of one that gives way

	event *trace.Event
}

// Began names the function the goroutine begins with, as far as its stack tells.
func (s Step) Began() (name string) {
	for f := range s.event.StateTransition().Stack.Frames() {
		name = f.Func
	}
	return name
}

// Place is the innermost line of a cell on the stack of whoever did it.
func (s Step) Place() (Place, bool) { return inCell(s.event.Stack()) }

// Ends tells that the step is taken in the call that ends the trace.
func (s Step) Ends() bool {
	for f := range s.event.Stack().Frames() {
		if f.Func == "runtime/trace.Stop" {
			return true
		}
	}
	return false
}

// Steps reads the changes of goroutines' states one by one, until take reports
// that it has enough. A step is good until take returns.
func Steps(r io.Reader, take func(Step) (enough bool)) error {
	var start trace.Time
	n, err := each(r, func(n int, e *trace.Event) bool {
		if n == 1 {
			start = e.Time()
		}
		if e.Kind() != trace.EventStateTransition || e.StateTransition().Resource.Kind != trace.ResourceGoroutine {
			return false
		}
		st := e.StateTransition()
		from, to := st.Goroutine()
		return take(Step{
			At: time.Duration(e.Time() - start), G: int64(st.Resource.Goroutine()), By: max(int64(e.Goroutine()), 0),
			Proc: int(e.Proc()), Thread: int64(e.Thread()), From: states[from], To: states[to],
			Born: from == trace.GoNotExist, Gone: to == trace.GoNotExist, Reason: st.Reason, event: e,
		})
	})
	if err != nil {
		return fmt.Errorf("execution trace, event %d: %w", n+1, err)
	}
	return nil
}

// each reads a trace event by event, counted from 1, until do reports that it
// has enough; it gives how many were read.
func each(r io.Reader, do func(n int, e *trace.Event) (enough bool)) (n int, err error) {
	in, err := trace.NewReader(r)
	if err != nil {
		return 0, err
	}
	for {
		e, err := in.ReadEvent()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if n++; do(n, &e) {
			return n, nil
		}
	}
}
