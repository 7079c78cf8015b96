// Package bytecode is the form in which functions and loops cross the pipe that
// work on words, strings and memory: numbers, booleans, structs and arrays,
// pointers, slices, channels and functions. They need nothing of the interpreter,
// and a register machine runs them about twenty times as fast. It holds values only:
// runnext/kernel/core writes them, runnext/kernel/engine/yaegi/machine runs
// them.
//
// A function has two files of registers: words of 64 bits, and pointers, which
// the collector must see. Integers narrower than a word are kept extended, by
// their sign where they have one; a bool is 0 or 1, a float its bits. A slice
// is a pointer and two words, its length and capacity, in registers that follow
// each other; a string a pointer and a word, an interface two pointers. A struct or an array is a pointer to
// memory of its own.
package bytecode

import (
	"encoding/binary"
	"fmt"
	"reflect"
)

// Op is what an instruction does. In the comments w and p are the files of
// registers.
type Op uint16

// Operations.
const (
	Const  Op = iota + 1 // w[A] = Imm
	Mov                  // w[A] = w[B]
	MovP                 // p[A] = p[B]
	NilP                 // p[A] = nil
	Global               // p[A] = pointer to the program's variable Imm

	Add // w[A] = w[B] + w[C], and so on
	Sub
	Mul
	And
	Or
	Xor
	AndNot
	Shl
	ShrS
	ShrU
	DivS // at site Imm
	DivU
	RemS
	RemU
	AddI // w[A] = w[B] + Imm, and so on
	MulI
	AndI
	ShlI
	ShrSI
	ShrUI
	Neg
	Not      // bits
	Ext      // w[A] = w[B] as a value of kind C
	ShiftChk // w[B] is not negative, at site Imm

	FAdd // of float64
	FSub
	FMul
	FDiv
	FNeg
	GAdd // of float32
	GSub
	GMul
	GDiv
	GNeg
	Min // w[A] = the lesser of w[B] and w[C], of kind Imm
	Max
	Conv // w[A] = w[B], of kind C&0xff, as one of kind C>>8

	Eq // w[A] = w[B] == w[C]
	Ne
	LtS
	LeS
	LtU
	LeU
	FEq
	FNe
	FLt
	FLe
	GEq
	GNe
	GLt
	GLe
	EqP // w[A] = p[B] == p[C]
	NeP

	Jmp // to C
	BrT // to C when w[A] is true
	BrF
	BrEq // to C when w[A] == w[B]
	BrNe
	BrLtS
	BrLeS
	BrLtU
	BrLeU
	BrEqI // to C when w[A] == Imm
	BrNeI
	BrLtSI
	BrLeSI
	BrGtSI
	BrGeSI
	IncLtS // w[A] += Imm; to C when it is then less than w[B]
	IncLeS
	IncLtSI // w[A] += B, a signed number; to C when it is then less than Imm
	IncLeSI
	IncGtSI
	IncGeSI

	Ld   // w[A] = what p[B]+Imm leads to, of kind C
	LdP  // p[A] = …
	St   // what p[B]+Imm leads to, of kind C = w[A]
	StP  //
	Ld64 // Ld of 64 bits
	St64
	AddM // what p[B]+Imm leads to, of 64 bits, += w[A]
	SubM

	New  // p[A] = pointer to a new variable of the program's type Imm
	AddP // p[A] = p[B] + Imm

	NilChk  // p[B] is not nil, at site Imm
	IdxChk  // 0 <= w[B] < w[C], at site Imm
	IdxChkI // 0 <= w[B] < C
	Idx     // p[A] = p[B] + w[C]*Imm
	LdX     // w[A] = element w[C] of the slice at p[B], described by Imm
	LdX64   //
	StX     // the element = w[A]
	StX64

	MakeS  // slice at w[A], p[B] of length w[C]; Data has the capacity in A and the type in Imm
	SliceS // slice at w[A], p[B] of what p[C] leads to, for bounds flags Imm; Data follows, see there
	Append // to the slice at w[A], p[B] the word w[C] of kind Imm, in place
	Data   // more operands of the instruction before

	Send // on channel p[B] of elements of kind C the value w[A], at site Imm
	Recv // w[A] = from channel p[B] of elements of kind C, described by Imm

	Select  // of C cases described by as many Data: A kind, B 1 to send; see MaxCases
	MakeCh  // p[B] = a channel of the type and at the site in Imm, of w[A] elements
	ChanLen // w[A] = length, or where C is 1 capacity, of channel p[B]
	Atomic  // w[A] = of what p[B] leads to, with w[C], described by Imm

	MkFn   // p[A] = function Imm as a value, with what it captures in the registers above the function's own
	Call   // the function described by Imm; its registers are those above the caller's
	CallF  // the func value p[B], described by Imm, which may be of the host
	Invoke // method Texts[A] of the interface at p[B]; Texts[C] is the package of one that is not exported, and Imm as for CallF, of a func value with the interface before the parameters

	HostFn    // p[A] = the program's helper Imm as a func value
	Go        // start a goroutine with a call of the func value p[B], described as for CallF
	Defer     // add such a call to the frame p[A]
	RunDefers // run the calls of the frame p[A], at site Imm
	Ret       // the end; results lie in the first registers
	RetW      // w[0] = w[A]; end

	Text  // string at w[A], p[B] = text Imm of the function
	Cat   // string at w[A], p[B] = that at w[C] + another, see Strings
	CmpT  // w[A] = how the string at w[C], p[B] compares with another, see Strings
	CutT  // string at w[A], p[B] of the string at w[C] for bounds flags Imm; Data follows, see CutOf
	ConvT // see Converted
	NextT // w[A] = whether the iterator at w[C], p[B] has another character, see Strings

	LdM  // p[A] = pointer to a copy of what p[B]+Offset(Imm) leads to, of type TypeOf(Imm)
	EqM  // w[A] = whether what p[B] and p[C] lead to is the same; Imm is Typed
	StM  // what p[B]+Offset(Imm) leads to = a copy of what p[A] leads to
	Grow // slice at w[A], p[B] of type Imm by an element, to which p[C] leads then

	SendV // on channel p[B] the value at w[A], p[C]; Imm is Typed
	RecvV // value at w[A], p[C] from channel p[B]; Imm is Typed. Data follows: A tells whether it was sent

	Box    // interface at p[A] = the value at w[B], p[C]; Imm is Pair
	Assert // value at w[A], p[C] = what the interface at p[B] holds; Imm is Pair. Data follows, see there
	Widen  // interface at p[A] = that at p[B]; Imm is Pair
	EqI    // w[A] = whether the interfaces at p[B] and p[C] hold the same; Imm is Typed
	Raise  // a panic with the interface at p[B], at site Imm; end

	MakeM  // p[A] = a map of type Imm, for w[B] elements
	MapGet // value at w[A], p[C] = of map p[B]; Imm is Typed. Data follows, see there
	MapSet // of map p[B] for the key at w[A], p[C]; Imm is Typed. Data follows: the value at w[A], p[B]
	MapDel // the key at w[A], p[C] from map p[B]; Imm is Typed
	MapLen // w[A] = length of map p[B]
	Clear  // map p[B]; Imm is Typed
	RangeM // p[A] = a range over map p[B]; Imm is Typed
	NextM  // w[A] = whether the range p[B] has another element; Imm is Typed. Data follows, see there

	Spread // to the slice at w[A], p[B] what lies at w[C] and p[Offset(Imm)], of type TypeOf(Imm)
	Copy   // w[A] = copy to the slice at w[B], p[C]; Data follows: what is copied at w[A], p[B], the type in Imm
)

