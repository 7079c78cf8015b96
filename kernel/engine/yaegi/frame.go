package yaegi

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// Frame is the part of a call that has defer statements: the deferred calls,
// and what becomes of a panic. Emitted code runs the function's body by
// [cell.run] and gives deferred calls as functions, since the interpreter
// reads the operands of a defer statement late and knows one way of unwinding.
// A Frame belongs to one goroutine.
type Frame struct {
	deferred []deferredCall
	// passed, where it is not nil, notes for a panic that began in a deferred call
	// that it leaves the function and those which called it. Where the function
	// was, the panic before it knows, if there is one.
	passed func(before *origin)
}

// deferredCall is one of them; depth is how many interpreted calls fn makes to
// reach the function that was deferred, itself included. Where recover itself
// was deferred there is no fn, but the panic that the function may recover.
type deferredCall struct {
	fn    func()
	depth int
	of    *panicking
}

// panicking is a panic on its way up through the frames of one goroutine.
type panicking struct {
	value     any
	place     *origin
	recovered bool
	depth     int        // of the deferred call that runs
	up        *panicking // the one that was under way when this began
}

// panics holds the panics under way in the process, by goroutine.
type panics struct {
	active atomic.Int64
	mu     sync.Mutex
	of     map[uint64]*panicking
	origin map[uint64]*origin
}

// run runs a function's body. When it panics and a deferred call recovers, rest
// runs: it gives the function's named results.
func (c *cell) run(fr *Frame, body, rest func()) {
	if c.guarded(fr, body) {
		rest()
	}
}

// guarded tells whether body's panic was recovered; there need not be a body.
func (c *cell) guarded(fr *Frame, body func()) (recovered bool) {
	done := false
	defer func() {
		if done {
			return
		}
		v := recover()
		if v == nil { // Goexit, or an interrupt
			fr.finish(c)
			return
		}
		recovered = c.unwind(fr, v, body == nil)
	}()
	if body != nil {
		body()
	}
	c.runDefers(fr)
	done = true
	return false
}

// unwind runs the deferred calls of a frame whose body, or one of them, has
// panicked with v. It panics again when none of them recovers.
func (c *cell) unwind(fr *Frame, v any, ofDeferred bool) (recovered bool) {
	g := goid()
	p := new(panicking)
	p.value, p.place = c.r.panics.explain(g, v)
	first := p.place
	c.panicked(fr, g, p)
	if !p.recovered {
		if p.place != nil {
			p.place.value = p.value
		}
		c.r.panics.setOrigin(g, p.place)
		if fr.passed != nil && (ofDeferred || p.place != first) {
			if ofDeferred {
				first = nil
			}
			fr.passed(first)
		}
		panic(p.value)
	}
	// What is left runs as after a return, and may panic in its turn.
	c.guarded(fr, nil)
	return true
}

// panicked runs deferred calls until one of them recovers.
func (c *cell) panicked(fr *Frame, g uint64, p *panicking) {
	done := false
	defer func() {
		if !done { // Goexit ends the panic
			fr.finish(c)
		}
	}()
	c.r.panics.push(g, p)
	defer c.r.panics.pop(g, p)
	for len(fr.deferred) > 0 && !p.recovered {
		d := fr.pop()
		if d.fn == nil {
			continue // recover, but not called by a deferred function
		}
		p.depth = d.depth
		undo := c.r.accounts.panicking(c, p.value)
		w, stood, panicked := protect(d.fn)
		undo()
		if panicked {
			w, o := c.r.panics.explain(g, w)
			o.learn(stood, false)
			p.again(c, w, o)
		}
	}
	done = true
}

// protect runs a deferred call of a frame that is unwinding. See
// callsSinceUnwind.
func protect(d func()) (v any, stood marked, panicked bool) { return attempt(d) }

// attempt runs d and gives what it panics with, and the marks of the functions
// that were on the stack then. A Goexit inside of it goes on.
func attempt(d func()) (v any, stood marked, panicked bool) {
	done := false
	defer func() {
		if !done {
			v = recover()
			panicked = v != nil
		}
		if panicked {
			stood = marks()
		}
	}()
	d()
	done = true
	return nil, marked{}, false
}

// finish runs the deferred calls of a frame that is left for good by Goexit,
// which goes on when they recover a panic of one of them.
func (fr *Frame) finish(c *cell) {
	defer func() {
		if len(fr.deferred) > 0 {
			fr.finish(c)
		}
	}()
	for len(fr.deferred) > 0 {
		d := fr.pop()
		if d.fn == nil {
			continue
		}
		if v, _, panicked := attempt(d.fn); panicked {
			c.unwind(fr, v, true)
		}
	}
}

func (fr *Frame) pop() deferredCall {
	d := fr.deferred[len(fr.deferred)-1]
	fr.deferred = fr.deferred[:len(fr.deferred)-1]
	return d
}

// runDefers runs the deferred calls at a return. A deferred recover is called
// by the function that returns.
func (c *cell) runDefers(fr *Frame) {
	for len(fr.deferred) > 0 {
		if d := fr.pop(); d.fn != nil {
			d.fn()
		} else if d.of != nil && c.r.panics.current() == d.of {
			d.of.recovered = true
		}
	}
}

func deferCall(fr *Frame, depth int, d func()) {
	if d == nil {
		d = func() { panic(nilError()) }
	}
	fr.deferred = append(fr.deferred, deferredCall{fn: d, depth: depth})
}

// deferRecover is defer recover() in the body of a frame.
func (c *cell) deferRecover(fr *Frame) {
	fr.deferred = append(fr.deferred, deferredCall{of: c.r.panics.seenBy(1)})
}

// through calls the method that a wrapper leads to. The wrapper does not count
// among the calls between a panic and recover.
func through(call func()) { call() }

// recover is Go's: it gives the panic's value when the function that asks was
// called by a frame's unwinding itself, and nil otherwise. inside is how many
// interpreted calls lie between that function and here.
func (ps *panics) recover(inside int) any {
	p := ps.seenBy(inside)
	if p == nil {
		return nil
	}
	p.recovered = true
	return p.value
}

// seenBy gives the panic that recover would end here, or nil.
func (ps *panics) seenBy(inside int) *panicking {
	if ps.active.Load() == 0 {
		return nil
	}
	p := ps.current()
	if p == nil || p.recovered || callsSinceUnwind() != p.depth+inside {
		return nil
	}
	return p
}

// current gives the innermost panic of the goroutine.
func (ps *panics) current() *panicking {
	g := goid()
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.of[g]
}

// callsSinceUnwind counts the interpreted calls between the innermost
// unwinding frame and here; -1 when there is none.
func callsSinceUnwind() int {
	pcs := make([]uintptr, 512)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for calls := 0; ; {
		f, more := frames.Next()
		name, ours := strings.CutPrefix(f.Function, "runnext/kernel/engine/yaegi.")
		switch {
		case strings.HasSuffix(f.Function, "interp.runCfg"), strings.HasSuffix(f.Function, "machine.(*Machine).run"):
			calls++
		case !ours:
		case name == "through":
			calls -= 2 // the wrapper, and the function it gives to through
		case name == "protect":
			return calls
		case name == "(*cell).runDefers", name == "(*Frame).finish":
			return -1
		}
		if !more {
			return -1
		}
	}
}

func (ps *panics) push(g uint64, p *panicking) {
	ps.active.Add(1)
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p.up = ps.of[g]
	ps.of[g] = p
}

func (ps *panics) pop(g uint64, p *panicking) {
	ps.active.Add(-1)
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p.up == nil {
		delete(ps.of, g)
	} else {
		ps.of[g] = p.up
	}
}
