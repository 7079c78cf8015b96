package exectrace

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

// LogCategory marks the entries with which the kernel says where in a cell an
// interpreted goroutine is: its stack is the interpreter's. An entry's text is
// "[cell N]:LINE" and a word: go when the goroutine begins, with the place of
// its go statement, and wait before it blocks, with what for.
const LogCategory = "runnext"

// reader builds a Trace.
type reader struct {
	t      *Trace
	begun  bool
	start  trace.Time
	last   trace.Time
	gs     map[trace.GoID]*gState
	ranges map[string]time.Duration // that are open
}

// gState is a goroutine as it is while the events go by.
type gState struct {
	g    *Goroutine
	open Span // the current span; State 0 when there is none
	// place and reason are what the kernel says of the wait to come.
	place  Place
	reason string
}

// Read reads a whole trace. Where it ends early, as that of a program that was
// killed, what was read is given with Cut set; an error says that nothing was.
func Read(r io.Reader) (*Trace, error) {
	b := &reader{t: &Trace{Kinds: map[string]int{}}, gs: map[trace.GoID]*gState{}, ranges: map[string]time.Duration{}}
	n, err := each(r, func(_ int, e *trace.Event) bool { b.event(e); return false })
	if err != nil {
		if n == 0 {
			return nil, fmt.Errorf("execution trace: %w", err)
		}
		b.t.Cut = err.Error()
	}
	b.end()
	return b.t, nil
}

func (b *reader) at(t trace.Time) time.Duration { return time.Duration(t - b.start) }

func (b *reader) event(e *trace.Event) {
	b.t.Events++
	b.t.Kinds[e.Kind().String()]++
	if !b.begun {
		b.begun, b.start = true, e.Time()
	}
	b.last = max(b.last, e.Time())
	if p := e.Proc(); p != trace.NoProc {
		b.t.Procs = max(b.t.Procs, int(p)+1)
	}
	switch e.Kind() {
	case trace.EventStateTransition:
		if st := e.StateTransition(); st.Resource.Kind == trace.ResourceGoroutine {
			b.goroutine(e, st)
		}
	case trace.EventRangeBegin, trace.EventRangeActive:
		if r := e.Range(); strings.HasPrefix(r.Name, "GC ") && r.Scope.Kind == trace.ResourceNone {
			if _, open := b.ranges[r.Name]; !open {
				b.ranges[r.Name] = b.at(e.Time())
			}
		}
	case trace.EventRangeEnd:
		if r := e.Range(); b.has(r.Name) {
			b.t.GC = append(b.t.GC, Range{r.Name, b.ranges[r.Name], b.at(e.Time())})
			delete(b.ranges, r.Name)
		}
	case trace.EventLog:
		if l := e.Log(); l.Category == LogCategory {
			b.log(e, l.Message)
		}
	}
}

func (b *reader) has(name string) bool { _, ok := b.ranges[name]; return ok }

func (b *reader) of(id trace.GoID) *gState {
	s := b.gs[id]
	if s == nil {
		s = &gState{g: &Goroutine{ID: int64(id)}}
		b.gs[id] = s
	}
	return s
}

var states = map[trace.GoState]State{
	trace.GoRunning: Running, trace.GoRunnable: Runnable, trace.GoWaiting: Waiting, trace.GoSyscall: Syscall,
}