// Branches tells whether an operation may go on at C.
func (o Op) Branches() bool { return o >= Jmp && o <= IncGeSI }

// Counts tells whether B is a number that an operation adds.
func (o Op) Counts() bool { return o >= IncLtSI && o <= IncGeSI }

// Instr is one instruction.
type Instr struct {
	Op      Op
	A, B, C uint16
	Imm     int64
}

// Unsigned is added to the site of an index whose type holds more than an int.
const Unsigned = 1 << 32

// Element packs what LdX and StX need besides registers: the register of the
// length, the kind of the element, and the site of a failure.
func Element(length uint16, kind reflect.Kind, site int64) int64 {
	return int64(length) | int64(kind)<<16 | site<<24
}

// Received packs what Recv needs besides registers: the site, and the register
// that tells whether a value was sent.
func Received(site int, ok uint16) int64 { return int64(site) | int64(ok)<<32 }

// Called packs what Call and CallF need besides registers: the number of the
// function, or the program's type of the func value, and the site.
func Called(what, site int) int64 { return int64(what) | int64(site)<<32 }

// Func is a function, or a loop of one that is run by itself.
type Func struct {
	Number int    // of program.Func; 0 of a loop, which is a part of one
	Words  int    // registers
	Ptrs   int    // registers
	AboveW int    `json:",omitempty"` // registers above these that the code names
	AboveP int    `json:",omitempty"`
	Code   []byte // instructions, see Instrs
	In     string // the registers of each parameter, see Classes
	Out    string // and result
	Free   string `json:",omitempty"` // of what it captures, behind the parameters
	Type   int    `json:",omitempty"` // of the program, when the function is used as a value
	Texts  []string
	// Frame is 1 more than the pointer register that holds the host's frame of a
	// call with deferred ones, and Recover the instruction at which the function
	// goes on when one of them has recovered; 0 for a function without.
	Frame, Recover int `json:",omitempty"`
}

