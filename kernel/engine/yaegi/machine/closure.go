package machine

import (
	"reflect"
	"strings"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// closure is a function with what it has captured, laid out as the compiler lays
// out a function literal that has captured one pointer, to its own closure:
// compiled code, which is handed one as a func value, calls entry, and that
// finds the closure behind it.
type closure struct {
	entry uintptr
	self  *closure
	m     *Machine
	f     *function
	w     []uint64
	p     []unsafe.Pointer
	few   [2]unsafe.Pointer // where p lies when it is short
	t     reflect.Type      // of the value
}

// reflected is a func value whose type has no form among shapes: package
// reflect calls its closure.
type reflected struct {
	impl makeFuncImpl
	closure
}

// makeFuncImpl is go1.26.8 reflect/makefunc.go:22. Tests hold it to what
// [reflect.MakeFunc] makes.
type makeFuncImpl struct {
	code    uintptr
	stack   unsafe.Pointer
	argLen  uintptr
	regPtrs [2]uint8
	typ     unsafe.Pointer
	fn      unsafe.Pointer // a func value
}

// signature is a type of func values, as the machine sees it.
type signature struct {
	t                              reflect.Type
	in, out                        string // classes
	words, ptrs, wordsOut, ptrsOut int    // registers
	shape                          *shape // nil when package reflect must help
	impl                           *makeFuncImpl
}

func (k *known) signature(t reflect.Type) *signature {
	g := &signature{t: t}
	for p := range t.Ins() {
		g.in += string(classOf(p))
	}
	for r := range t.Outs() {
		g.out += string(classOf(r))
	}
	g.words, g.ptrs = op.Count(g.in)
	g.wordsOut, g.ptrsOut = op.Count(g.out)
	if g.shape = k.of(t); g.shape == nil {
		fn := reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value { return nil })
		g.impl = (*makeFuncImpl)(pointerOf(fn))
	}
	return g
}

// Value gives function i as a func value of type t.
func (m *Machine) Value(i int, t reflect.Type) reflect.Value { return m.value(i, t, nil, nil) }

func (m *Machine) value(i int, t reflect.Type, w []uint64, p []unsafe.Pointer) reflect.Value {
	f := &m.funcs[i]
	g := f.sig
	if g == nil || g.t != t {
		g = m.known.signature(t)
	}
	fn := m.bind(f, g, w, p)
	return reflect.NewAt(t, unsafe.Pointer(&fn)).Elem()
}

// Closure gives function i as a func value of type t that has captured values.
func (m *Machine) Closure(i int, t reflect.Type, captured []reflect.Value) reflect.Value {
	var ws [op.MaxPassed]uint64
	var ps [op.MaxPassed]unsafe.Pointer
	w, p := 0, 0
	for k, v := range captured {
		w, p = put(ws[:], ps[:], m.funcs[i].Free[k], v, w, p)
	}
	return m.value(i, t, ws[:w], ps[:p])
}

// Capture gives a function that makes func values of function i, when those
// capture nothing but n pointers, and few: func(…unsafe.Pointer) unsafe.Pointer.
func (m *Machine) Capture(i int, t reflect.Type, n int) any {
	f := &m.funcs[i]
	if f.sig.t != t || f.Free != strings.Repeat(string(op.Pointer), n) {
		return nil
	}
	type ptr = unsafe.Pointer
	make := func(p ...ptr) ptr { return m.bind(f, f.sig, nil, p) }
	switch n {
	case 0:
		return func() ptr { return f.value }
	case 1:
		return func(x ptr) ptr { return make(x) }
	case 2:
		return func(x, y ptr) ptr { return make(x, y) }
	case 3:
		return func(x, y, z ptr) ptr { return make(x, y, z) }
	}
	return nil
}

// bind makes a func value.
func (m *Machine) bind(f *function, g *signature, w []uint64, p []unsafe.Pointer) unsafe.Pointer {
	if g.shape != nil {
		c := new(closure)
		c.set(g.shape.entry, g.t, m, f, w, p)
		return unsafe.Pointer(c)
	}
	r := &reflected{impl: *g.impl}
	r.set(m.known.reflected, g.t, m, f, w, p)
	r.impl.fn = unsafe.Pointer(&r.closure)
	return unsafe.Pointer(r)
}

func (c *closure) set(entry uintptr, t reflect.Type, m *Machine, f *function, w []uint64, p []unsafe.Pointer) {
	c.entry, c.self, c.m, c.f, c.t = entry, c, m, f, t
	if len(w) > 0 {
		c.w = append(c.w, w...)
	}
	c.p = append(c.few[:0], p...)
}

// closureOf gives the closure of a func value that a machine has made, or nil.
func (k *known) closureOf(fn unsafe.Pointer) *closure {
	switch code := *(*uintptr)(fn); {
	case code == k.stub:
		fn = (*makeFuncImpl)(fn).fn
		if *(*uintptr)(fn) == k.reflected {
			return (*closure)(fn)
		}
	case k.has(code):
		return (*closure)(fn)
	}
	return nil
}

// captured gives the function's registers what the closure has captured.
//
//go:noinline
func (c *closure) captured(wb, pb unsafe.Pointer) {
	for i, v := range c.p {
		*p(pb, c.f.freeP+uint16(i)) = v
	}
	for i, v := range c.w {
		*w(wb, c.f.freeW+uint16(i)) = v
	}
}

// call runs the closure's function from outside.
func (c *closure) call(w []uint64, p []unsafe.Pointer) (uint64, unsafe.Pointer) {
	t := c.m.enter(c.f)
	defer c.m.leave(t)
	copy(t.w, w)
	copy(t.p, p)
	c.captured(unsafe.Pointer(&t.w[0]), unsafe.Pointer(&t.p[0]))
	c.m.exec(t, c.f)
	return t.w[0], t.p[0]
}

// reflect does the same for package reflect.
func (c *closure) reflect(args []reflect.Value) []reflect.Value {
	t := c.m.enter(c.f)
	defer c.m.leave(t)
	w, p := 0, 0
	for i, v := range args {
		w, p = put(t.w, t.p, c.f.In[i], v, w, p)
	}
	c.captured(unsafe.Pointer(&t.w[0]), unsafe.Pointer(&t.p[0]))
	c.m.exec(t, c.f)
	w, p = 0, 0
	out := make([]reflect.Value, c.t.NumOut())
	for i := range out {
		out[i] = reflect.New(c.t.Out(i)).Elem()
		w, p = get(t.w, t.p, c.f.Out[i], out[i], w, p)
	}
	return out
}

// capture makes a func value of f with what lies in the registers from w and p on.
func (m *Machine) capture(t *Thread, f *function, w, p int) unsafe.Pointer {
	words, ptrs := op.Count(f.Free)
	return m.bind(f, f.sig, t.w[w:w+words], t.p[p:p+ptrs])
}
