package yaegi

import (
	"fmt"
	"reflect"
	"unsafe"

	"runnext/kernel/core/bytecode"
	"runnext/kernel/core/program"
	"runnext/kernel/engine/yaegi/forge"
	"runnext/kernel/engine/yaegi/machine"
)

// machineHost is what a cell's bytecode asks of it.
type machineHost struct{ c *cell }

func (h machineHost) Check(fn int) { h.c.check(fn) }

func (h machineHost) Make(typ, length, capacity int) (unsafe.Pointer, any) {
	t := h.c.set.Core[typ]
	size := int(max(t.Elem().Size(), 1))
	if length < 0 || length > maxAlloc/size {
		return nil, caught(func() { _ = make([]byte, outOfRange) })
	}
	if capacity < length || capacity > maxAlloc/size {
		return nil, caught(func() { _ = make([]byte, 0, outOfRange) })
	}
	return reflect.MakeSlice(t, length, capacity).UnsafePointer(), nil
}

func (h machineHost) Bounds(flags, low, high, limit, capacity int, fixed bool) any {
	b := bounds{low: low, high: high, limit: limit}
	for i := range 3 {
		switch f := flags >> (2 * i) & 3; {
		case f&bytecode.BoundGiven == 0:
			b.flags += "-"
		case f&bytecode.BoundUnsigned != 0:
			b.flags += "u"
		default:
			b.flags += "x"
		}
	}
	return b.check(capacity, fixed)
}

func (h machineHost) Send(site int, kind reflect.Kind, ch unsafe.Pointer, v uint64) (err any) {
	defer func() { err = recover() }()
	switch {
	case kind == reflect.Struct:
		transmit(h.c, site, *(*chan struct{})(unsafe.Pointer(&ch)), struct{}{})
	case machine.Size(kind) == 1:
		transmit(h.c, site, *(*chan uint8)(unsafe.Pointer(&ch)), uint8(v))
	case machine.Size(kind) == 2:
		transmit(h.c, site, *(*chan uint16)(unsafe.Pointer(&ch)), uint16(v))
	case machine.Size(kind) == 4:
		transmit(h.c, site, *(*chan uint32)(unsafe.Pointer(&ch)), uint32(v))
	default:
		transmit(h.c, site, *(*chan uint64)(unsafe.Pointer(&ch)), v)
	}
	return nil
}

func (h machineHost) Recv(site int, kind reflect.Kind, ch unsafe.Pointer) (v uint64, ok bool) {
	switch {
	case kind == reflect.Struct:
		_, ok = receive(h.c, site, *(*chan struct{})(unsafe.Pointer(&ch)))
	case machine.Size(kind) == 1:
		v, ok = received[uint8](h.c, site, ch)
	case machine.Size(kind) == 2:
		v, ok = received[uint16](h.c, site, ch)
	case machine.Size(kind) == 4:
		v, ok = received[uint32](h.c, site, ch)
	default:
		v, ok = received[uint64](h.c, site, ch)
	}
	return v, ok
}

func received[T uint8 | uint16 | uint32 | uint64](c *cell, site int, ch unsafe.Pointer) (uint64, bool) {
	v, ok := receive(c, site, *(*chan T)(unsafe.Pointer(&ch)))
	return uint64(v), ok
}

func (h machineHost) SendFrom(site int, elem reflect.Type, ch, at unsafe.Pointer) (err any) {
	defer func() { err = recover() }()
	h.c.sendFrom(site, elem, ch, at)
	return nil
}

func (h machineHost) RecvTo(site int, elem reflect.Type, ch, at unsafe.Pointer) bool {
	return h.c.receiveTo(site, elem, ch, at)
}

func (h machineHost) Go(site int, f func()) { h.c.goStmt(site, f) }

func (h machineHost) NewFrame(active func() []machine.Active) unsafe.Pointer {
	return unsafe.Pointer(&Frame{passed: func(before *origin) {
		calls := active()
		if before != nil {
			at := len(before.calls) - len(calls) // those of this function's callers are the last
			if at >= 0 && before.calls[at].fn == calls[0].Func {
				calls[0].Site = before.calls[at].site
			}
		}
		h.Passed(calls)
	}})
}

