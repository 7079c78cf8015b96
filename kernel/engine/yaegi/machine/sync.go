package machine

import (
	"reflect"
	"sync/atomic"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// Case is a case of a select statement, as the runtime is asked for it: go1.26.8
// runtime/select.go:551 runtimeSelect.
type Case struct {
	Dir  reflect.SelectDir
	_    unsafe.Pointer
	Chan unsafe.Pointer
	At   unsafe.Pointer // what is sent, or where the value received goes
}

// Elem is the type of a case's elements, and the size of its memory. Words count
// as such of 64 bits.
type Elem struct {
	Type reflect.Type
	Size int
	of   *part
}

// learnSelect learns the types of a select statement, and has it name them by
// their place.
func (m *Machine) learnSelect(in *op.Instr) {
	elems := make([]Elem, in.C)
	for i := range elems {
		switch d := nth(data(in), i); reflect.Kind(d.A) {
		case reflect.Invalid:
			typ := int(uint32(d.Imm))
			m.learn(typ)
			x := &m.types[typ].part
			elems[i] = Elem{x.t, int(x.size), x}
		case reflect.Struct:
			elems[i] = Elem{Type: reflect.TypeFor[struct{}]()}
		default:
			elems[i] = Elem{Type: reflect.TypeFor[uint64](), Size: int(size(d.A))}
		}
	}
	in.Imm |= int64(len(m.selects)) << 1
	m.selects = append(m.selects, elems)
}

// selected is a select statement, whose cases follow the instruction.
//
//go:noinline
func (m *Machine) selected(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	n, site, elems := int(in.C), int(in.Imm>>32), m.selects[uint32(in.Imm)>>1]
	m.setCases(t, in, elems, wb, pb)
	chosen, ok, err := m.host.Select(site, in.Imm&1 != 0, t.cases[:n], elems)
	if err != nil {
		m.raised(t, f, int64(site), err)
	}
	*w(wb, in.A), *w(wb, in.A+1) = uint64(chosen), word(ok)
	for i := range n {
		d, c, x := nth(data(in), i), &t.cases[i], elems[i].of
		if c.Dir == reflect.SelectSend {
			continue
		}
		if x == nil {
			at := w(wb, in.A+2+uint16(i))
			*at = extend(*at, d.A)
			continue
		}
		to, q := w(wb, uint16(d.Imm>>32)), p(pb, uint16(d.Imm>>48))
		switch {
		case i == chosen:
			if m.take(x, c.At, to, q); x.class == op.Memory {
				t.temps[i].spare = nil
			}
		case x.class == op.Memory:
			*q = nil // nobody reads it
		default:
			x.zero(to, q)
		}
	}
	t.forget(n)
}

// setCases makes the cases of a select statement.
func (m *Machine) setCases(t *Thread, in *op.Instr, elems []Elem, wb, pb unsafe.Pointer) {
	t.hold(len(elems))
	for i := range elems {
		d, c, x := nth(data(in), i), &t.cases[i], elems[i].of
		c.Chan, c.Dir = *p(pb, in.B+uint16(i)), reflect.SelectRecv
		if d.B == 1 {
			c.Dir = reflect.SelectSend
		}
		switch {
		case x == nil:
			at := w(wb, in.A+2+uint16(i))
			if c.At = unsafe.Pointer(at); d.B == 0 {
				*at = 0
			}
		case d.B == 1:
			c.At = m.give(x, &t.temps[i], w(wb, uint16(d.Imm>>32)), p(pb, uint16(d.Imm>>48)))
		case x.class == op.Memory: // that of a case which was not chosen is as good as new
			tmp := &t.temps[i]
			if tmp.spare == nil || tmp.of != x {
				tmp.spare, tmp.of = newOf(x.mem), x
			}
			c.At = tmp.spare
		default:
			c.At = m.room(x, &t.temps[i])
		}
	}
}

func nth(in *op.Instr, i int) *op.Instr {
	return (*op.Instr)(unsafe.Add(unsafe.Pointer(in), uintptr(i)*unsafe.Sizeof(*in)))
}

// sendFrom is a send of a value that is no word.
//
//go:noinline
func (m *Machine) sendFrom(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	x := &m.types[op.TypeOf(in.Imm)].part
	t.hold(1)
	at := m.give(x, &t.temps[0], w(wb, in.A), p(pb, in.C))
	err := m.host.SendFrom(int(uint32(in.Imm)), x.t, *p(pb, in.B), at)
	t.forget(1)
	if err != nil {
		m.raised(t, f, int64(uint32(in.Imm)), err)
	}
}

// recvTo is a receive of one.
//
//go:noinline
func (m *Machine) recvTo(t *Thread, in *op.Instr, wb, pb unsafe.Pointer) {
	x := &m.types[op.TypeOf(in.Imm)].part
	t.hold(1)
	at := m.room(x, &t.temps[0])
	ok := m.host.RecvTo(int(uint32(in.Imm)), x.t, *p(pb, in.B), at)
	m.take(x, at, w(wb, in.A), p(pb, in.C))
	*w(wb, data(in).A) = word(ok)
	t.forget(1)
}

// chanLen is len or cap of a channel: the runtime looks at no types for these.
func chanLen(ch unsafe.Pointer, capacity bool) uint64 {
	c := *(*chan byte)(unsafe.Pointer(&ch))
	if capacity {
		return uint64(cap(c))
	}
	return uint64(len(c))
}

// atomically is an operation of package sync/atomic.
func atomically(p unsafe.Pointer, what int64, kind uint16, x, with uint64) uint64 {
	if reflect.Kind(kind) != reflect.Bool && size(kind) == 8 {
		q := (*uint64)(p)
		switch what {
		case op.AtomicLoad:
			return atomic.LoadUint64(q)
		case op.AtomicStore:
			atomic.StoreUint64(q, x)
			return 0
		case op.AtomicAdd:
			return atomic.AddUint64(q, x)
		case op.AtomicSwap:
			return atomic.SwapUint64(q, x)
		}
		return word(atomic.CompareAndSwapUint64(q, x, with))
	}
	q := (*uint32)(p) // a Bool's too
	switch what {
	case op.AtomicLoad:
		return uint64(atomic.LoadUint32(q))
	case op.AtomicStore:
		atomic.StoreUint32(q, uint32(x))
		return 0
	case op.AtomicAdd:
		return uint64(atomic.AddUint32(q, uint32(x)))
	case op.AtomicSwap:
		return uint64(atomic.SwapUint32(q, uint32(x)))
	}
	return word(atomic.CompareAndSwapUint32(q, uint32(x), uint32(with)))
}
