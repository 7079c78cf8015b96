//go:build unix

package worker

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// spawner starts processes from one thread that lives as long as they do:
// Linux's parent-death signal is sent when the starting thread ends.
type spawner struct {
	work chan func()
	once sync.Once
	done chan struct{}
}

func newSpawner() (*spawner, error) {
	s := &spawner{work: make(chan func()), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		runtime.LockOSThread()
		for f := range s.work {
			f()
		}
	}()
	return s, nil
}

// close ends the thread. No process may be left, and start not be called again.
func (s *spawner) close() {
	s.once.Do(func() { close(s.work) })
	<-s.done
}

func (s *spawner) start(c *Config) (ch osProcess, err error) {
	done := make(chan struct{})
	s.work <- func() {
		defer close(done)
		ch, err = startChild(c)
	}
	<-done
	return ch, err
}

// startChild starts one worker with its pipes and its memory.
func startChild(c *Config) (ch osProcess, err error) {
	var theirs, ours []*os.File
	defer func() {
		for _, f := range theirs {
			f.Close()
		}
		if err != nil {
			for _, f := range ours {
				f.Close()
			}
		}
	}()
	pipe := func(toChild bool) (mine, its *os.File) {
		if err != nil {
			return nil, nil
		}
		r, w, e := os.Pipe()
		if e != nil {
			err = fmt.Errorf("pipe: %w", e)
			return nil, nil
		}
		if toChild {
			r, w = w, r
		}
		ours, theirs = append(ours, r), append(theirs, w)
		return r, w
	}
	commands, itsCommands := pipe(true)
	bell, itsBell := pipe(false)
	stdout, itsStdout := pipe(false)
	stderr, itsStderr := pipe(false)
	if err != nil {
		return ch, err
	}
	size := sharedSize(c.slots)
	mem, err := sharedFile(size)
	if err != nil {
		return ch, err
	}
	theirs = append(theirs, mem)

	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env, cmd.Dir = c.Env, c.Dir
	cmd.Stdout, cmd.Stderr = itsStdout, itsStderr
	cmd.ExtraFiles = []*os.File{itsCommands, itsBell, mem} // fdCommands, fdBell, fdShared
	cmd.SysProcAttr = attributes()
	mapped, err := mapShared(int(mem.Fd()), size)
	if err != nil {
		return ch, err
	}
	if err = cmd.Start(); err != nil {
		unmapShared(mapped)
		return ch, err
	}
	pid := cmd.Process.Pid
	return osProcess{
		os: cmd.Process,
		wait: func() (int, string) {
			cmd.Wait() // its error is the status below
			if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
				return -1, ws.Signal().String()
			}
			return cmd.ProcessState.ExitCode(), ""
		},
		kill: func() { cmd.Process.Kill() },
		killAll: func() {
			// The group is the worker's own; while the worker is not reaped its
			// number cannot have become somebody else's.
			if cmd.Process.Signal(syscall.Signal(0)) == nil {
				syscall.Kill(-pid, syscall.SIGKILL)
			}
			cmd.Process.Kill()
		},
		commands: commands, bell: bell, out: stdout, err: stderr, mem: mapped,
	}, nil
}
