package interp

// panicking is one panic, or one runtime.Goexit, on its way up a stack.
type panicking struct {
	val       Value // an interface
	goexit    bool
	recovered bool
	again     bool // recovered, and the same value panicked again
	aborted   bool // a later panic has passed the deferred call that this one ran
	link      *panicking
	trace     []Place
}

// Panic starts a panic with an interface value.
func (t *Thread) Panic(val Value) Status {
	if val.N == 0 {
		val = t.M.runtimeError(rtPanicNil, "panic called with nil argument")
	}
	p := &panicking{val: val, link: t.panics, trace: t.Trace()}
	if l := p.link; l != nil && l.recovered && l.val.N == val.N {
		l.again = l.val.P == val.P
	}
	t.panics = p
	return Raised
}

// Goexit ends the goroutine after its deferred calls.
func (t *Thread) Goexit() Status {
	t.panics = &panicking{goexit: true, link: t.panics}
	return Raised
}

// unwind runs the next deferred call of the innermost frame that has one, and
// drops the frames that have none.
func (t *Thread) unwind() Status {
	p := t.panics
	for len(t.frames) > 0 {
		f := t.top()
		if f.defers != nil && f.defers.head != nil {
			d := f.defers.head
			f.defers.head = d.next
			return t.runDeferred(d, p)
		}
		if f.catch != nil && !p.goexit {
			return t.caught(f, p)
		}
		if f.raised != nil {
			f.raised.aborted = true
		}
		t.pop()
	}
	if !p.goexit {
		t.died = p
	}
	return Ended
}

// caught ends a panic at a native frame that asked for it.
func (t *Thread) caught(f *frame, p *panicking) Status {
	k := f.catch
	t.panics = p.link
	f.catch = nil
	f.native = func(t *Thread) Status { return k(t, p.val) }
	st := t.runNative()
	if st == Called {
		return Done
	}
	if st == Raised {
		return t.unwind()
	}
	return st
}

// runDeferred calls d; p is the panic that runs it, nil at a plain return.
func (t *Thread) runDeferred(d *deferred, p *panicking) Status {
	if d.c != nil && d.c.Fn.native == nil {
		st := t.enter(d.c, d.args, noReg)
		if st != Called {
			return st
		}
		f := t.top()
		f.raised, f.rescue = p, p
		return Done
	}
	// A native gets a frame of its own, so that it may park.
	t.frames = append(t.frames, frame{base: int32(t.sp()), dst: noReg, raised: p, runs: d,
		native: func(t *Thread) Status { return t.enter(d.c, d.args, noReg) }})
	st := t.runNative()
	if st == Called {
		return Done
	}
	if st == Raised {
		return t.unwind()
	}
	return st
}

// afterDeferred goes on when a deferred call that p ran has returned.
func (t *Thread) afterDeferred(p *panicking) Status {
	if !p.recovered {
		return t.unwindAsCalled()
	}
	t.panics = p.link
	for t.panics != nil && t.panics.aborted {
		if t.panics.goexit {
			t.panics.aborted = false
			return t.unwindAsCalled()
		}
		t.panics = t.panics.link
	}
	t.top().healing = true
	return t.heal()
}

func (t *Thread) unwindAsCalled() Status {
	if st := t.unwind(); st != Done {
		return st
	}
	return Called
}

// heal runs the other deferred calls of a function that has recovered, then
// makes it return.
func (t *Thread) heal() Status {
	f := t.top()
	if f.defers != nil && f.defers.head != nil {
		d := f.defers.head
		f.defers.head = d.next
		if st := t.runDeferred(d, nil); st != Done {
			return st
		}
		return Called
	}
	f.healing = false
	if f.fn.recover >= 0 {
		f.pc = f.fn.recover
		return Called
	}
	zeros := make([]Value, f.fn.results)
	for i := range zeros {
		zeros[i] = t.M.Zero(t.M.types.of(f.fn.SSA.Signature.Results().At(i).Type()))
	}
	return t.leave(zeros)
}

// leave returns from the top frame with results.
func (t *Thread) leave(results []Value) Status {
	f := t.top()
	dst, raised := f.dst, f.raised
	t.pop()
	if raised != nil {
		return t.afterDeferred(raised)
	}
	up := t.top()
	switch {
	case up == nil:
		return Ended
	case up.native != nil:
		t.R = append(t.R[:0], results...)
		return t.runNative()
	case up.healing:
		return t.heal()
	case dst != noReg:
		copy(t.stack[up.base+dst:], results)
	}
	return Called
}

// recovers gives what the builtin recover gives in the frame on top.
func (t *Thread) recovers() Value {
	p := t.top().rescue
	if p == nil || p.recovered || p.goexit || p != t.panics {
		return Value{}
	}
	p.recovered = true
	return p.val
}

// Died is the panic that ended the thread.
func (t *Thread) Died() *Crash {
	if t.died == nil {
		return nil
	}
	c := &Crash{Trace: t.died.trace}
	var chain []*panicking
	for p := t.died; p != nil; p = p.link {
		chain = append(chain, p)
		c.Origin = p.trace
	}
	for i := len(chain) - 1; i >= 0; i-- {
		p := chain[i]
		if p.goexit {
			continue
		}
		c.Panics = append(c.Panics, Panicked{Val: p.val, Recovered: p.recovered, Repanicked: p.again})
	}
	return c
}

// Crash is what is left of a thread that a panic ended: the panics, the oldest
// first, and where the last one was raised.
type Crash struct {
	Panics []Panicked
	Trace  []Place
	Origin []Place // where the first one was raised
}

// Panicked is one panic of a crash.
type Panicked struct {
	Val        Value
	Recovered  bool
	Repanicked bool // the next one has the same value
}
