// Package exectrace reads what runtime/trace writes into a model of goroutines,
// processors and waits, and draws it: the real scheduler of a run, as observed.
// [Steps] gives the same events one by one, for those who draw them otherwise.
//
// The bytes are read by golang.org/x/exp/trace. Nothing is run here: programs
// are traced by runnext/kernel/engine/native, cells by
// runnext/kernel/engine/yaegi, and what the simulated scheduler does is drawn by
// runnext/sim/render.
package exectrace

import (
	"fmt"
	"slices"
	"time"
)

// State is what a goroutine does.
type State uint8

// The states that are told apart.
const (
	Running State = iota + 1
	Runnable
	Waiting
	Syscall
)

func (s State) String() string {
	return [...]string{"", "running", "runnable", "waiting", "syscall"}[s]
}

// Place is a line of a cell.
type Place struct {
	Cell, Line int
	Func       string // the function, as Go calls it, "" if it is not known
}

func (p Place) String() string {
	if p.Line == 0 {
		return ""
	}
	return fmt.Sprintf("[cell %d]:%d", p.Cell, p.Line)
}

// Span is a time a goroutine spends in one state.
type Span struct {
	From, To time.Duration // from the beginning of the cell, or of the trace where no cell's goroutine begins in it
	State    State
	Proc     int    // that runs it, -1 for none
	Reason   string // for which it waits, in the runtime's words
	Place    Place  // where in the cell it began to
	// Waker made it runnable; 0 is nobody, or none of the goroutines.
	Waker int64
}

// Len is how long the span is.
func (s Span) Len() time.Duration { return s.To - s.From }

// Goroutine is one goroutine of the run.
type Goroutine struct {
	ID     int64
	Func   string // that it began with
	Origin Place  // of its go statement
	Parent int64  // that started it
	Mine   bool   // a cell's, not the runtime's or the kernel's
	Spans  []Span

	born bool // while the trace was taken
}

// Total is how long the goroutine was in a state.
func (g *Goroutine) Total(s State) time.Duration {
	var sum time.Duration
	for _, x := range g.Spans {
		if x.State == s {
			sum += x.Len()
		}
	}
	return sum
}

// At gives the span a moment falls into.
func (g *Goroutine) At(t time.Duration) (Span, bool) {
	i, found := slices.BinarySearchFunc(g.Spans, t, func(s Span, t time.Duration) int {
		switch {
		case s.To <= t:
			return -1
		case s.From > t:
			return 1
		}
		return 0
	})
	if !found {
		return Span{}, false
	}
	return g.Spans[i], true
}

// Range is something of the whole process, such as a phase of the garbage
// collector.
type Range struct {
	Name     string
	From, To time.Duration
}

// Trace is a run as it was observed. It does not change once it was read.
type Trace struct {
	Len        time.Duration
	Goroutines []*Goroutine // in the order of their numbers
	Procs      int          // the highest number of a P, and one
	GC         []Range
	Events     int            // that were read
	Kinds      map[string]int // events by kind, in the words of x/exp/trace
	// Cut says why the rest of a trace could not be read, "" for a whole one.
	Cut string
}

// Mine gives the goroutines of cells.
func (t *Trace) Mine() []*Goroutine {
	var out []*Goroutine
	for _, g := range t.Goroutines {
		if g.Mine {
			out = append(out, g)
		}
	}
	return out
}

// Wait is a span that a goroutine waited, and whose.
type Wait struct {
	G *Goroutine
	Span
}

// Waits gives the n longest waits of cells' goroutines, the longest first.
func (t *Trace) Waits(n int) []Wait {
	var all []Wait
	for _, g := range t.Mine() {
		for _, s := range g.Spans {
			if s.State == Waiting || s.State == Syscall {
				all = append(all, Wait{g, s})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Wait) int { return int(b.Len() - a.Len()) })
	return all[:min(n, len(all))]
}

// Busiest gives the moment at which most of the cells' goroutines are runnable
// or running.
func (t *Trace) Busiest() time.Duration {
	type edge struct {
		at time.Duration
		by int
	}
	var edges []edge
	for _, g := range t.Mine() {
		for _, s := range g.Spans {
			by := map[State]int{Runnable: 2, Running: 1}[s.State]
			if by > 0 && s.To > s.From {
				edges = append(edges, edge{s.From, by}, edge{s.To, -by})
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		if a.at != b.at {
			return int(a.at - b.at)
		}
		return a.by - b.by
	})
	var best time.Duration
	n, most := 0, 0
	for _, e := range edges {
		if n += e.by; n > most {
			most, best = n, e.at
		}
	}
	return best
}