func (h machineHost) Defer(frame unsafe.Pointer, f func()) { deferCall((*Frame)(frame), 1, f) }

func (h machineHost) RunDefers(frame unsafe.Pointer) { h.c.runDefers((*Frame)(frame)) }

func (h machineHost) Run(frame unsafe.Pointer, body, rest func()) {
	h.c.run((*Frame)(frame), body, rest)
}

func (h machineHost) Many() *uint32 { return h.c.r.maps.crowd.flag }

func (h machineHost) EnterMap(site int, m unsafe.Pointer, write bool) func() {
	s := h.c.enterMap(site, m, write)
	return func() { s.leave(write) }
}

func (h machineHost) NilMap() any { return nilMapError() }

func (h machineHost) Type(typ int) reflect.Type { return h.c.set.Core[typ] }

func (h machineHost) Passed(calls []machine.Active) {
	for _, a := range calls {
		h.c.r.panics.pass(goid(), passed{cell: h.c, fn: a.Func, site: a.Site})
	}
}

func (h machineHost) Fail(f machine.Failure) {
	c := h.c
	var v any
	switch f.Kind {
	case machine.NilPointer:
		v = nilError()
	case machine.DivideByZero:
		v = divideError()
	case machine.NegativeShift:
		v = shiftError()
	case machine.Raised:
		v = f.Value
	case machine.StackOverflow:
		o := &origin{cell: c}
		for _, a := range f.Calls[1:] { // the first has not begun
			o.calls = append(o.calls, passed{cell: c, fn: a.Func, site: a.Site})
		}
		c.overflowed(o.places(), fmt.Sprintf("The calls were %d deep.", f.A))
	default:
		v = boundsError(f.A, f.B, !f.Unsigned, boundsIndex)
	}
	o := &origin{cell: c, site: f.Site, value: v}
	for _, a := range f.Calls {
		o.calls = append(o.calls, passed{cell: c, fn: a.Func, site: a.Site})
	}
	c.r.panics.setOrigin(goid(), o)
	panic(v)
}

// openMachine makes the machine that runs the program's bytecode, if it has some.
func (c *cell) openMachine(h map[string]reflect.Value) error {
	if len(c.prog.Code) == 0 {
		return nil
	}
	globals := make([]unsafe.Pointer, len(c.prog.Vars))
	for i := range globals {
		globals[i] = h["V"+itoa(i)].UnsafePointer()
	}
	m, err := machine.New(c.prog.Code, globals, c.r.stop.word, &c.r.threads, machineHost{c})
	if err != nil {
		return fmt.Errorf("machine: %w", err)
	}
	c.machine = m
	return nil
}

// makeCode makes the function that runs bytecode. Name holds its number and the
// number of its parameters.
func makeCode(c *cell, d program.Helper) reflect.Value {
	var index, n int
	if _, err := fmt.Sscan(d.Name, &index, &n); err != nil {
		panic(fmt.Sprintf("helper code %q: %v", d.Name, err))
	}
	var in, out []reflect.Type
	for i := range d.Types {
		if i < n {
			in = append(in, c.core(d, i))
		} else {
			out = append(out, c.core(d, i))
		}
	}
	return c.machine.Value(index, reflect.FuncOf(in, out, false))
}

// makeClosure makes the function that gives bytecode as a func value, with what
// it is given as what it captures.
func makeClosure(c *cell, d program.Helper) reflect.Value {
	m, index, last := c.machine, d.Site, len(d.Types)-1
	var in []reflect.Type
	for i := range last {
		in = append(in, c.core(d, i))
	}
	t := c.core(d, last)
	made := reflect.FuncOf(in, list(t), false)
	if capture := m.Capture(index, t, len(in)); capture != nil {
		return forge.RetypeValue(reflect.ValueOf(capture), made)
	}
	return reflect.MakeFunc(made, func(args []reflect.Value) []reflect.Value {
		return values(m.Closure(index, t, args))
	})
}
