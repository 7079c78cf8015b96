package yaegi

import (
	"bufio"
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"runnext/kernel/core/program"
	"runnext/kernel/engine"
)

// job is one execution of a cell and the goroutines it started.
type job struct {
	r    *Runner
	io   engine.IO
	id   uint64
	cell int
	prog *program.Program
	self *goroutine // stands for all of them where none in particular is meant

	program engine.Program // io, if the job is a whole program

	stopped  chan struct{} // closed when the job's goroutines must unwind
	halted   chan struct{} // closed right after that: who waits here runs first
	killed   chan struct{} // closed when their deferred calls must end too
	stopping atomic.Bool
	dead     atomic.Bool
	running  atomic.Int64 // goroutines, the cell's own included
	lowered  atomic.Bool
	waits    waits
	pending  atomic.Int64 // callbacks that are still to come
	helpers  atomic.Int64 // goroutines that block on behalf of others
	watched  bool         // nobody else sees a deadlock of it
	stable   stable

	labelText string // tells the job from all others of the process

	mu        sync.Mutex
	in        *bufio.Reader
	first     *goroutine // of those that run
	numbered  int
	ended     bool // Run has returned
	value     *engine.Bundle
	returned  bool // the cell's own goroutine has come to its end
	failure   *engine.Failure
	unwinding map[uint64]bool // goroutines that have begun to
	idle      chan struct{}   // closed when no goroutine is left after stop
}

// Times an interrupted job is given.
const (
	replyWithin  = 60 * time.Millisecond // until Run returns
	deferWithin  = time.Second           // for deferred calls
	pollInterval = 5 * time.Millisecond  // of the shared word
)