// Classes of values, as Func.In and Func.Out have them.
const (
	Word    = 'w' // one word
	Pointer = 'p' // one pointer
	Slice   = 's' // a pointer and two words
	String  = 't' // a pointer and a word
	Memory  = 'm' // a struct or array: a pointer to memory of it that nobody writes
	Iface   = 'i' // an interface: two pointers
)

// Slots gives how many registers of either file a class takes.
func Slots(class byte) (words, ptrs int) {
	switch class {
	case Word:
		return 1, 0
	case Pointer, Memory:
		return 0, 1
	case Slice:
		return 2, 1
	case String:
		return 1, 1
	case Iface:
		return 0, 2
	}
	return 0, 0
}

// Count gives how many registers of either file values of some classes take.
func Count(classes string) (words, ptrs int) {
	for _, c := range []byte(classes) {
		w, p := Slots(c)
		words, ptrs = words+w, ptrs+p
	}
	return words, ptrs
}

const instrSize = 16

// Sliced packs what the Data of SliceS has in Imm. Its A, B and C are the
// registers of low, high and max, or of anything where the flags say that they
// are not given; the length and capacity lie in two registers from length on.
// They are the same constant where an array is sliced.
func Sliced(length uint16, elem int64, fixed bool, site int) int64 {
	x := int64(length) | int64(site)<<40 | elem<<16
	if fixed {
		x |= 1 << 39
	}
	return x
}

// Flags of SliceS: of low, high and max, two bits each.
const (
	BoundGiven    = 1
	BoundUnsigned = 2 // of a type that an int does not hold
)

// MaxPassed bounds the registers of each file that the parameters of a function
// take, and those of its results.
const MaxPassed = 24

// Pack gives the form of instructions that Func.Code has.
func Pack(code []Instr) []byte {
	b := make([]byte, 0, len(code)*instrSize)
	for _, i := range code {
		b = binary.LittleEndian.AppendUint16(b, uint16(i.Op))
		b = binary.LittleEndian.AppendUint16(b, i.A)
		b = binary.LittleEndian.AppendUint16(b, i.B)
		b = binary.LittleEndian.AppendUint16(b, i.C)
		b = binary.LittleEndian.AppendUint64(b, uint64(i.Imm))
	}
	return b
}

// Instrs reads what [Pack] wrote.
func (f *Func) Instrs() ([]Instr, error) {
	if len(f.Code)%instrSize != 0 {
		return nil, fmt.Errorf("bytecode of function %d: %d bytes", f.Number, len(f.Code))
	}
	code := make([]Instr, 0, len(f.Code)/instrSize)
	for b := f.Code; len(b) > 0; b = b[instrSize:] {
		code = append(code, Instr{
			Op: Op(binary.LittleEndian.Uint16(b)), A: binary.LittleEndian.Uint16(b[2:]), B: binary.LittleEndian.Uint16(b[4:]),
			C: binary.LittleEndian.Uint16(b[6:]), Imm: int64(binary.LittleEndian.Uint64(b[8:])),
		})
	}
	return code, nil
}
