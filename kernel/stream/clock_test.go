package stream

import (
	"sync"
	"time"
)

// manual is a clock that stands still until it is told to advance. It runs
// what is due in the goroutine that advances it.
type manual struct {
	mu     sync.Mutex
	now    time.Time
	timers map[*manualTimer]bool
	set    chan struct{} // takes one value for each timer set, when not nil
}

type manualTimer struct {
	c  *manual
	at time.Time
	f  func()
}

func newManual() *manual {
	return &manual{now: time.Unix(1_000_000, 0), timers: make(map[*manualTimer]bool)}
}

func (c *manual) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *manual) AfterFunc(d time.Duration, f func()) Timer {
	c.mu.Lock()
	t := &manualTimer{c, c.now.Add(d), f}
	c.timers[t] = true
	c.mu.Unlock()
	if c.set != nil {
		c.set <- struct{}{}
	}
	return t
}

func (t *manualTimer) Stop() bool {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	was := t.c.timers[t]
	delete(t.c.timers, t)
	return was
}

// advance moves the clock and makes the calls that are due, in order of time.
func (c *manual) advance(d time.Duration) {
	c.mu.Lock()
	end := c.now.Add(d)
	for {
		var next *manualTimer
		for t := range c.timers {
			if !t.at.After(end) && (next == nil || t.at.Before(next.at)) {
				next = t
			}
		}
		if next == nil {
			break
		}
		delete(c.timers, next)
		c.now = next.at
		c.mu.Unlock()
		next.f()
		c.mu.Lock()
	}
	c.now = end
	c.mu.Unlock()
}
