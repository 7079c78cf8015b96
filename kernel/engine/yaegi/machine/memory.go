package machine

import (
	"reflect"
	"unsafe"

	op "runnext/kernel/core/bytecode"
	"runnext/kernel/engine/yaegi/forge"
)

// The runtime's operations on memory of a type are those that package reflect has.

// newOf is go1.26.8 runtime/malloc.go:2177 reflect_unsafe_New.
//
//go:linkname newOf reflect.unsafe_New
func newOf(typ unsafe.Pointer) unsafe.Pointer

// move is go1.26.8 runtime/mbarrier.go:213 reflect_typedmemmove.
//
//go:linkname move reflect.typedmemmove
//go:noescape
func move(typ, to, from unsafe.Pointer)

// growSlice is go1.26.8 runtime/slice.go:369 reflect_growslice.
//
//go:linkname growSlice reflect.growslice
func growSlice(elem unsafe.Pointer, old slice, n int) slice

// copySlice is go1.26.8 runtime/mbarrier.go:343 reflect_typedslicecopy.
//
//go:linkname copySlice reflect.typedslicecopy
//go:noescape
func copySlice(elem unsafe.Pointer, to, from slice) int

// datatype is one of the program's types.
type datatype struct {
	part
	elem, key *part   // of a slice or a map
	ways      mapWays // of a map
}

// part is a type without what it is made of.
type part struct {
	t     reflect.Type
	mem   unsafe.Pointer // as the runtime has it
	class byte
	kind  uint16
	size  uintptr
}

func newPart(t reflect.Type) *part {
	return &part{t, forge.Memory(t), classOf(t), uint16(t.Kind()), t.Size()}
}

func newDatatype(t reflect.Type) *datatype {
	d := &datatype{part: *newPart(t)}
	switch t.Kind() {
	case reflect.Map:
		d.key, d.elem = newPart(t.Key()), newPart(t.Elem())
		d.ways = waysOf(d)
	case reflect.Slice:
		d.elem = newPart(t.Elem())
	}
	return d
}

// typeNamed gives the type of the program that an instruction names, or 0.
func typeNamed(in *op.Instr) int {
	switch in.Op {
	case op.New, op.Grow, op.MakeM:
		return int(in.Imm)
	case op.LdM, op.StM, op.SendV, op.RecvV, op.EqI, op.EqM, op.MapGet, op.MapSet, op.MapDel, op.Clear, op.RangeM, op.NextM, op.Spread:
		return op.TypeOf(in.Imm)
	}
	return 0
}

func (m *Machine) learn(typ int) {
	for typ >= len(m.types) {
		m.types = append(m.types, nil)
	}
	if m.types[typ] == nil {
		m.types[typ] = newDatatype(m.host.Type(typ))
	}
}

// temp is memory for a value between registers and the runtime, which wants its
// address: of whichever class it is.
type temp struct {
	word  uint64
	p     unsafe.Pointer
	text  string
	slice []byte
	iface forge.Iface

	spare unsafe.Pointer // memory of a struct or array that holds nothing yet
	of    *part          // its type
}

// hold sees that a thread has room for n values, and for as many cases and one.
func (t *Thread) hold(n int) {
	if n > len(t.temps) {
		t.temps, t.cases = make([]temp, n), make([]Case, n+1)
	}
}

// forget lets go of what the first n hold.
func (t *Thread) forget(n int) {
	for i := range n {
		x := &t.temps[i]
		x.p, x.text, x.slice, x.iface = nil, "", nil, forge.Iface{}
		t.cases[i] = Case{}
	}
}

// room gives memory for a value of a type; that of a struct or array is the
// value's own from then on.
func (m *Machine) room(x *part, t *temp) unsafe.Pointer {
	switch x.class {
	case op.Memory:
		return newOf(x.mem)
	case op.Word:
		return unsafe.Pointer(&t.word)
	case op.String:
		return unsafe.Pointer(&t.text)
	case op.Slice:
		return unsafe.Pointer(&t.slice)
	case op.Iface:
		return unsafe.Pointer(&t.iface)
	}
	return unsafe.Pointer(&t.p)
}

