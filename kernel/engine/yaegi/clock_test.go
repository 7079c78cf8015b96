package yaegi

import (
	"testing"
	"time"
)

// The clock goes while goroutines begin to wait, and stands when none does.
func TestClock(t *testing.T) {
	var at time.Duration = 1
	var moves uint64
	var due []func()
	k := clock{
		read:  func() time.Duration { return at },
		after: func(_ time.Duration, f func()) { due = append(due, f) },
		moves: func() uint64 { return moves },
	}
	tick := func() {
		at += clockTick
		f := due[0]
		due = due[1:]
		f()
	}
	for i, step := range []struct {
		waits bool // somebody has begun to wait since the last tick
		ticks int  // that are to come then
	}{{true, 1}, {true, 1}, {false, 0}, {true, 1}, {false, 0}} {
		if step.waits {
			moves++
			if behind := at - k.now(); behind < 0 || behind > clockTick {
				t.Errorf("step %d: the clock is %v behind", i, behind)
			}
		}
		if len(due) > 0 {
			tick()
		}
		if len(due) != step.ticks {
			t.Errorf("step %d: %d ticks to come, want %d", i, len(due), step.ticks)
		}
	}
}
