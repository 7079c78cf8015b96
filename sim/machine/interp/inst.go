package interp

import "golang.org/x/tools/go/ssa"

// op is what an instruction does. Operands a, b and c are registers, or
// constants when negative.
type op uint8

const (
	opNop op = iota
	opMove
	opAlloc     // dst = new x.typ
	opLoad      // dst = *a
	opLoad1     // the same for one cell
	opStore     // *a = b
	opStore1    // the same for one cell
	opFieldAddr // dst = a + n cells
	opField     // dst = a.field
	opIndexAddr // dst = &a[b], slice; c cells an element
	opIndexAddrArray
	opIndex // dst = a[b], array value
	opIndexString
	opJump   // to n
	opIf     // a: to n, else to m
	opBin    // dst = a x b, by token and kind
	opAddInt // dst = a + b, 64 bits
	opSubInt
	opMulInt
	opEqInt
	opNeInt
	opLtInt
	opLeInt
	opLtUint
	opLeUint
	opNot
	opNeg
	opCompl
	opRecv
	opConvert
	opIface // dst = interface of a
	opClosure
	opMakeMap
	opMakeChan
	opMakeSlice
	opSlice
	opLookup
	opLookupOk
	opMapUpdate
	opRange
	opNext
	opAssert
	opCall       // static: x.fn, arguments x.args
	opCallValue  // a is a func
	opCallMethod // a is an interface, x.method
	opBuiltin
	opGo
	opDefer
	opRunDefers
	opReturn
	opPanic
	opYieldPanic // a yield function was called that must not be; a is its loop's state
	opSend
	opSelect
	opArrayPointer // slice to array pointer
)

// inst is one instruction.
type inst struct {
	op   op
	kind Kind
	agg  bool
	ok   bool // the form with two results
	dst  int32
	a, b int32
	c    int32
	n, m int32 // targets, offsets, sizes
	x    *extra
}

// extra holds what few instructions need.
type extra struct {
	typ, to *Type
	fn      *Func
	static  *Closure // of fn, for go and defer
	args    []int32
	call    *ssa.CallCommon
	mode    op // of Go and Defer: which call
	name    string
	tok     int
	sel     []selCase
	block   bool
	cacheT  uint64
	cacheF  *Func
	low     int32
	high    int32
	max     int32
	made    bool // a slice of an array that make of a constant capacity made
	str     bool
	stack   int32 // Defer: the register of its defer stack, or noReg
	results int
}

type selCase struct {
	ch, elem int32
	send     bool
	dst      int32 // where a received value goes, noReg for a send
	typ      *Type
}

// noReg says that an optional operand is not there.
const noReg = -1 << 30
