package yaegi

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"runnext/kernel/core/program"
	"runnext/kernel/engine"
)

// depths finds an endless recursion before its stack has reached the limit at
// which the runtime ends the process. While a cell runs it looks at how much
// the stacks of all goroutines take. As long as that is more than many small
// ones would, goroutines look at their own when they begin a function.
type depths struct {
	asking atomic.Bool

	mu    sync.Mutex
	cells int    // that run
	armed bool   // a look is to come
	limit uint64 // of one stack in bytes, as the runtime has it
}

const (
	depthEvery = 20 * time.Millisecond // between looks
	// A stack is doubled when it is full, and then takes this share of the limit
	// before it is too large for the last time.
	depthShare = 2
	// smallStack is what a goroutine's stack takes that is not meant, in bytes.
	smallStack = 32 << 10
)

// watch looks until what it returns is called.
func (d *depths) watch(r *Runner) (stop func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.limit == 0 {
		d.limit = uint64(maxStack())
	}
	d.cells++
	d.arm(r)
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.cells--
	}
}

// maxStack gives what a stack may take in bytes.
func maxStack() int {
	most := debug.SetMaxStack(1 << 30)
	debug.SetMaxStack(most)
	return most
}

// arm is called under the lock.
func (d *depths) arm(r *Runner) {
	if !d.armed {
		d.armed = true
		time.AfterFunc(depthEvery, func() { d.look(r) })
	}
}

func (d *depths) look(r *Runner) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.armed = false
	large := d.cells > 0 && stacksSize() >= d.limit/depthShare+uint64(runtime.NumGoroutine())*smallStack
	if was := d.asking.Swap(large); large && !was {
		r.stop.raise()
	} else if was && !large {
		r.stop.lower()
	}
	if d.cells > 0 {
		d.arm(r)
	}
}

// stacksSize gives the bytes of all stacks.
func stacksSize() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// checkDepth ends the cell when the running goroutine, which begins function
// fn, has too large a stack.
func (c *cell) checkDepth(fn int) {
	d := &c.r.depths
	if !d.asking.Load() {
		return
	}
	if used := uint64(stackUsed()); used > d.limit/depthShare {
		var places []engine.Place
		if p, ok := c.callPlace(fn); ok {
			places = []engine.Place{p}
		}
		c.overflowed(places, "The goroutine's stack has grown to "+itoa(int(used>>20))+" MB.")
	}
}

// overflowed ends the job as a stack that is too large ends a program. places
// are where the innermost calls were made.
func (c *cell) overflowed(places []engine.Place, detail string) {
	const most = 8
	for i, p := range places {
		if i == most || i > 0 && p == places[0] { // round again
			places = places[:i]
			break
		}
	}
	if p, ok := c.job.alone(); ok {
		_, g := c.running()
		g.crash(p, &engine.Failure{
			Kind: engine.KindFatal, Text: fmt.Sprintf("runtime: goroutine stack exceeds %d-byte limit", maxStack()),
			Detail: []string{"fatal error: stack overflow"}, Places: places,
		})
	}
	c.failForGood(places, "stack overflow", detail)
}

// callPlace gives where function fn calls itself or another one, or where it is
// declared when there is more than one such place.
func (c *cell) callPlace(fn int) (engine.Place, bool) {
	if fn <= 0 || fn >= len(c.prog.Funcs) {
		return engine.Place{}, false
	}
	f := c.prog.Funcs[fn]
	for _, match := range []func(program.Call) bool{
		func(x program.Call) bool { return x.Func == fn },
		func(x program.Call) bool { return x.Func != 0 || x.Name == "" },
		func(x program.Call) bool { return true },
	} {
		if site := c.onlyCall(f, match); site != 0 {
			return c.place(site, f.Name)
		}
	}
	return c.place(f.Site, f.Name)
}
