//go:build unix && !linux

package worker

import "syscall"

// attributes puts a worker in a process group of its own, so that Ctrl-C in
// the kernel's terminal is the kernel's alone. A worker notices the kernel's
// end by the command pipe.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
