package machine

import (
	"reflect"
	"sync/atomic"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// Case is a case of a select statement.
type Case struct {
	Sends bool
	Chan  unsafe.Pointer
	At    unsafe.Pointer // what is sent, or where the value received goes
	Elem  reflect.Type
	Size  int // of At's memory
}

// wordTypes are those of channels of words, in the words that they lie in here.
var wordType, signalType = reflect.TypeFor[uint64](), reflect.TypeFor[struct{}]()

// selected is a select statement, whose cases follow the instruction.
//
//go:noinline
func (m *Machine) selected(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	n, how := int(in.C), in.Imm
	cases := m.casesOf(t, in, wb, pb)
	chosen, ok, err := m.host.Select(int(how>>32), how&1 != 0, cases)
	if err != nil {
		m.raised(t, f, how>>32, err)
	}
	*w(wb, in.A), *w(wb, in.A+1) = uint64(chosen), word(ok)
	data := data(in)
	for i := range n {
		d, c := nth(data, i), &cases[i]
		switch x := w(wb, in.A+2+uint16(i)); {
		case c.Sends:
		case d.A != 0:
			*x = extend(*x, d.A)
		default:
			m.take(&m.types[uint32(d.Imm)].part, c.At, w(wb, uint16(d.Imm>>32)), p(pb, uint16(d.Imm>>48)))
		}
	}
	t.forget(n)
}

// casesOf makes the cases of a select statement.
func (m *Machine) casesOf(t *Thread, in *op.Instr, wb, pb unsafe.Pointer) []Case {
	n, data := int(in.C), data(in)
	t.hold(n)
	for i := range n {
		d, c := nth(data, i), &t.cases[i]
		*c = Case{Sends: d.B == 1, Chan: *p(pb, in.B+uint16(i))}
		switch kind := reflect.Kind(d.A); kind {
		case reflect.Invalid:
			x := &m.types[uint32(d.Imm)].part
			c.Elem, c.Size = x.t, int(x.size)
			if c.Sends {
				c.At = m.give(x, &t.temps[i], w(wb, uint16(d.Imm>>32)), p(pb, uint16(d.Imm>>48)))
			} else {
				c.At = m.room(x, &t.temps[i])
			}
		default:
			x := w(wb, in.A+2+uint16(i))
			c.Elem, c.Size, c.At = wordType, int(size(d.A)), unsafe.Pointer(x)
			if kind == reflect.Struct {
				c.Elem = signalType
			}
			if !c.Sends {
				*x = 0
			}
		}
	}
	return t.cases[:n]
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
