package yaegi

import (
	"fmt"
	"strings"
	"time"

	"runnext/kernel/engine"
)

// asked is what the collector was asked about a goroutine, and its answer.
type asked struct {
	round uint64
	turn  uint64 // of the wait that was meant
	times int    // that it was asked about that wait in that round
	leak  bool
}

// leakAsks is how often the collector is asked about a wait in a round. What was
// in reach of a goroutine that has gone on may still lie in its stack the first
// time.
const leakAsks = 3

// done tells whether it need not be asked about a wait in this round.
func (a asked) done(round uint64, w *wait) bool {
	return a.turn == w.turn && (a.leak || a.round >= round && a.times >= leakAsks)
}

// again is the same after one more answer.
func (a asked) again(round, turn uint64, leak bool) asked {
	if a.round != round || a.turn != turn {
		a.times = 0
	}
	return asked{round, turn, a.times + 1, leak}
}

// leakLooks is how often leaks are looked for after a cell began or ended.
const leakLooks = 12

// leakAge is how long a goroutine has waited before it is asked about.
const leakAge = scans * scanEvery

// begin says that a cell began or ended: what was in reach may not be any more.
func (d *deadlocks) begin(r *Runner) {
	d.round.Add(1)
	d.left.Store(leakLooks)
	d.arm(r)
}

// leaks tells of goroutines that can never go on, each once, in a quiet line
// of its cell.
func (d *deadlocks) leaks(r *Runner, jobs []*job) {
	if time.Since(r.leaks.last()) < r.leaks.pause() {
		if d.left.Load() > 0 { // this look is still to come
			d.arm(r)
		}
		return
	}
	if d.left.Add(-1) > 0 {
		d.arm(r)
	}
	round := d.round.Load()
	var open []*wait
	for _, j := range jobs {
		if !j.watched || j.stopping.Load() {
			continue
		}
		for _, w := range j.waitList() {
			if w.kind != waitSleep && w.g != nil && !w.g.asked.done(round, w) && r.clock.read()-w.since >= leakAge {
				open = append(open, w)
			}
		}
	}
	if len(open) == 0 {
		return
	}
	p, ok := r.leaked(true)
	if !ok {
		return
	}
	told := map[*job][]*wait{}
	for _, w := range open {
		leak := p.goroutine(w.g)
		w.g.asked = w.g.asked.again(round, w.turn, leak)
		if leak {
			told[w.j] = append(told[w.j], w)
		}
	}
	for j, waits := range told {
		if !j.isOver() && p.job(j) {
			continue // a deadlock, which is an error
		}
		j.io.Display(engine.Quiet(j.stranded(waits)))
	}
}

// stranded is the line about goroutines that can never go on.
func (j *job) stranded(waits []*wait) string {
	n := j.named()
	byNumber(waits)
	var parts, numbers []string
	for _, w := range waits {
		numbers = append(numbers, itoa(w.g.number))
	}
	const shown = 3
	for _, w := range waits[:min(len(waits), shown)] {
		text := w.g.subject() + " " + w.says(n)
		if ps := w.places(); len(ps) == 1 {
			text += " at " + at(ps[0], j.cell)
		}
		parts = append(parts, text)
	}
	if len(waits) == 1 {
		return "leak: " + parts[0] + " and can never go on: nothing that is left can reach what it waits for."
	}
	if more := len(waits) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("leak: goroutines %s can never go on, nothing that is left can reach what they wait for: %s.",
		listed(numbers), strings.Join(parts, "; "))
}

// listed writes numbers as a person does: 3, 4 and 5.
func listed(n []string) string {
	const shown = 8
	if len(n) > shown {
		return strings.Join(n[:shown], ", ") + " and others"
	}
	return strings.Join(n[:len(n)-1], ", ") + " and " + n[len(n)-1]
}
