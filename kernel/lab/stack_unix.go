//go:build unix

package lab

import "syscall"

// threadStack gives ulimit -s in bytes, 0 if the system does not tell.
func threadStack() uint64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(rlimitStack, &l); err != nil {
		return 0
	}
	cur := uint64(l.Cur)
	if cur >= 1<<62 { // RLIM_INFINITY, which differs between systems
		return NoLimit
	}
	return cur
}

// rlimitStack is RLIMIT_STACK on every unix that Go runs on; package syscall
// leaves it out for some.
const rlimitStack = 3
