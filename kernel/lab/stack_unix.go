//go:build unix

package lab

import "syscall"

// threadStack gives ulimit -s in bytes, 0 if the system does not tell.
func threadStack() uint64 { return rlimit(rlimitStack) }

func rlimit(which int) uint64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(which, &l); err != nil {
		return 0
	}
	cur := uint64(l.Cur)
	if cur >= 1<<62 { // RLIM_INFINITY, which differs between systems
		return NoLimit
	}
	return cur
}

// Numbers that package syscall leaves out for some systems. RLIMIT_STACK is the
// same on every unix that Go runs on; the other two are Linux's.
const (
	rlimitStack = 3
	rlimitNproc = 6
)

// processLimit gives ulimit -u on Linux, where a thread counts as a process.
func processLimit() uint64 { return rlimit(rlimitNproc) }

// fileLimit gives ulimit -n.
func fileLimit() uint64 { return rlimit(syscall.RLIMIT_NOFILE) }

// reserve takes address space without memory behind it, and gives what gives
// it back.
func reserve(size int) ([]byte, func(), error) {
	mem, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, nil, err
	}
	return mem, func() { _ = syscall.Munmap(mem) }, nil
}
