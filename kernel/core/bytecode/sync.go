package bytecode

import "reflect"

// A Select has the number of the case in w[A], -1 for none, whether the value
// received was sent in w[A+1], and for each case a word behind these: to send,
// or received. Its channels are p[B] and those that follow. Imm holds the site
// in its high half, and in its low half 1 when it blocks.

// MaxCases bounds the cases of one Select.
const MaxCases = 64

// What Atomic does.
const (
	AtomicLoad = iota
	AtomicStore
	AtomicAdd
	AtomicSwap
	AtomicCAS // w[C] for a new word, see AtomicOp
)

// AtomicOp packs what Atomic needs besides registers: what it does, the kind of
// the operand, and the register of the new word of a comparison.
func AtomicOp(op int64, kind reflect.Kind, with uint16) int64 {
	return op | int64(kind)<<8 | int64(with)<<16
}
