package session

import (
	"testing"
	"time"

	"runnext/kernel/stream"
	"runnext/kernel/wire"
)

// still is a clock that a test sets.
type still struct {
	stream.Clock
	now time.Time
}

func (c *still) Now() time.Time { return c.now }

func at(ms int) *wire.Message {
	return &wire.Message{Header: wire.Header{Date: wire.FormatDate(time.UnixMilli(1_000_000 + int64(ms)))}}
}

// An interrupt is for cells that were sent before it: the two come by different
// channels, and one that was sent before a cell may come after that has begun.
func TestInterruptThatACellOvertakes(t *testing.T) {
	for _, c := range []struct {
		name            string
		cell, interrupt int // sent, in ms
		age             time.Duration
		ends            bool
	}{
		{"as one does", 0, 900, 900 * time.Millisecond, true},
		{"at once", 0, 1, time.Millisecond, true},
		{"overtaken", 2, 1, time.Millisecond, false},
		{"by another clock", 5000, 900, 900 * time.Millisecond, true},
		{"in one moment", 1, 1, 0, true},
	} {
		clock := &still{now: time.UnixMilli(0)}
		sub := newSubshell("", clock)
		sub.push(at(c.cell))
		_, x := sub.next(t.Context())
		sub.push(at(c.cell + 1))
		clock.now = clock.now.Add(c.age)
		sub.interrupt(at(c.interrupt))
		if ended := x.ctx.Err() != nil; ended != c.ends {
			t.Errorf("%s: the cell has ended: %v, want %v", c.name, ended, c.ends)
		}
		if aborted := len(sub.aborted) == 1 && len(sub.queue) == 0; aborted != c.ends {
			t.Errorf("%s: what was queued is aborted: %v, want %v", c.name, aborted, c.ends)
		}
		sub.done()
	}
}

func TestInterruptOfWhatIsQueued(t *testing.T) {
	sub := newSubshell("", &still{})
	sub.push(at(1))
	sub.push(at(3))
	sub.interrupt(at(2))
	if len(sub.aborted) != 1 || len(sub.queue) != 1 {
		t.Errorf("%d aborted, %d queued", len(sub.aborted), len(sub.queue))
	}
}

func TestInterruptOfNoDate(t *testing.T) {
	sub := newSubshell("", &still{})
	sub.push(at(1))
	_, x := sub.next(t.Context())
	defer sub.done()
	sub.interrupt(&wire.Message{Header: wire.Header{Date: "tomorrow"}})
	if x.ctx.Err() == nil {
		t.Error("an interrupt without a date ends nothing")
	}
}
