package main

// peekAsm gives the addresses of the scheduler's variables; only assembly may
// still name them.
const peekAsm = `#include "textflag.h"

TEXT ·peekSched(SB), NOSPLIT, $0-8
	MOVQ $runtime·sched(SB), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·peekAllp(SB), NOSPLIT, $0-8
	MOVQ $runtime·allp(SB), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·peekAllgs(SB), NOSPLIT, $0-8
	MOVQ $runtime·allgs(SB), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·peekReasons(SB), NOSPLIT, $0-8
	MOVQ $runtime·waitReasonStrings(SB), AX
	MOVQ AX, ret+0(FP)
	RET
`

// peekSource writes a line for each state into a file that is mapped before
// main starts: no call to the system is made while the program runs, and what
// was written is there after a crash. It does not allocate.
const peekSource = `package main

import (
	"os"
	"syscall"
	"unsafe"
)

func peekSched() uintptr
func peekAllp() uintptr
func peekAllgs() uintptr
func peekReasons() uintptr

func main() {
	peek("@start")
	peekMain()
	peek("@end")
}

const peekSize = 4 << 20

var (
	peekMem  []byte
	peekUsed int
	peekTick int64
)

func init() {
	fd, err := syscall.Open(os.Getenv("PEEK"), syscall.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	if err := syscall.Ftruncate(fd, peekSize); err != nil {
		panic(err)
	}
	peekMem, err = syscall.Mmap(fd, 0, peekSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	syscall.Close(fd)
	peekTick = -1
}

//go:nocheckptr
func peekWord(p uintptr) uintptr { return *(*uintptr)(unsafe.Pointer(p)) }

//go:nocheckptr
func peek32(p uintptr) uint32 { return *(*uint32)(unsafe.Pointer(p)) }

func peekText(s string) { peekUsed += copy(peekMem[peekUsed:], s) }

func peekInt(n int64) {
	if n >= 10 {
		peekInt(n / 10)
	}
	peekMem[peekUsed] = '0' + byte(n%10)
	peekUsed++
}

func peekGoid(g uintptr) int64 {
	if g == 0 {
		return 0
	}
	return int64(peekWord(g + peek_g_goid))
}

func peek(event string) {
	p := peekWord(peekWord(peekAllp()))
	if peekTick < 0 {
		peekTick = int64(peek32(p + peek_p_schedtick))
	}
	peekText("{\"event\": \"")
	peekText(event)
	peekText("\", \"curg\": ")
	peekInt(peekGoid(peekWord(peekWord(p+peek_p_m) + peek_m_curg)))
	peekText(", \"dtick\": ")
	peekInt(int64(peek32(p+peek_p_schedtick)) - peekTick)
	peekText(", \"runnext\": ")
	peekInt(peekGoid(peekWord(p + peek_p_runnext)))
	peekText(", \"runq\": [")
	head, tail := peek32(p+peek_p_runqhead), peek32(p+peek_p_runqtail)
	for i := head; i != tail; i++ {
		if i != head {
			peekText(", ")
		}
		peekInt(peekGoid(peekWord(p + peek_p_runq + uintptr(i%256)*8)))
	}
	peekText("], \"globq\": [")
	for g, first := peekWord(peekSched()+peek_schedt_runq), true; g != 0; g = peekWord(g + peek_g_schedlink) {
		if !first {
			peekText(", ")
		}
		first = false
		peekInt(peekGoid(g))
	}
	peekText("], \"timers\": ")
	peekInt(int64(peekWord(p + peek_p_timers + peek_timers_heap + 8)))
	peekText(", \"g\": {")
	gs, n := peekWord(peekAllgs()), peekWord(peekAllgs()+8)
	first := true
	for i := range n {
		g := peekWord(gs + i*8)
		status := peek32(g+peek_g_atomicstatus) &^ 0x1000
		if status == 6 || status == 0 || status == 11 {
			continue
		}
		if !first {
			peekText(", ")
		}
		first = false
		peekText("\"")
		peekInt(peekGoid(g))
		peekText("\": \"")
		switch status {
		case 1:
			peekText("runnable")
		case 2:
			peekText("running")
		case 3:
			peekText("syscall")
		case 4:
			peekText("waiting(")
			why := uintptr(*(*uint8)(unsafe.Pointer(g + peek_g_waitreason)))
			peekText(*(*string)(unsafe.Pointer(peekReasons() + why*16)))
			peekText(")")
		case 8:
			peekText("copystack")
		default:
			peekText("preempted")
		}
		peekText("\"")
	}
	peekText("}}\n")
}

`
