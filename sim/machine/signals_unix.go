//go:build unix

package machine

import "syscall"

// sigStop cannot be caught.
const sigStop = int64(syscall.SIGSTOP)

// harmless tells what a signal does to a process that does not ask for it.
func harmless(s syscall.Signal) bool {
	return s == syscall.SIGCHLD || s == syscall.SIGURG || s == syscall.SIGWINCH || s == syscall.SIGCONT || s == syscall.SIGPIPE
}