// run runs the cell's statements and waits for their end, or for the end of
// ctx. Nothing here holds the cell while it waits, see leaks.
func (j *job) run(ctx context.Context, c *cell) engine.Report {
	main := make(chan struct{})
	if j.watched {
		j.r.dead.begin(j.r)
		defer j.r.dead.begin(j.r)
	}
	j.runMain(c, main)
	watch := j.watch()
	defer watch()
	interrupted := false
	select {
	case <-main:
	case <-j.halted:
		interrupted = true
	case <-ctx.Done():
		interrupted = true
		j.halt()
	}
	if interrupted {
		select {
		case <-j.quiet():
		case <-time.After(replyWithin):
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ended = true
	rep := engine.Report{Failure: j.failure, Running: int(j.running.Load())}
	switch {
	case j.failure != nil:
	case !interrupted && !j.returned:
		rep.Goexit = true
	case interrupted:
		rep.Failure = &engine.Failure{Kind: engine.KindInterrupted, Text: "interrupted"}
	default:
		rep.Value = j.value
	}
	return rep
}

// runMain starts the cell's own goroutine, which makes its value too: that may
// call methods of the cell's types.
func (j *job) runMain(c *cell, main chan struct{}) {
	g := j.begin(nil, 0)
	go engine.Marked(j.cell, 0, 0, func() {
		defer close(main)
		defer j.leave(g)
		j.guard(c, g, func() {
			c.entry()
			var v *engine.Bundle
			if c.given {
				v = c.shown()
				c.value = nil
			}
			j.mu.Lock()
			j.value, j.returned = v, true
			j.mu.Unlock()
		})
	})
}

// watch looks at the job's word every few milliseconds where there is no alarm
// that emitted code looks at itself. It returns what ends the watch.
func (j *job) watch() (stop func()) {
	word := j.io.Interrupted()
	if _, ok := j.io.(engine.Alarmed); ok || word == nil {
		return func() {}
	}
	var t *time.Timer
	var over atomic.Bool
	var look func()
	look = func() {
		if atomic.LoadUint32(word) != 0 {
			j.halt()
			return
		}
		if !over.Load() {
			t.Reset(pollInterval)
		}
	}
	t = time.AfterFunc(time.Hour, look)
	t.Reset(pollInterval)
	return func() {
		over.Store(true)
		t.Stop()
	}
}

// halt makes the job's goroutines unwind.
func (j *job) halt() {
	if j.stopping.Swap(true) {
		return
	}
	j.r.stop.raise()
	close(j.stopped)
	close(j.halted)
	j.r.leaks.awake.RLock()
	j.end()
	j.r.leaks.awake.RUnlock()
	time.AfterFunc(deferWithin, func() {
		j.dead.Store(true)
		close(j.killed)
	})
}

// quiet gives a channel that is closed when none of the job's goroutines run.
func (j *job) quiet() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.idle == nil {
		j.idle = make(chan struct{})
		if j.running.Load() == 0 {
			close(j.idle)
		}
	}
	return j.idle
}

// leave is the end of one of the job's goroutines.
func (j *job) leave(g *goroutine) {
	j.r.accounts.forget()
	id := goidIf(j.stopping.Load())
	j.mu.Lock()
	g.end()
	delete(j.unwinding, id)
	none := j.running.Add(-1) == 0
	if j.watched {
		j.r.maps.crowd.leave()
	}
	if none && j.idle != nil {
		select {
		case <-j.idle:
		default:
			close(j.idle)
		}
	}
	j.mu.Unlock()
	if none {
		j.over()
	}
}

func goidIf(want bool) uint64 {
	if want {
		return goid()
	}
	return 0
}

// over forgets the job when nothing of it runs any more.
func (j *job) over() {
	if j.pending.Load() > 0 && !j.stopping.Load() {
		return // a callback is still to come
	}
	j.r.jobs.forget(j)
	if j.stopping.Load() && !j.lowered.Swap(true) {
		j.r.stop.lower()
	}
}

// guard runs f and turns a panic into the job's failure.
func (j *job) guard(c *cell, g *goroutine, f func()) {
	before := getProfLabel()
	setProfLabel(unsafe.Pointer(g))
	defer setProfLabel(before)
	defer func() {
		if v := recover(); v != nil {
			f := c.failure(v)
			if p, ok := j.alone(); ok {
				g.crash(p, f)
			}
			if told := g.told(); told != nil {
				f.Detail = append(f.Detail, told...)
				if f.Why == "" {
					f.Why = "no function deferred by that goroutine has recovered the panic; recover helps only in the goroutine that panics"
				}
			}
			j.fail(f)
		}
	}()
	g.began()
	f()
}

// fail ends the job with a failure, as an unrecovered panic ends a program.
func (j *job) fail(f *engine.Failure) {
	j.mu.Lock()
	late := j.ended
	first := j.failure == nil
	if first && !late {
		j.failure = f
	}
	j.mu.Unlock()
	if late && first && !j.stopping.Load() {
		j.io.Late(f)
	}
	j.halt()
}

// goStmt is a go statement.
func (c *cell) goStmt(site int, f func()) {
	if f == nil {
		c.raise(site, nilError()) // go of a nil function is a fatal error in Go
	}
	j := c.owner()
	g := j.begin(c.prog, site)
	if _, ok := j.alone(); ok {
		go started(site, func() {
			defer j.leave(g)
			j.guard(c, g, f)
		})
		return
	}
	p, ok := g.place()
	if !ok {
		p.Cell = j.cell
	}
	go engine.Marked(p.Cell, p.Line, p.Column, func() {
		defer j.leave(g)
		j.guard(c, g, f)
	})
}

// detached wraps a function that compiled code will run in a goroutine of its
// own.
func (c *cell) detached(site int, f func()) func() {
	j := c.owner()
	return func() {
		if j.stopping.Load() {
			return
		}
		g := j.begin(c.prog, site)
		defer j.leave(g)
		j.guard(c, g, f)
	}
}

// check is what emitted code calls while some job must unwind, or some stack is
// large. fn is the function whose beginning this is, 0 elsewhere.
func (c *cell) check(fn int) {
	c.r.look()
	if fn != 0 {
		c.checkDepth(fn)
	}
	j := c.owner()
	if j.stopping.Load() {
		j.quit()
	}
}

// quit unwinds the running goroutine, unless it runs deferred calls already
// and has time left for them.
func (j *job) quit() {
	g := goid()
	j.mu.Lock()
	begun := j.unwinding[g]
	j.unwinding[g] = true
	j.mu.Unlock()
	if !begun || j.dead.Load() {
		runtime.Goexit()
	}
}

// until gives the channel that ends what the running goroutine waits for.
func (j *job) until() chan struct{} {
	if j.stopping.Load() {
		j.mu.Lock()
		begun := j.unwinding[goid()]
		j.mu.Unlock()
		if begun {
			return j.killed
		}
	}
	return j.stopped
}

// leaveNow unwinds the running goroutine because until's channel was closed.
func (c *cell) leaveNow() {
	c.owner().quit()
	runtime.Goexit()
}
