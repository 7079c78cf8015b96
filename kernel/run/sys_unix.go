//go:build unix

package run

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// handedOn are the signals a program is meant to see when they reach the
// process that runs it.
var handedOn = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH}

func closeOnExec(fd int) { syscall.CloseOnExec(fd) }

// sentToBoth tells whether a terminal has sent s to the program too: keys send
// to all processes in the foreground.
func sentToBoth(s os.Signal) bool {
	switch s {
	case syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGWINCH:
	default:
		return false
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	group, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && group == syscall.Getpgrp()
}

// statusOf gives a process's end as a shell does.
func statusOf(s *os.ProcessState) int {
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return statusSignal + int(ws.Signal())
	}
	return s.ExitCode()
}

// prepare sets what a program's process needs of this system.
func prepare(cmd *exec.Cmd) error {
	cmd.SysProcAttr = attributes()
	return nil
}
