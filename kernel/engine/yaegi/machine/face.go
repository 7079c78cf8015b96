package machine

import (
	"reflect"
	"runtime"
	"unsafe"

	op "runnext/kernel/core/bytecode"
	"runnext/kernel/engine/yaegi/forge"
)

// Holding is a pair of an interface type and a type of values.
type Holding struct {
	Methods bool           // the interface type has some
	Direct  bool           // interfaces hold values of the other type themselves
	Want    unsafe.Pointer // the type that Go gives such values
	// Word gives what interfaces have that hold values of a type, nil for one that
	// does not implement the interface.
	Word func(typ unsafe.Pointer) unsafe.Pointer
	// Same tells whether a type is another version of Want; nil when there is none.
	Same func(typ unsafe.Pointer) bool
	// Fail gives Go's error for an assertion that does not hold.
	Fail func(word, data unsafe.Pointer) any
}

// holding is that with what the machine knows of it.
type holding struct {
	Holding
	word  unsafe.Pointer // of Want
	value *part
	to    bool // Want is an interface type: values are looked for that implement it
}

// pair learns the types that an instruction names, and has it name them by
// their place among those of the machine.
func (m *Machine) pair(in *op.Instr) {
	from, other := int(uint32(in.Imm)), op.TypeOf(in.Imm)
	h := holding{Holding: m.host.Holding(from, other), value: newPart(m.host.Type(other))}
	if h.to = h.value.class == op.Iface; !h.to && in.Op == op.Box {
		h.word = h.Word(h.Want)
	}
	in.Imm = int64(len(m.pairs))
	m.pairs = append(m.pairs, h)
}

// faced is an operation on interfaces.
//
//go:noinline
func (m *Machine) faced(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	switch in.Op {
	case op.Box:
		h := &m.pairs[in.Imm]
		x := h.boxed(w(wb, in.B), p(pb, in.C))
		*p(pb, in.A), *p(pb, in.A+1) = x.Word, x.Data
	case op.Widen:
		h, x := &m.pairs[in.Imm], *(*forge.Iface)(unsafe.Pointer(p(pb, in.B)))
		if x.Word != nil {
			x.Word = h.Word(x.Dynamic(h.Methods))
		}
		*p(pb, in.A), *p(pb, in.A+1) = x.Word, x.Data
	case op.EqI:
		methods := m.types[op.TypeOf(in.Imm)].t.NumMethod() > 0
		x, y := *(*forge.Iface)(unsafe.Pointer(p(pb, in.B))), *(*forge.Iface)(unsafe.Pointer(p(pb, in.C)))
		x.Word, y.Word = x.Dynamic(methods), y.Dynamic(methods)
		same, err := equal(*(*any)(unsafe.Pointer(&x)), *(*any)(unsafe.Pointer(&y)))
		if err != nil {
			m.raised(t, f, int64(uint32(in.Imm)), err)
		}
		*w(wb, in.A) = word(same)
	}
}

// sameMemory compares structs or arrays.
//
//go:noinline
func (m *Machine) sameMemory(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	x := m.types[op.TypeOf(in.Imm)].t
	same, err := equal(reflect.NewAt(x, *p(pb, in.B)).Elem().Interface(), reflect.NewAt(x, *p(pb, in.C)).Elem().Interface())
	if err != nil {
		m.raised(t, f, int64(uint32(in.Imm)), err)
	}
	*w(wb, in.A) = word(same)
}

// equal compares interfaces, or gives what that panics with.
func equal(x, y any) (same bool, err any) {
	defer func() { err = recover() }()
	return x == y, nil
}

// small are the values of one byte, which need no memory of their own in an
// interface.
var small = func() (all [256]uint64) {
	for i := range all {
		all[i] = uint64(i)
	}
	return all
}()

// boxed puts the value that lies in registers from two on into an interface.
func (h *holding) boxed(w *uint64, q *unsafe.Pointer) forge.Iface {
	x := forge.Iface{Word: h.word}
	switch h.value.class {
	case op.Word:
		if *w < uint64(len(small)) {
			x.Data = unsafe.Pointer(&small[*w])
			break
		}
		x.Data = newOf(h.value.mem)
		store(x.Data, h.value.kind, *w)
	case op.String:
		s := textAt(w, q)
		x.Data = unsafe.Pointer(&s)
	case op.Slice:
		s := slice{*q, *w, *second(w)}
		x.Data = unsafe.Pointer(&s)
	case op.Memory:
		if x.Data = *q; h.Direct {
			x.Data = *(*unsafe.Pointer)(x.Data)
		}
	default:
		x.Data = *q
	}
	return x
}

// asserted is x.(T), in either form.
//
//go:noinline
func (m *Machine) asserted(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	h, x, data := &m.pairs[in.Imm], *(*forge.Iface)(unsafe.Pointer(p(pb, in.B))), data(in)
	to, q := w(wb, in.A), p(pb, in.C)
	typ := x.Dynamic(h.Methods)
	held, table := typ != nil, unsafe.Pointer(nil)
	switch {
	case !held:
	case h.to:
		table = h.Word(typ)
		held = table != nil
	default:
		held = typ == h.Want || h.Same != nil && h.Same(typ)
	}
	if data.B == 1 {
		*w(wb, data.A) = word(held)
	} else if !held {
		m.raised(t, f, data.Imm, h.Fail(x.Word, x.Data))
	}
	if data.C == 1 { // the value is not asked for
		return
	}
	switch {
	case h.to && held:
		*(*forge.Iface)(unsafe.Pointer(q)) = forge.Iface{Word: table, Data: x.Data}
	case !held:
		h.value.zero(to, q)
	case h.Direct && h.value.class == op.Memory:
		at := newOf(h.value.mem)
		*(*unsafe.Pointer)(at) = x.Data
		*q = at
	case h.Direct:
		*q = x.Data
	default: // what an interface holds is not written by anybody
		m.take(h.value, x.Data, to, q)
	}
}

// panics is a panic statement.
//
//go:noinline
func (m *Machine) panics(t *Thread, f *function, in *op.Instr, pb unsafe.Pointer) {
	x := *(*forge.Iface)(unsafe.Pointer(p(pb, in.B)))
	v := *(*any)(unsafe.Pointer(&x))
	if v == nil {
		v = new(runtime.PanicNilError)
	}
	m.raised(t, f, in.Imm, v)
}