func (b *reader) goroutine(e *trace.Event, st trace.StateTransition) {
	id := st.Resource.Goroutine()
	from, to := st.Goroutine()
	s := b.of(id)
	now := b.at(e.Time())
	if from == to { // what a new part of the trace begins with
		if s.open.State == 0 {
			s.open = Span{From: now, State: states[to], Proc: proc(e, to)}
			b.place(s, st.Stack)
		}
		return
	}
	s.close(now)
	if from == trace.GoNotExist {
		s.g.born = true
		s.g.Parent = max(int64(e.Goroutine()), 0)
		s.g.Func, _ = first(st.Stack)
		if p, ok := inCell(e.Stack()); ok {
			s.g.Origin, s.g.Mine = p, true
		}
	}
	if states[to] == 0 { // it does not exist, or nobody knows
		s.open = Span{}
		return
	}
	s.open = Span{From: now, State: states[to], Proc: proc(e, to)}
	if to == trace.GoRunnable && from == trace.GoWaiting && e.Goroutine() != id {
		s.open.Waker = max(int64(e.Goroutine()), 0)
	}
	if to == trace.GoWaiting || to == trace.GoSyscall {
		s.open.Reason = st.Reason
		if to == trace.GoSyscall {
			s.open.Reason = "system call"
		} else if call := syncCall(st.Stack); s.open.Reason == "sync" && call != "" {
			s.open.Reason = call
		}
		b.place(s, st.Stack)
		if s.place.Line > 0 && s.open.Place.Line == 0 {
			s.open.Place, s.open.Reason = s.place, s.reason
			s.place = Place{}
		}
	}
}

func proc(e *trace.Event, to trace.GoState) int {
	if to == trace.GoRunning || to == trace.GoSyscall {
		return int(e.Proc())
	}
	return -1
}

// place takes the cell's line from a stack.
func (b *reader) place(s *gState, stack trace.Stack) {
	if p, ok := inCell(stack); ok {
		s.open.Place = p
		s.g.Mine = true
	}
}

// close ends the current span.
func (s *gState) close(now time.Duration) {
	if s.open.State == 0 {
		return
	}
	s.open.To = now
	s.g.Spans = append(s.g.Spans, s.open)
	s.open = Span{}
}

var logged = regexp.MustCompile(`^\[cell (\d+)\]:(\d+) (go|wait)(?: (.*))?$`)

func (b *reader) log(e *trace.Event, text string) {
	m := logged.FindStringSubmatch(text)
	if m == nil {
		return
	}
	p := Place{}
	p.Cell, _ = strconv.Atoi(m[1])
	p.Line, _ = strconv.Atoi(m[2])
	s := b.of(e.Goroutine())
	s.g.Mine = true
	if m[3] == "go" {
		s.g.Origin = p
	} else {
		s.place, s.reason = p, m[4]
	}
}

func (b *reader) end() {
	b.t.Len = b.at(b.last)
	for _, s := range b.gs {
		s.close(b.t.Len)
		if len(s.g.Spans) > 0 {
			b.t.Goroutines = append(b.t.Goroutines, s.g)
		}
	}
	for name, from := range b.ranges {
		b.t.GC = append(b.t.GC, Range{name, from, b.t.Len})
	}
	slices.SortFunc(b.t.GC, func(x, y Range) int { return int(x.From - y.From) })
	slices.SortFunc(b.t.Goroutines, func(x, y *Goroutine) int { return int(x.ID - y.ID) })
	b.t.crop()
}

// cellFile is what a frame's file is called when a cell was built.
var cellFile = regexp.MustCompile(`^(?:.*/)?\[cell (\d+)\]$`)

// inCell gives the innermost line of a cell on a stack.
func inCell(s trace.Stack) (Place, bool) {
	for f := range s.Frames() {
		if m := cellFile.FindStringSubmatch(f.File); m != nil {
			p := Place{Line: int(f.Line), Func: f.Func}
			p.Cell, _ = strconv.Atoi(m[1])
			return p, true
		}
	}
	return Place{}, false
}

// syncCall gives the function of package sync that a cell waits in, as a cell
// writes it: the runtime's word for all of them is sync.
func syncCall(s trace.Stack) (call string) {
	for f := range s.Frames() {
		if cellFile.MatchString(f.File) {
			return call
		}
		if strings.HasPrefix(f.Func, "sync.") {
			call = strings.NewReplacer("(*", "", ")", "").Replace(f.Func)
		}
	}
	return ""
}

func first(s trace.Stack) (string, bool) {
	for f := range s.Frames() {
		return f.Func, true
	}
	return "", false
}
