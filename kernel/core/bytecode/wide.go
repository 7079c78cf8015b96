package bytecode

// Typed packs a site and a type of the program.
func Typed(typ, site int) int64 { return int64(site) | int64(typ)<<32 }

// At packs an offset and a type of the program.
func At(typ int, offset int64) int64 { return offset | int64(typ)<<32 }

// Offset and TypeOf take apart what [At] has packed.
func Offset(imm int64) int64 { return imm & (1<<32 - 1) }

// TypeOf gives the type of the program that [At] or [Typed] has packed.
func TypeOf(imm int64) int { return int(imm >> 32) }

// Strings packs registers that Cat, CmpT and NextT need besides their own: of Cat
// the pointer of the first operand, and the second one's word and pointer; of
// CmpT the second one's word and pointer, and what it does; of NextT those of the
// place and the character. An iterator lies like a slice: its second word is the
// place that comes next.
func Strings(x, y, z uint16) int64 { return int64(x) | int64(y)<<16 | int64(z)<<32 }

// What CmpT does.
const (
	TextEq = iota
	TextNe
	TextLt
	TextLe
)

// CutOf packs what the Data of CutT has in Imm: the pointer of what is cut, and
// the site. Its A and B are the bounds.
func CutOf(ptr uint16, site int) int64 { return int64(ptr) | int64(site)<<32 }

// ConvT is packed by Converted: a conversion to a string at w[A], p[B], or to a
// slice there, of what lies at w[C] and the packed pointer register.
func Converted(what int, ptr uint16) int64 { return int64(what) | int64(ptr)<<16 }

// What ConvT does.
const (
	TextOfRune = iota
	TextOfBytes
	TextOfRunes
	BytesOfText
	RunesOfText
)

// Pair packs the type of an interface and the other type of Box, Assert and
// Widen, the one that is put in or looked for; of Widen the first is what it was.
func Pair(iface, other int) int64 { return int64(iface) | int64(other)<<32 }

// The Data of Assert has in A the register that tells whether it holds, in B 1
// when nothing fails, in C 1 when the value is not asked for, and in Imm the
// site.

// The Data of MapGet has the key at w[A], p[B] and in C the register that tells
// whether it is there. That of NextM has the key at w[A], p[B], and the value at
// the word and pointer registers that are packed in Imm by Strings, of which the
// third tells by its bits which of the two are read.
