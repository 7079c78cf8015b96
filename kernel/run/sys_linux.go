package run

import "syscall"

// attributes has the program killed with the process that runs it. It stays in
// that one's group: a terminal's input and keys are the program's.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