// give gives the address of a value that lies in registers from two on.
func (m *Machine) give(x *part, t *temp, w *uint64, p *unsafe.Pointer) unsafe.Pointer {
	if x.class == op.Memory {
		return *p
	}
	at := m.room(x, t)
	switch x.class {
	case op.Word:
		store(at, x.kind, *w)
	case op.String:
		t.text = textAt(w, p)
	case op.Slice:
		*(*slice)(at) = slice{*p, *w, *second(w)}
	case op.Iface:
		t.iface = *(*forge.Iface)(unsafe.Pointer(p))
	default:
		t.p = *p
	}
	return at
}

// take puts a value that lies at an address into registers.
func (m *Machine) take(x *part, at unsafe.Pointer, w *uint64, p *unsafe.Pointer) {
	switch x.class {
	case op.Memory:
		*p = at
	case op.Word:
		*w = load(at, x.kind)
	case op.String:
		setText(w, p, *(*string)(at))
	case op.Slice:
		s := (*slice)(at)
		*p, *w, *second(w) = s.p, s.n, s.m
	case op.Iface:
		*(*forge.Iface)(unsafe.Pointer(p)) = *(*forge.Iface)(at)
	default:
		*p = *(*unsafe.Pointer)(at)
	}
}

// zero puts the zero value into registers.
func (x *part) zero(w *uint64, p *unsafe.Pointer) {
	switch x.class {
	case op.Memory:
		*p = newOf(x.mem)
	case op.Word:
		*w = 0
	case op.String:
		*w, *p = 0, nil
	case op.Slice:
		*w, *second(w), *p = 0, 0, nil
	case op.Iface:
		*(*forge.Iface)(unsafe.Pointer(p)) = forge.Iface{}
	default:
		*p = nil
	}
}

func second(w *uint64) *uint64 { return (*uint64)(unsafe.Add(unsafe.Pointer(w), 8)) }

// memory is an operation on memory of a type.
//
//go:noinline
func (m *Machine) memory(in *op.Instr, wb, pb unsafe.Pointer) {
	switch in.Op {
	case op.LdM:
		x := m.types[op.TypeOf(in.Imm)].mem
		to := newOf(x)
		move(x, to, unsafe.Add(*p(pb, in.B), op.Offset(in.Imm)))
		*p(pb, in.A) = to
	case op.StM:
		move(m.types[op.TypeOf(in.Imm)].mem, unsafe.Add(*p(pb, in.B), op.Offset(in.Imm)), *p(pb, in.A))
	case op.Grow:
		x := m.types[in.Imm].elem
		s := slice{*p(pb, in.B), *w(wb, in.A), *w(wb, in.A+1)}
		if s.n == s.m {
			s = growSlice(x.mem, s, 1)
		}
		*p(pb, in.C) = unsafe.Add(s.p, uintptr(s.n)*x.size)
		*w(wb, in.A), *w(wb, in.A+1), *p(pb, in.B) = s.n+1, s.m, s.p
	case op.Spread:
		s := slice{*p(pb, in.B), *w(wb, in.A), *w(wb, in.A+1)}
		n := *w(wb, in.C)
		s = spread(m.types[op.TypeOf(in.Imm)].elem, s, slice{*p(pb, uint16(in.Imm)), n, n})
		*w(wb, in.A), *w(wb, in.A+1), *p(pb, in.B) = s.n, s.m, s.p
	case op.Copy:
		data := data(in)
		to, n := slice{*p(pb, in.C), *w(wb, in.B), *w(wb, in.B)}, *w(wb, data.A)
		*w(wb, in.A) = uint64(copySlice(m.types[data.Imm].elem.mem, to, slice{*p(pb, data.B), n, n}))
	}
}

// spread appends a slice of elements of a type.
func spread(elem *part, s, from slice) slice {
	if from.n == 0 {
		return s
	}
	if s.n+from.n > s.m {
		s = growSlice(elem.mem, s, int(from.n))
	}
	free := slice{unsafe.Add(s.p, uintptr(s.n)*elem.size), s.m - s.n, s.m - s.n}
	copySlice(elem.mem, free, from)
	s.n += from.n
	return s
}
