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
