#include "textflag.h"

// func stackUsed() uintptr
// R14 is the running goroutine; the end of its stack is its second word
// (go1.26.8 runtime/runtime2.go g).
TEXT ·stackUsed(SB), NOSPLIT, $0-8
	MOVQ 8(R14), AX
	SUBQ SP, AX
	MOVQ AX, ret+0(FP)
	RET

// func getg() unsafe.Pointer
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVQ R14, ret+0(FP)
	RET
