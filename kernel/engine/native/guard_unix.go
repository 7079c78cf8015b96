//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package native

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const supported = true

// guardScript waits until the kernel lets go of its standard input, by will or
// by death, and then removes the folder and ends the process group, itself
// included. What Ctrl-C and the like send to the group is not meant for it.
const guardScript = `trap '' INT TERM HUP QUIT; read -r _; rm -rf -- "$1"; kill -9 0`

// guard owns the folder of a program and the process group that its compiler,
// its linker and its runs belong to. It is a process of its own, so that
// nothing is left when the kernel is killed.
type guard struct {
	dir  string
	lock *os.File // held as long as the kernel lives; see sweep

	mu    sync.Mutex
	cmd   *exec.Cmd // nil where there is no shell
	leash *os.File
}

// newGuard makes the folder below root. The process is started by the first
// that joins it.
func newGuard(root string) (*guard, error) {
	dir, err := os.MkdirTemp(root, "run-")
	if err != nil {
		return nil, fmt.Errorf("folder for the program: %w", err)
	}
	g := &guard{dir: dir}
	g.lock, err = os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = syscall.Flock(int(g.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("folder for the program: %w", err)
	}
	return g, nil
}

const lockName = "lock"

// join puts a command that is about to start into the group. Without a shell it
// gets a group of its own.
func (g *guard) join(cmd *exec.Cmd) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd == nil {
		g.start()
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if g.cmd != nil {
		cmd.SysProcAttr.Pgid = g.cmd.Process.Pid
	}
}

func (g *guard) start() {
	r, w, err := os.Pipe()
	if err != nil {
		return
	}
	defer r.Close()
	cmd := exec.Command("/bin/sh", "-c", guardScript, "sh", g.dir)
	cmd.Stdin, cmd.Env = r, []string{"PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if cmd.Start() != nil {
		w.Close()
		return
	}
	g.cmd, g.leash = cmd, w
}

// signal reaches a running command that has joined, and what it has started.
// The guard is deaf to all but SIGKILL.
func (g *guard) signal(cmd *exec.Cmd, s syscall.Signal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.cmd != nil:
		syscall.Kill(-g.cmd.Process.Pid, s)
	case cmd.Process != nil:
		syscall.Kill(-cmd.Process.Pid, s)
	}
}

// end ends every process of the group and the guard with them; the folder
// stays, and whoever joins next starts another guard.
func (g *guard) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd == nil {
		return
	}
	// Until it is waited for, its number is nobody else's.
	syscall.Kill(-g.cmd.Process.Pid, syscall.SIGKILL)
	g.cmd.Wait() // killed, as it is told
	g.leash.Close()
	g.cmd, g.leash = nil, nil
}

// release ends the group and removes the folder.
func (g *guard) release() {
	g.end()
	os.RemoveAll(g.dir)
	g.lock.Close()
}

// sweep removes folders of programs whose kernel is gone together with their
// guard, as after a loss of power: nobody holds their lock.
func sweep(root string) {
	dirs, _ := filepath.Glob(filepath.Join(root, "run-*")) // the pattern is good
	for _, dir := range dirs {
		lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
		if errors.Is(err, os.ErrNotExist) {
			// Either older than its lock, or being made at this moment.
			if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > time.Minute {
				os.RemoveAll(dir)
			}
			continue
		}
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.RemoveAll(dir)
		}
		lock.Close()
	}
}

// stopSignal is what Ctrl-C sends.
const (
	stopSignal = syscall.SIGINT
	killSignal = syscall.SIGKILL
)

// signalled gives the name of the signal that ended a process, "" for none.
func signalled(s *os.ProcessState) string {
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return ws.Signal().String()
	}
	return ""
}
