package machine

import (
	"reflect"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// exec runs f, whose parameters lie at the start of the thread.
func (m *Machine) exec(t *Thread, f *function) {
	if *m.stop != 0 {
		m.host.Check(f.Number)
	}
	if f.Frame != 0 {
		m.framed(t, f, 0, 0)
		return
	}
	m.run(t, f, 0, 0, 0)
}

// framed runs a function that has deferred calls.
func (m *Machine) framed(t *Thread, f *function, base, pbase int) {
	depth := len(t.frames)
	frame := m.host.NewFrame(func() []Active {
		t.frames = t.frames[:depth]
		return active(t, f, 0)
	})
	t.p[pbase+f.Frame-1] = frame
	m.host.Run(frame, func() { m.run(t, f, 0, base, pbase) }, func() {
		t.frames = t.frames[:depth]
		m.run(t, f, f.Recover, base, pbase)
	})
}

// runDefers runs the deferred calls of f at a return.
func (m *Machine) runDefers(t *Thread, f *function, in *op.Instr, frame unsafe.Pointer) {
	done := false
	defer m.left(&done, t, f, int(in.Imm))
	m.host.RunDefers(frame)
	done = true
}

// left is deferred for what f calls, and sees whether that has returned.
func (m *Machine) left(done *bool, t *Thread, f *function, site int) {
	if *done {
		return
	}
	if v := recover(); v != nil { // a panic, and not the end of the goroutine
		m.host.Passed(active(t, f, site))
		panic(v)
	}
}

// leaveFor calls a func value that is not of this machine. Its parameters lie in
// the registers from base and pbase on, and so do its results then.
func (m *Machine) leaveFor(t *Thread, f *function, in *op.Instr, fn unsafe.Pointer, base, pbase int) {
	m.leaveBy(m.sigs[int(uint32(in.Imm))], t, f, int(in.Imm>>32), fn, base, pbase)
}

// leaveBy does it for a signature.
func (m *Machine) leaveBy(g *signature, t *Thread, f *function, site int, fn unsafe.Pointer, base, pbase int) {
	w, p := t.w[base:], t.p[pbase:]
	done := false
	defer m.left(&done, t, f, site)
	if g.shape != nil {
		g.shape.call(fn, w, p)
	} else {
		g.call(fn, w, p)
	}
	done = true
}

func (g *signature) call(fn unsafe.Pointer, w []uint64, p []unsafe.Pointer) {
	args := make([]reflect.Value, len(g.in))
	i, j := 0, 0
	for k := range args {
		args[k] = reflect.New(g.t.In(k)).Elem()
		i, j = get(w, p, g.in[k], args[k], i, j)
	}
	i, j = 0, 0
	for k, v := range reflect.NewAt(g.t, unsafe.Pointer(&fn)).Elem().Call(args) {
		i, j = put(w, p, g.out[k], v, i, j)
	}
}

// later gives a call of a func value with what lies in the registers from base
// and pbase on now; nil for that of nil without parameters, of which the host
// decides.
func (m *Machine) later(t *Thread, in *op.Instr, fn unsafe.Pointer, base, pbase int) func() {
	g := m.sigs[int(uint32(in.Imm))]
	if g.in == "" && g.out == "" {
		return as[func()](fn)
	}
	// Room for the results, which nobody reads.
	ws, ps := make([]uint64, max(g.words, g.wordsOut)), make([]unsafe.Pointer, max(g.ptrs, g.ptrsOut))
	copy(ws[:g.words], t.w[base:])
	copy(ps[:g.ptrs], t.p[pbase:])
	return func() {
		switch c := m.known.closureOf(fn); {
		case c != nil:
			c.call(ws, ps)
		case g.shape != nil:
			g.shape.call(fn, ws, ps)
		default:
			g.call(fn, ws, ps)
		}
	}
}
