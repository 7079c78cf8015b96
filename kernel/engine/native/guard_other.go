//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package native

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

const supported = false

// guard is for systems with process groups.
type guard struct{ dir string }

func newGuard(string) (*guard, error) { return nil, errors.New("there are no process groups here") }

func (*guard) join(*exec.Cmd)                   {}
func (*guard) signal(*exec.Cmd, syscall.Signal) {}
func (*guard) end()                             {}
func (*guard) release()                         {}

func sweep(string) {}

const (
	stopSignal = syscall.SIGINT
	killSignal = syscall.SIGKILL
)

func signalled(*os.ProcessState) string { return "" }

func (*guard) start() {}
