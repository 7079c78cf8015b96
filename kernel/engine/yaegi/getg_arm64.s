#include "textflag.h"

// func stackUsed() uintptr
// g is the running goroutine; the end of its stack is its second word
// (go1.26.8 runtime/runtime2.go g).
TEXT ·stackUsed(SB), NOSPLIT, $0-8
	MOVD 8(g), R0
	MOVD RSP, R1
	SUB  R1, R0, R0
	MOVD R0, ret+0(FP)
	RET

// func getg() unsafe.Pointer
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVD g, ret+0(FP)
	RET
