#include "textflag.h"

// One entry: the closure goes to the context register as for any call of a
// func value, arguments and stack stay as they are.
#define E(n) \
	MOVQ	·slots+((n)*8)(SB), DX; \
	MOVQ	(DX), R12; \
	JMP	R12; \
	BYTE $0xCC; BYTE $0xCC; BYTE $0xCC

#define E4(n) E(n); E((n)+1); E((n)+2); E((n)+3)
#define E16(n) E4(n); E4((n)+4); E4((n)+8); E4((n)+12)
#define E64(n) E16(n); E16((n)+16); E16((n)+32); E16((n)+48)
#define E256(n) E64(n); E64((n)+64); E64((n)+128); E64((n)+192)
#define E1024(n) E256(n); E256((n)+256); E256((n)+512); E256((n)+768)

TEXT ·table(SB), NOSPLIT|NOFRAME, $0-0
	E1024(0)
	E1024(1024)
	E1024(2048)
	E1024(3072)
	E1024(4096)
	E1024(5120)
	E1024(6144)
	E1024(7168)

// func entries() unsafe.Pointer
TEXT ·entries(SB), NOSPLIT, $0-8
	LEAQ	·table(SB), AX
	MOVQ	AX, ret+0(FP)
	RET
