// Package explore looks for what other schedules than the scheduler's own make
// of a program: it runs it again and again on runnext/sim/machine, decides
// itself who goes on after each operation that others can notice, and leaves
// out schedules that differ in the order of independent operations alone, and
// those that come to a state it knows. It
// tells how the program can end, and finds deadlocks, data races, panics and
// leaks, each with a shortest schedule. It knows nothing of the scheduler's
// rules, which are runnext/sim's, and draws nothing.
package explore

import (
	"context"
	"time"

	"runnext/sim/event"
	"runnext/sim/machine"
)

// Config says what to explore and how much of it.
type Config struct {
	Machine machine.Config // Program and Main; what is printed is kept here
	Bound   int            // preemptions of a schedule, -1 for any number
	Time    time.Duration  // real time to spend, 0 for DefaultTime
	Steps   int            // operations of one schedule, 0 for DefaultSteps
	Tries   int            // executions, 0 for no limit
}

// Defaults of a [Config].
const (
	DefaultTime  = 6 * time.Second
	DefaultSteps = 5_000
)

// Report is what was found.
type Report struct {
	// Complete is true when each schedule was tried that could have come out
	// otherwise than one of those that were.
	Complete bool
	// Bound is the number of preemptions up to which all schedules were tried;
	// -1 when not even those without one were.
	Bound     int
	Schedules int
	Outcomes  []Outcome
	Findings  []Finding
	// Why says what keeps the search from being complete, "" for nothing.
	Why string
}

// Outcome is a way the program can end.
type Outcome struct {
	Stdout  string
	Status  int
	Certain bool // it is the only one
}

// Finding is one thing that is wrong, with a shortest schedule that shows it.
type Finding struct {
	Kind     Kind
	Text     string
	Lines    []int
	Sites    []event.Site
	Schedule []Step
	Log      *event.Log // the schedule's run
}

// Step is an operation of a schedule.
type Step struct {
	G    int64  // 0 is a timer
	Do   string // the operation
	Func string
	Line int
	// Site is the place; nil for a timer.
	Site *event.Site
}

// Explore explores a program. The error is about the machine, as in
// [machine.Run]. It is over soon after ctx is cancelled.
func Explore(ctx context.Context, cfg Config) (_ *Report, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = machine.Recovered(r)
		}
	}()
	if cfg.Time == 0 {
		cfg.Time = DefaultTime
	}
	if cfg.Steps == 0 {
		cfg.Steps = DefaultSteps
	}
	start := time.Now()
	found := newFindings()
	x := newSearch(nil, found)
	s, err := machine.NewSteered(cfg.Machine, x)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	x.s = s
	s.HaltWhen(func() bool { return ctx.Err() != nil || time.Now().After(x.limit.deadline) })
	rep := &Report{Bound: -1}
	// A few preemptions find most of what there is to find, and in schedules
	// that are easy to follow.
	bounds := []int{0, 1, 2, -1}
	if cfg.Bound >= 0 {
		bounds = nil
		for b := range cfg.Bound + 1 {
			bounds = append(bounds, b)
		}
	}
	for i, b := range bounds {
		x.limit = limits{steps: cfg.Steps, deadline: start.Add(cfg.Time)}
		x.limit.tries = cfg.Tries
		if left := len(bounds) - i; left > 1 && cfg.Bound < 0 {
			// The search without a bound finds what these leave out.
			x.limit.deadline = time.Now().Add(time.Until(x.limit.deadline) / (2 * time.Duration(left)))
			if cfg.Tries > 0 {
				x.limit.tries = x.tries + (cfg.Tries-x.tries)/(2*left)
			}
		}
		x.long, x.drawn = false, false
		done, err := x.all(ctx, b)
		if err != nil {
			return nil, err
		}
		x.late = !done
		if !done || x.long {
			if b >= 0 && cfg.Bound < 0 {
				continue
			}
			break
		}
		rep.Bound = max(rep.Bound, b)
		if !x.cut {
			rep.Complete = !x.drawn
			rep.Bound = max(rep.Bound, cfg.Bound)
			break
		}
	}
	rep.Why = x.why(rep, cfg)
	rep.Schedules = x.schedules
	x.limit.deadline = time.Now().Add(cfg.Time / 6)
	return rep, x.report(ctx, rep)
}

// why says what the search has not seen.
func (x *search) why(rep *Report, cfg Config) string {
	switch {
	case rep.Complete:
		return ""
	case x.drawn:
		return "the order of a map's entries, or a random number, is drawn once and for all by the seed"
	case x.long:
		return "some schedules go on and on, and were given up"
	case x.cut && !x.late:
		return "schedules with more preemptions were left out"
	}
	return "the time was up"
}
