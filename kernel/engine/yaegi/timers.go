package yaegi

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
	"weak"
)

// callback is a function of a cell's that compiled code will call by itself,
// some time: while one is outstanding its job may go on.
type callback struct {
	j   *job
	due atomic.Bool
}

// set says whether the call is still to come.
func (b *callback) set(due bool) {
	if b.due.Swap(due) == due {
		return
	}
	if due {
		b.j.pending.Add(1)
		return
	}
	if b.j.pending.Add(-1) == 0 && b.j.running.Load() == 0 {
		b.j.over()
	}
}

// afterFunc is time.AfterFunc.
func (c *cell) afterFunc(site int, d time.Duration, f func()) *time.Timer {
	b := &callback{j: c.owner()}
	b.set(true)
	t := time.AfterFunc(d, c.detached(site, func() {
		b.set(false)
		f()
	}))
	key := weak.Make(t)
	c.r.callbacks.Store(key, b)
	runtime.AddCleanup(t, func(key weak.Pointer[time.Timer]) { c.r.callbacks.Delete(key) }, key)
	return t
}

func (c *cell) stopTimer(t *time.Timer) bool {
	active := t.Stop()
	if b, ok := c.r.callbacks.Load(weak.Make(t)); ok {
		b.(*callback).set(false)
	}
	return active
}

func (c *cell) resetTimer(t *time.Timer, d time.Duration) bool {
	if b, ok := c.r.callbacks.Load(weak.Make(t)); ok {
		b.(*callback).set(true)
	}
	return t.Reset(d)
}

// contextAfterFunc is context.AfterFunc.
func (c *cell) contextAfterFunc(site int, ctx context.Context, f func()) func() bool {
	b := &callback{j: c.owner()}
	b.set(true)
	stop := context.AfterFunc(ctx, c.detached(site, func() {
		b.set(false)
		f()
	}))
	return func() bool {
		stopped := stop()
		if stopped {
			b.set(false)
		}
		return stopped
	}
}
