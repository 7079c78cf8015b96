package machine

import (
	"reflect"
	"sync/atomic"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// Case is a case of a select statement.
type Case op.Instr

// Kind is of the channel's elements, struct{} being that of no bits.
func (c *Case) Kind() reflect.Kind { return reflect.Kind(c.A) }

// Sends tells a send from a receive.
func (c *Case) Sends() bool { return c.B == 1 }

// Received gives what a receive has left in a word, as a register has it.
func (c *Case) Received(x uint64) uint64 { return extend(x, c.A) }

// selected is a select statement, whose cases follow the instruction.
//
//go:noinline
func (m *Machine) selected(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	n, how := int(in.C), in.Imm
	cases := unsafe.Slice((*Case)(data(in)), n)
	chosen, ok, err := m.host.Select(int(how>>32), how&1 != 0, cases, unsafe.Slice(p(pb, in.B), n), unsafe.Slice(w(wb, in.A+2), n))
	if err != nil {
		m.raised(t, f, how>>32, err)
	}
	*w(wb, in.A), *w(wb, in.A+1) = uint64(chosen), word(ok)
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
