//go:build !unix

package machine

import "syscall"

// sigStop does not exist here.
const sigStop = int64(-1)

// harmless tells what a signal does to a process that does not ask for it.
func harmless(s syscall.Signal) bool { return s == syscall.SIGPIPE }
