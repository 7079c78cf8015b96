package yaegi

import "unsafe"

// boundsKind is which bound is out of range: go1.26.8 internal/abi/bounds.go
// BoundsErrorCode.
type boundsKind uint8

const (
	boundsIndex      boundsKind = iota // s[x] of y elements
	boundsSliceAlen                    // s[?:x] of an array or string of length y
	boundsSliceAcap                    // s[?:x] of a slice of capacity y
	boundsSliceB                       // s[x:y]
	boundsSlice3Alen                   // s[?:?:x] of an array of length y
	boundsSlice3Acap                   // s[?:?:x] of a slice of capacity y
	boundsSlice3B                      // s[?:x:y]
	boundsSlice3C                      // s[x:y:?]
	boundsConvert                      // of a slice of length y to an array of length x
)

// boundsError is Go's run-time error for the bounds x and y. signed is false
// where x is of an unsigned type that an int does not hold.
func boundsError(x, y int, signed bool, kind boundsKind) any {
	err := caught(func() { _ = make([]struct{}, 0)[y] })
	// The layout is go1.26.8 runtime/error.go:127 boundsError.
	type layout struct {
		x      int64
		y      int
		signed bool
		kind   boundsKind
	}
	(*[2]unsafe.Pointer)(unsafe.Pointer(&err))[1] = unsafe.Pointer(&layout{int64(x), y, signed, kind})
	return err
}

func (c *cell) indexPanic(site, i, n int) { c.raise(site, boundsError(i, n, true, boundsIndex)) }

// unsignedIndex is the same for an index of an unsigned type.
func (c *cell) unsignedIndex(site, i, n int) { c.raise(site, boundsError(i, n, false, boundsIndex)) }

// bounds are those of a slice expression; flags tell of each whether it is
// given: - not, u of an unsigned type, x of another.
type bounds struct {
	flags            string
	low, high, limit int
}

// fill gives the bounds that are not written.
func (b *bounds) fill(length int) {
	if b.flags[0] == '-' {
		b.low = 0
	}
	if b.flags[1] == '-' {
		b.high = length
	}
}

// check gives Go's error when a bound is out of range; capacity is the length of
// arrays and strings, where fixed is true.
func (b *bounds) check(capacity int, fixed bool) any {
	over := func(x, y int) bool { return uint(x) > uint(y) }
	fail := func(i int, x, y int, kind boundsKind) any { return boundsError(x, y, b.flags[i] != 'u', kind) }
	if len(b.flags) > 2 && b.flags[2] != '-' {
		switch {
		case over(b.limit, capacity) && fixed:
			return fail(2, b.limit, capacity, boundsSlice3Alen)
		case over(b.limit, capacity):
			return fail(2, b.limit, capacity, boundsSlice3Acap)
		case over(b.high, b.limit):
			return fail(1, b.high, b.limit, boundsSlice3B)
		case over(b.low, b.high):
			return fail(0, b.low, b.high, boundsSlice3C)
		}
		return nil
	}
	switch {
	case over(b.high, capacity) && fixed:
		return fail(1, b.high, capacity, boundsSliceAlen)
	case over(b.high, capacity):
		return fail(1, b.high, capacity, boundsSliceAcap)
	case over(b.low, b.high):
		return fail(0, b.low, b.high, boundsSliceB)
	}
	return nil
}
