package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/trace"
	"slices"
	"time"

	"runnext/sim"
)

// measure is how one or more entries of [sim.Costs] are measured. All figures
// are nanoseconds.
type measure struct {
	name, how string
	procs     int
	sample    func() float64
	less      func() float64 // what to take from it, nil if nothing
	once      bool           // it cannot be measured again: runtime/trace is off
	model     int64          // what the model says
	set       func(v int64)  // has it say v, nil if v is too uncertain for that
}

// costs measures what the entries of [sim.Costs] rest on, and prints each
// beside the model's. It gives the model of this machine as it is while
// runtime/trace is on. What can be measured once only is taken from before, if
// that is not nil.
func costs(out io.Writer, before *sim.Costs) sim.Costs {
	c := sim.DefaultCosts()
	if before != nil {
		c = *before
	}
	fmt.Fprintln(out, "| cost | measured by | ns | traced | model |")
	fmt.Fprintln(out, "|---|---|---|---|---|")
	for _, m := range slices.Concat(switches(&c), waits(&c), threads(&c), rarer(&c), collections(&c)) {
		if m.once && before != nil {
			continue
		}
		procs := runtime.GOMAXPROCS(m.procs)
		plain := m.figure()
		traced := plain
		if !m.once && trace.Start(io.Discard) == nil {
			traced = m.figure()
			trace.Stop()
		}
		runtime.GOMAXPROCS(procs)
		if m.set != nil {
			m.set(max(traced, 0))
		}
		fmt.Fprintf(out, "| %s | %s | %d | %d | %d |\n", m.name, m.how, plain, traced, m.model)
	}
	fmt.Fprintln(out)
	return c
}

// figure is the median of the samples, or the difference of the two that
// others have disturbed least.
func (m *measure) figure() int64 {
	take := func(f func() float64) (list []float64) {
		for range 25 {
			list = append(list, f())
		}
		return list
	}
	if m.less == nil {
		return int64(quantile(take(m.sample), 0.5))
	}
	return int64(quantile(take(m.sample), 0) - quantile(take(m.less), 0))
}

// per measures how long each of the n things takes that f does.
func per(n int, f func()) func() float64 {
	return func() float64 {
		start := time.Now()
		f()
		return float64(time.Since(start)) / float64(n)
	}
}
