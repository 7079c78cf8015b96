package session_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"runnext/kernel/engine"
	"runnext/kernel/stream"
)

// fragile is an engine whose every answer is a defect, but for running cells.
type fragile struct{ engine.Engine }

func (fragile) Complete(context.Context, string, int) engine.Completion { panic("complete") }

func (fragile) Inspect(context.Context, string, int, int) (engine.Bundle, bool) { panic("inspect") }

func (fragile) IsComplete(string) engine.Completeness { panic("is complete") }

func (fragile) Evaluate(context.Context, string) (engine.Bundle, *engine.Failure) { panic("evaluate") }

// telling is an engine that tells when it evaluates an expression.
type telling struct {
	engine.Engine
	evaluated chan<- struct{}
}

func (e telling) Evaluate(ctx context.Context, expr string) (engine.Bundle, *engine.Failure) {
	e.evaluated <- struct{}{}
	return e.Engine.Evaluate(ctx, expr)
}

// slow is an engine that completes nothing before the gate is open.
type slow struct {
	engine.Engine
	gate <-chan struct{}
}

func (e slow) Complete(ctx context.Context, code string, offset int) engine.Completion {
	<-e.gate
	return e.Engine.Complete(ctx, code, offset)
}

// clock is time that passes when a test says so.
type clock struct {
	mu      sync.Mutex
	changed *sync.Cond
	now     time.Time
	timers  []*timer
}

type timer struct {
	clock *clock
	d     time.Duration
	at    time.Time
	f     func()
}

func newClock() *clock {
	c := &clock{now: time.Unix(1e9, 0)}
	c.changed = sync.NewCond(&c.mu)
	return c
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) AfterFunc(d time.Duration, f func()) stream.Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{c, d, c.now.Add(d), f}
	c.timers = append(c.timers, t)
	c.changed.Broadcast()
	return t
}

func (t *timer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	i := slices.Index(t.clock.timers, t)
	if i >= 0 {
		t.clock.timers = slices.Delete(t.clock.timers, i, i+1)
	}
	return i >= 0
}

// advance lets d pass and returns when the calls that were due have returned.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	var due []*timer
	c.timers = slices.DeleteFunc(c.timers, func(t *timer) bool {
		if t.at.After(c.now) {
			return false
		}
		due = append(due, t)
		return true
	})
	c.mu.Unlock()
	for _, t := range due {
		t.f()
	}
}

// awaitTimer waits until somebody has set a timer of that length.
func (c *clock) awaitTimer(t *testing.T, d time.Duration) {
	t.Helper()
	stuck := false
	watchdog := time.AfterFunc(30*time.Second, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		stuck = true
		c.changed.Broadcast()
	})
	defer watchdog.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !slices.ContainsFunc(c.timers, func(t *timer) bool { return t.d == d }) {
		if stuck {
			t.Fatalf("no timer of %v", d)
		}
		c.changed.Wait()
	}
}
