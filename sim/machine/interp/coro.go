package interp

import "unsafe"

// coro is a coroutine: calls that are taken off a thread's stack and put back
// later, on the same thread or another one.
// go1.26.8 runtime/coro.go:27 coro struct
type coro struct {
	entry  *Closure
	frames []frame
	regs   []Value
	base   int32 // where its registers began
	floor  int   // while it is on a stack: the frame under its first one
	on     *Thread
	begun  bool
}

// NewCoro makes a coroutine that will call c with itself.
// go1.26.8 runtime/coro.go:42 newcoro
func NewCoro(c *Closure) Value { return Value{P: unsafe.Pointer(&coro{entry: c})} }

// Switch goes into the coroutine, or out of it when it is the one that runs. It
// is the last thing a native does.
// go1.26.8 runtime/coro.go:91 coroswitch
func (t *Thread) Switch(v Value) Status {
	c := (*coro)(v.P)
	if c.on == t {
		return t.switchOut(c)
	}
	f := frame{dst: noReg, base: int32(t.sp()), native: func(t *Thread) Status {
		c.on = nil // its function has returned
		t.R = t.R[:0]
		return Done
	}}
	c.floor, c.on = len(t.frames), t
	t.frames = append(t.frames, f)
	if !c.begun {
		c.begun = true
		return t.enter(c.entry, []Value{v}, noReg)
	}
	base := int32(t.sp())
	if need := int(base) + len(c.regs); need > len(t.stack) {
		grown := make([]Value, max(2*len(t.stack), need))
		copy(grown, t.stack)
		t.stack = grown
	}
	copy(t.stack[base:], c.regs)
	for _, f := range c.frames {
		f.base += base - c.base
		t.frames = append(t.frames, f)
	}
	c.frames, c.regs = nil, nil
	return Called
}

func (t *Thread) switchOut(c *coro) Status {
	mine := t.frames[c.floor+1:]
	c.base = mine[0].base
	c.regs = append([]Value(nil), t.stack[c.base:t.sp()]...)
	c.frames = append([]frame(nil), mine...)
	clear(mine)
	t.frames = t.frames[:c.floor+1]
	return t.runNative()
}
