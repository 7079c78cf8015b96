package gmp

import (
	"context"
	"errors"
	"runtime/metrics"
	"time"
)

// Why a run was cut short, as causes of its context.
var (
	errTime   = errors.New("time")
	errMemory = errors.New("memory")
)

// lookEvery is how often the heap is measured while a cell runs.
const lookEvery = 10 * time.Millisecond

// bound gives the context that ends a run which takes too long or too much.
// The caller calls stop when the run is over.
func (e *Engine) bound(ctx context.Context) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	base := heap()
	timer := time.AfterFunc(e.limits.Time, func() { cancel(errTime) })
	e.running.Go(func() {
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if now := heap(); now > base && now-base > e.limits.Memory {
					cancel(errMemory)
				}
			}
		}
	})
	return ctx, func() {
		timer.Stop()
		cancel(nil)
	}
}

// heap gives the bytes of objects, those that are garbage but not swept yet
// with them.
func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
