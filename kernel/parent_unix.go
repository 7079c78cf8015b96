//go:build unix

package kernel

import (
	"os"
	"syscall"
)

// parentAlive asks for the parent itself first: a child that has been adopted
// by another process has lost it. A client that starts kernels through a shell
// is an ancestor, not the parent, and is asked for by its number.
func parentAlive(pid int) func() bool {
	direct := os.Getppid() == pid
	return func() bool {
		if direct {
			return os.Getppid() == pid
		}
		return syscall.Kill(pid, 0) != syscall.ESRCH
	}
}
