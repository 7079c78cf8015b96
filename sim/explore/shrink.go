package explore

import (
	"context"
	"time"
)

// maxShrinks is how many executions are spent on one finding's schedule.
const maxShrinks = 200

// shrink looks for shorter schedules that show the same: it leaves parts of one
// out, large ones first, and lets the program run along what is left.
func (x *search) shrink(ctx context.Context, f *finding) error {
	tries := 0
	for size := len(f.best.steps) / 2; size > 0; size /= 2 {
		for at := len(f.best.steps) - size; at >= 0; at -= size {
			if tries++; tries > maxShrinks || ctx.Err() != nil || time.Now().After(x.limit.deadline) {
				return nil
			}
			all := f.best.steps
			if at+size > len(all) {
				continue
			}
			if err := x.along(append(append([]turn(nil), all[:at]...), all[at+size:]...), f.kind == Race); err != nil {
				return err
			}
		}
	}
	return nil
}

// along executes a schedule as far as it goes: a step that cannot be done is
// passed over, and what is missing at its end is done as it comes, unless the
// schedule is to be cut there. What is found is noted.
func (x *search) along(steps []turn, cut bool) error {
	x.reset()
	x.nodes, x.fresh, x.bound = nil, x.limit.steps, -1
	if err := x.s.Start(); err != nil {
		return err
	}
	last := -1
	for !x.s.Ended && !x.s.Cut && x.depth < x.limit.steps && (len(steps) > 0 || !cut) {
		n := x.node(last)
		if n == nil {
			return nil
		}
		if n.proc < 0 {
			x.stuck()
			return nil
		}
		for len(steps) > 0 {
			t := steps[0]
			steps = steps[1:]
			if n.enabled.has(t.proc) {
				n.proc, n.choice = t.proc, t.choice
				break
			}
		}
		if err := x.step(n); err != nil {
			return err
		}
		if n.choice >= n.choices {
			return nil
		}
		last = n.proc
	}
	if x.s.Ended {
		x.ended()
	}
	return nil
}
