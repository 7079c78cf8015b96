package machine

import (
	"reflect"
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// wide executes an instruction that works on more than words, and gives how many
// of data follow it. It stands outside of run so that what each of them needs of
// the stack is not run's.
//
//go:noinline
func (m *Machine) wide(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) int {
	switch in.Op {
	case op.Min:
		*w(wb, in.A) = least(*w(wb, in.B), *w(wb, in.C), reflect.Kind(in.Imm))
	case op.Max:
		*w(wb, in.A) = most(*w(wb, in.B), *w(wb, in.C), reflect.Kind(in.Imm))
	case op.Conv:
		*w(wb, in.A) = convert(*w(wb, in.B), in.C)
	case op.SendV:
		m.sendFrom(t, f, in, wb, pb)
	case op.RecvV:
		m.recvTo(t, in, wb, pb)
		return 1
	case op.CutT:
		m.cutText(t, f, in, wb, pb)
		return 1
	case op.Text, op.Cat, op.CmpT, op.ConvT, op.NextT:
		texts(f, in, wb, pb)
	case op.LdM, op.StM, op.Grow, op.Spread:
		m.memory(in, wb, pb)
	case op.Copy:
		m.memory(in, wb, pb)
		return 1
	case op.MapGet, op.MapSet, op.NextM:
		m.mapped(t, f, in, wb, pb)
		return 1
	case op.MapDel, op.Clear:
		m.mapped(t, f, in, wb, pb)
	case op.MapLen:
		*w(wb, in.A) = mapLen(*p(pb, in.B))
	case op.RangeM:
		m.ranged(in, pb)
	case op.MakeM:
		*p(pb, in.A) = makeMap(m.types[in.Imm].mem, int(max(int64(*w(wb, in.B)), 0)))
	case op.Assert:
		m.asserted(t, f, in, wb, pb)
		return 1
	case op.EqM:
		m.sameMemory(t, f, in, wb, pb)
	case op.Box, op.Widen, op.EqI:
		m.faced(t, f, in, wb, pb)
	case op.Raise:
		m.panics(t, f, in, pb)
	default:
		panic("machine: no such instruction")
	}
	return 0
}
