package machine

import (
	"unsafe"

	op "runnext/kernel/core/bytecode"
)

// slice is what a slice's registers hold.
type slice struct {
	p    unsafe.Pointer
	n, m uint64
}

// data gives the instruction behind another.
func data(in *op.Instr) *op.Instr {
	return (*op.Instr)(unsafe.Add(unsafe.Pointer(in), unsafe.Sizeof(*in)))
}

// sliced makes a slice, or takes one of another.
//
//go:noinline
func (m *Machine) sliced(t *Thread, f *function, in *op.Instr, wb, pb unsafe.Pointer) {
	data := data(in)
	s, err := slice{}, any(nil)
	if in.Op == op.MakeS {
		s.n, s.m = *w(wb, in.C), *w(wb, data.A)
		s.p, err = m.host.Make(int(data.Imm&(1<<40-1)), int(s.n), int(s.m))
	} else {
		x := slice{*p(pb, in.C), *w(wb, uint16(data.Imm)), *w(wb, uint16(data.Imm)+1)}
		s, err = m.cut(x, in.Imm, data.Imm, [3]uint64{*w(wb, data.A), *w(wb, data.B), *w(wb, data.C)})
	}
	if err != nil {
		m.raised(t, f, data.Imm>>40, err)
	}
	*w(wb, in.A), *w(wb, in.A+1), *p(pb, in.B) = s.n, s.m, s.p
}

// appended is append of a word.
//
//go:noinline
func appended(in *op.Instr, wb, pb unsafe.Pointer) {
	s := add(slice{*p(pb, in.B), *w(wb, in.A), *w(wb, in.A+1)}, uint16(in.Imm), *w(wb, in.C))
	*w(wb, in.A), *w(wb, in.A+1), *p(pb, in.B) = s.n, s.m, s.p
}

// cut is a slice expression; data is packed by [op.Sliced].
func (m *Machine) cut(x slice, flags, data int64, bounds [3]uint64) (slice, any) {
	low, high, limit := uint64(0), x.n, x.m
	for i, b := range []*uint64{&low, &high, &limit} {
		if flags>>(2*i)&op.BoundGiven != 0 {
			*b = bounds[i]
		}
	}
	if limit > x.m || high > limit || low > high {
		return slice{}, m.host.Bounds(int(flags), int(low), int(high), int(limit), int(x.m), data>>39&1 != 0)
	}
	s := slice{x.p, high - low, limit - low}
	if s.m > 0 { // else it would lead behind the array
		s.p = unsafe.Add(x.p, low*uint64(data>>16&(1<<23-1)))
	}
	return s, nil
}

// add appends one word. Go decides how the slice grows.
func add(s slice, kind uint16, x uint64) slice {
	switch size(kind) {
	case 1:
		return grown(s, uint8(x))
	case 2:
		return grown(s, uint16(x))
	case 4:
		return grown(s, uint32(x))
	}
	return grown(s, x)
}

func grown[T uint8 | uint16 | uint32 | uint64](s slice, x T) slice {
	v := append(unsafe.Slice((*T)(s.p), s.m)[:s.n], x)
	return slice{unsafe.Pointer(unsafe.SliceData(v)), uint64(len(v)), uint64(cap(v))}
}
