package interp

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// Thread is the stack of one goroutine. It is used by one goroutine of the
// real machine at a time.
type Thread struct {
	M    *Machine
	Host any     // the host's own record
	R    []Value // results of natives and of the host's operations

	budget, left int64
	passed       bool // the instruction it stopped before may be executed
	quiet        bool // it initializes a package, for no goroutine
	setup        int  // frames that initialize a standard package
	frames       []frame
	stack        []Value
	await        func(t *Thread) Status
	start        *Closure // what it calls first
	startArgs    []Value
	scratch      [4]Value // arguments of natives that do not keep them
	writes       *Map     // it was stopped in the middle of a write to
	panics       *panicking
	died         *panicking
	err          error
	fatal        string
}

// frame is one call.
type frame struct {
	fn      *Func
	pc      int32
	base    int32
	dst     int32 // the caller's register for the results
	results int32
	defers  *deferList
	native  func(t *Thread) Status            // what goes on when the callee returns; fn is nil then
	catch   func(t *Thread, val Value) Status // ends a panic that reaches it
	raised  *panicking                        // the panic that runs this deferred call
	rescue  *panicking                        // the panic that recover gives here
	runs    *deferred                         // what a native frame was made for
	healing bool                              // recovered: its other deferred calls run, then it returns
}

// deferList is a frame's deferred calls, the last one first. It is an object of
// its own because a loop body that is a function defers into its outer frame.
type deferList struct{ head *deferred }

type deferred struct {
	c    *Closure
	args []Value
	next *deferred
}

// NewThread makes a thread that will call c.
func (m *Machine) NewThread(c *Closure, args []Value) *Thread {
	return &Thread{M: m, start: c, startArgs: args}
}

// Reuse makes a thread that was released one that will call c.
func (t *Thread) Reuse(c *Closure, args []Value) {
	*t = Thread{M: t.M, Host: t.Host, start: c, startArgs: args}
}

// A stack deeper than this overflows before the simulated one does: the
// machine's own frames are larger.
const (
	maxCalls     = 2 << 20
	maxRegisters = 32 << 20
)

// Await parks the thread: f runs when it goes on, and leaves the operation's
// results in R.
func (t *Thread) Await(f func(t *Thread) Status) Status {
	t.await = f
	return Parked
}

// Return leaves one result.
func (t *Thread) Return(v ...Value) Status {
	t.R = append(t.R[:0], v...)
	return Done
}

// Fail ends the program with an error that is not the program's own.
func (t *Thread) Fail(err error) Status {
	t.err = err
	return Ended
}

// Throw ends the program with one of the runtime's fatal errors.
func (t *Thread) Throw(text string) Status {
	t.fatal = text
	return Ended
}

// Exited tells whether runtime.Goexit ended the thread.
func (t *Thread) Exited() bool { return t.panics != nil && t.panics.goexit && t.died == nil }

// Err is why the thread's end ends the program, nil for a plain end.
func (t *Thread) Err() error { return t.err }

// Fatal is the text given to [Thread.Throw].
func (t *Thread) Fatal() string { return t.fatal }

// Call calls c; k runs when it has returned, with its results in R, and comes
// out as the native does. It is the last thing a native does.
func (t *Thread) Call(c *Closure, args []Value, k func(t *Thread) Status) Status {
	return t.callBack(c, args, k, nil)
}

// callBack calls c and then k, or caught when c panics; a nil caught lets the
// panic pass.
func (t *Thread) callBack(c *Closure, args []Value, k func(*Thread) Status, caught func(*Thread, Value) Status) Status {
	top := t.top()
	inside := top != nil && top.native != nil && top.fn == running
	if inside {
		top.native, top.catch, top.fn = k, caught, nil
	} else {
		f := frame{native: k, catch: caught, dst: noReg, base: int32(t.sp())}
		if top != nil {
			f.dst, f.results = top.dstOf()
		}
		t.frames = append(t.frames, f)
	}
	st := t.enter(c, args, noReg)
	switch {
	case st != Done:
		return st
	case inside:
		return goOn
	}
	// A native returned at once: its results are in R already.
	return t.runNative()
}

// goOn asks the runNative that has called the continuation for the next one.
const goOn Status = 0xff

// Try is Call, but a panic of c ends here: k is given the panic's value, and
// whether there was one.
func (t *Thread) Try(c *Closure, args []Value, k func(t *Thread, val Value, panicked bool) Status) Status {
	return t.callBack(c, args, func(t *Thread) Status { return k(t, Value{}, false) },
		func(t *Thread, val Value) Status { return k(t, val, true) })
}

// Restart gives a thread whose stack is empty something else to call.
func (t *Thread) Restart(c *Closure) {
	t.died, t.panics, t.err, t.fatal = nil, nil, nil, ""
	t.await = func(t *Thread) Status { return t.enter(c, nil, noReg) }
}

// running marks a native frame whose continuation is at work.
var running = &Func{Name: "native"}

func (t *Thread) top() *frame {
	if len(t.frames) == 0 {
		return nil
	}
	return &t.frames[len(t.frames)-1]
}

// sp is the first free register.
func (t *Thread) sp() int {
	f := t.top()
	if f == nil {
		return 0
	}
	n := int(f.base)
	if f.fn != nil {
		n += f.fn.nregs
	}
	return n
}

