package worker

import "syscall"

// attributes puts a worker in a process group of its own, so that Ctrl-C in
// the kernel's terminal is the kernel's alone, and has it killed with the
// kernel even when no goroutine of it can be scheduled.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
