package bytecode

import "reflect"

// A Select has the number of the case in w[A], -1 for none, whether the value
// received was sent in w[A+1], and for each case a word behind these: to send,
// or received. Its channels are p[B] and those that follow. Imm holds the site
// in its high half, and 1 when it blocks. A case whose elements
// are no words is of kind Invalid; where its value lies is packed by Cased.

// Cased packs the type of a case's elements and the registers of its value.
func Cased(typ int, w, p uint16) int64 { return int64(typ) | int64(w)<<32 | int64(p)<<48 }

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
