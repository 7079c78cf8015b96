package yaegi

import (
	"fmt"
	"math"
	"reflect"
	"unsafe"

	"runnext/kernel/core/bytecode"
	"runnext/kernel/core/program"
	"runnext/kernel/engine/yaegi/forge"
	"runnext/kernel/engine/yaegi/machine"
)

// machineHost is what a cell's bytecode asks of it.
type machineHost struct{ c *cell }

func (h machineHost) Check() { h.c.check() }

func (h machineHost) New(typ int) unsafe.Pointer {
	return reflect.New(h.c.set.Core[typ]).UnsafePointer()
}

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
	default:
		v = boundsError(f.A, f.B, !f.Unsigned, boundsIndex)
	}
	o := &origin{cell: c, site: f.Site, value: v}
	for _, n := range f.Calls {
		o.calls = append(o.calls, passed{c, n})
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
	if fn, ok := c.wordCode(index, in, out); ok {
		return forge.RetypeValue(reflect.ValueOf(fn), reflect.FuncOf(in, out, false))
	}
	f := c.prog.Code[index]
	m := c.machine
	return makeFunc(in, out, func(args []reflect.Value) []reflect.Value {
		res := make([]reflect.Value, len(out))
		m.Call(index, func(t *machine.Thread) {
			w, p := 0, 0
			for i, v := range args {
				w, p = put(t, f.In[i], v, w, p)
			}
		}, func(t *machine.Thread) {
			w, p := 0, 0
			for i, typ := range out {
				res[i] = reflect.New(typ).Elem()
				w, p = get(t, f.Out[i], res[i], w, p)
			}
		})
		return res
	})
}

// put sets the registers of a parameter; get gives a result from them.
func put(t *machine.Thread, class byte, v reflect.Value, w, p int) (int, int) {
	switch class {
	case bytecode.Word:
		*t.Word(w) = wordOf(v)
		return w + 1, p
	case bytecode.Slice:
		*t.Word(w), *t.Word(w + 1) = uint64(v.Len()), uint64(v.Cap())
		*t.Pointer(p) = v.UnsafePointer()
		return w + 2, p + 1
	}
	*t.Pointer(p) = v.UnsafePointer()
	return w, p + 1
}

func get(t *machine.Thread, class byte, v reflect.Value, w, p int) (int, int) {
	at := v.Addr().UnsafePointer()
	switch class {
	case bytecode.Word:
		machine.Store(at, v.Kind(), *t.Word(w))
		return w + 1, p
	case bytecode.Slice:
		h := (*struct {
			p        unsafe.Pointer
			len, cap int
		})(at)
		h.p, h.len, h.cap = *t.Pointer(p), int(*t.Word(w)), int(*t.Word(w + 1))
		return w + 2, p + 1
	}
	*(*unsafe.Pointer)(at) = *t.Pointer(p)
	return w, p + 1
}

func wordOf(v reflect.Value) uint64 {
	switch {
	case v.Kind() == reflect.Bool:
		if v.Bool() {
			return 1
		}
		return 0
	case v.CanInt():
		return uint64(v.Int())
	case v.CanUint():
		return v.Uint()
	case v.Kind() == reflect.Float32:
		return uint64(math.Float32bits(float32(v.Float())))
	}
	return math.Float64bits(v.Float())
}

// wordCode gives the function for the most common signatures, without package
// reflect: integers of 64 bits in, and one of them or a bool out.
func (c *cell) wordCode(index int, in, out []reflect.Type) (any, bool) {
	m := c.machine
	for _, t := range in {
		if !wide(t) {
			return nil, false
		}
	}
	result := 'w'
	switch {
	case len(out) == 0:
		result = '-'
	case len(out) == 1 && out[0].Kind() == reflect.Bool:
		result = 'b'
	case len(out) != 1 || !wide(out[0]):
		return nil, false
	}
	switch string(result) + itoa(len(in)) {
	case "-0":
		return func() { m.Words(index) }, true
	case "-1":
		return func(x uint64) { m.Words(index, x) }, true
	case "-2":
		return func(x, y uint64) { m.Words(index, x, y) }, true
	case "-3":
		return func(x, y, z uint64) { m.Words(index, x, y, z) }, true
	case "w0":
		return func() uint64 { return m.Words(index) }, true
	case "w1":
		return func(x uint64) uint64 { return m.Words(index, x) }, true
	case "w2":
		return func(x, y uint64) uint64 { return m.Words(index, x, y) }, true
	case "w3":
		return func(x, y, z uint64) uint64 { return m.Words(index, x, y, z) }, true
	case "b1":
		return func(x uint64) bool { return m.Words(index, x) != 0 }, true
	case "b2":
		return func(x, y uint64) bool { return m.Words(index, x, y) != 0 }, true
	}
	return nil, false
}

// wide tells whether a type has integers of 64 bits.
func wide(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return t.Size() == 8
	}
	return false
}