// dstOf tells where the instruction before pc wants its results.
func (f *frame) dstOf() (int32, int32) {
	if f.native != nil || f.fn == nil {
		return f.dst, f.results
	}
	in := &f.fn.code[f.pc-1]
	if in.x == nil || in.op == opRunDefers {
		return noReg, 0
	}
	return in.dst, int32(in.x.results)
}

// enter calls c with args: a native comes out at once, another function gets a
// frame.
func (t *Thread) enter(c *Closure, args []Value, dst int32) Status {
	if c == nil {
		return t.nilDeref()
	}
	if c.Fn.native != nil {
		if len(c.Free) > 0 {
			args = append(append([]Value(nil), args...), c.Free...)
		}
		return c.Fn.native(t, args)
	}
	regs, st := t.push(c.Fn, dst)
	if st != Called {
		return st
	}
	copy(regs, args)
	copy(regs[len(args):], c.Free)
	return Called
}

// push makes a frame for fn and gives its registers.
func (t *Thread) push(fn *Func, dst int32) ([]Value, Status) {
	if fn.code == nil {
		if err := t.M.compile(fn); err != nil {
			return nil, t.Fail(err)
		}
	}
	base := t.sp()
	if need := base + fn.nregs; need > len(t.stack) {
		n := max(2*len(t.stack), need, 24)
		if n > maxRegisters || !t.M.Room(int64(n)) {
			return nil, t.Throw(StackOverflow)
		}
		grown := make([]Value, n)
		copy(grown, t.stack)
		t.stack = grown
	}
	if len(t.frames) == maxCalls || !t.quiet && !t.M.Host.Call(t, fn.bytes) {
		return nil, t.Throw(StackOverflow)
	}
	if fn.Trap != nil {
		fn.Trap(t)
	}
	if fn.quiet {
		t.setup++
	}
	t.frames = append(t.frames, frame{fn: fn, base: int32(base), dst: dst})
	return t.stack[base : base+fn.nregs], Called
}

// pop takes the top frame off.
func (t *Thread) pop() {
	f := &t.frames[len(t.frames)-1]
	if f.fn != nil && f.fn.quiet {
		t.setup--
	}
	if f.fn != nil && f.native == nil && !t.quiet {
		t.M.Host.Return(t, f.fn.bytes)
	}
	*f = frame{}
	t.frames = t.frames[:len(t.frames)-1]
}

// settle brings a call's outcome to the frame that made it. It reports whether
// the thread can go on at once.
func (t *Thread) settle(st Status, dst, n int32) (Status, bool) {
	for {
		switch st {
		case Done:
			if f := t.top(); f != nil && dst != noReg {
				copy(t.stack[f.base+dst:f.base+dst+n], t.R)
			}
			return Done, true
		case Called:
			return Done, true
		case Raised:
			st = t.unwind()
			if st == Done {
				return Done, true
			}
		default:
			return st, false
		}
	}
}

// runNative runs the continuation of the native frame on top, with R as its
// callee left it, until it comes out.
func (t *Thread) runNative() Status {
	for {
		f := t.top()
		k := f.native
		f.fn = running
		st := k(t)
		if st == goOn {
			continue
		}
		if st != Done {
			if top := t.top(); top != nil && top.fn == running {
				// It parked or raised: what it asked for comes back to it.
				if st == Parked {
					next := t.await
					t.await = func(t *Thread) Status {
						f := t.top()
						f.native, f.fn = next, nil
						return t.runNative()
					}
				}
			}
			return st
		}
		f = t.top()
		raised, dst, n := f.raised, f.dst, f.results
		t.pop()
		if raised != nil {
			return t.afterDeferred(raised)
		}
		up := t.top()
		if up == nil {
			return Ended
		}
		if up.native != nil {
			continue
		}
		if up.healing {
			return t.heal()
		}
		if dst != noReg {
			copy(t.stack[up.base+dst:up.base+dst+n], t.R)
		}
		return Called
	}
}

// Place is where a frame stands.
type Place struct {
	Fn  *ssa.Function
	Pos token.Pos
}

// Trace gives the thread's calls, the innermost first.
func (t *Thread) Trace() []Place {
	var out []Place
	t.M.Toil(len(t.frames))
	for i := len(t.frames) - 1; i >= 0; i-- {
		if p, ok := t.frames[i].place(); ok {
			out = append(out, p)
		}
	}
	return out
}

func (f *frame) place() (Place, bool) {
	if f.fn == nil || f.fn.SSA == nil || f.native != nil {
		return Place{}, false
	}
	pos := f.fn.SSA.Pos()
	if pc := f.pc - 1; pc >= 0 && int(pc) < len(f.fn.pos) && f.fn.pos[pc].IsValid() {
		pos = f.fn.pos[pc]
	}
	return Place{Fn: f.fn.SSA, Pos: pos}, true
}

// Innermost gives the innermost frame that pred accepts.
func (t *Thread) Innermost(pred func(*ssa.Function) bool) (Place, bool) {
	for i := len(t.frames) - 1; i >= 0; i-- {
		if p, ok := t.frames[i].place(); ok && pred(p.Fn) {
			return p, true
		}
	}
	return Place{}, false
}

// Depth is the number of calls on the stack.
func (t *Thread) Depth() int { return len(t.frames) }
