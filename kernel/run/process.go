package run

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"time"
)

// crashWithin bounds the wait for the end of the runtime's last words when
// another process holds the program's descriptor 2.
const crashWithin = time.Second

// start runs a task in a process of its own and waits for its end.
func (c Config) start(ctx context.Context, p Program, t task) (int, error) {
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Stdin, cmd.Stdout = p.Stdin, p.Stdout
	if err := prepare(cmd); err != nil {
		return 0, err
	}
	var pipes pipes
	defer pipes.close()
	itsTask, myTask := pipes.make()
	myCrash, itsCrash := pipes.make()
	stderr, copied := pipes.writer(p.Stderr)
	if pipes.err != nil {
		return 0, fmt.Errorf("run %s: %w", p.File, pipes.err)
	}
	cmd.Stderr = itsCrash
	cmd.ExtraFiles = []*os.File{itsTask, stderr} // fdTask, fdStderr

	signals := make(chan os.Signal, 16)
	signal.Notify(signals, handedOn...)
	defer signal.Stop(signals)
	process := launch(cmd)
	if err := <-process.started; err != nil {
		return 0, fmt.Errorf("run %s: %w", p.File, err)
	}
	itsTask.Close()
	itsCrash.Close()
	retold := newTeller(stderr, p.File, t.Program)
	var wg sync.WaitGroup
	wg.Go(func() {
		t.write(myTask) // fails when the process has ended, whose status says more
		myTask.Close()
	})
	wg.Go(func() { io.Copy(retold, myCrash) })
	status, err := process.wait(ctx, p.Timeout, signals)
	myTask.Close()
	myCrash.SetReadDeadline(time.Now().Add(crashWithin))
	wg.Wait()
	retold.end()
	if process.late {
		fmt.Fprintf(stderr, "runnext: %s was stopped after %v\n", p.File, p.Timeout)
	}
	if copied {
		stderr.Close()
	}
	pipes.wait()
	return status, err
}

// process is a program's process.
type process struct {
	cmd     *exec.Cmd
	started chan error
	ended   chan error
	late    bool // killed when its time had passed
}

// launch starts and reaps cmd on a thread of its own: Linux sends the
// parent-death signal when the thread that started a process ends.
func launch(cmd *exec.Cmd) *process {
	p := &process{cmd: cmd, started: make(chan error, 1), ended: make(chan error, 1)}
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		p.started <- err
		if err == nil {
			p.ended <- cmd.Wait()
		}
	}()
	return p
}

// wait gives the exit status. It hands signals on and kills the process when
// ctx or its time ends.
func (p *process) wait(ctx context.Context, timeout time.Duration, signals <-chan os.Signal) (int, error) {
	var over <-chan time.Time
	if timeout > 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		over = t.C
	}
	done := ctx.Done()
	for {
		select {
		case err := <-p.ended:
			switch {
			case ctx.Err() != nil:
				return 0, ctx.Err()
			case p.late:
				return StatusTimeout, nil
			case p.cmd.ProcessState == nil:
				return 0, err
			}
			return statusOf(p.cmd.ProcessState), nil
		case s := <-signals:
			if !sentToBoth(s) {
				p.cmd.Process.Signal(s) // fails when it has just ended
			}
		case <-over:
			p.late = true
			p.cmd.Process.Kill()
		case <-done:
			done = nil
			p.cmd.Process.Kill()
		}
	}
}

// pipes makes the pipes of one process and closes what is left of them.
type pipes struct {
	files []*os.File
	copy  sync.WaitGroup
	err   error
}

func (ps *pipes) make() (r, w *os.File) {
	if ps.err != nil {
		return nil, nil
	}
	if r, w, ps.err = os.Pipe(); ps.err == nil {
		ps.files = append(ps.files, r, w)
	}
	return r, w
}

// writer gives a file that leads to w: w itself when it is one, or a pipe that
// is copied to it.
func (ps *pipes) writer(w io.Writer) (f *os.File, copied bool) {
	if f, ok := w.(*os.File); ok {
		return f, false
	}
	r, f := ps.make()
	if f == nil {
		return nil, false
	}
	ps.copy.Go(func() { io.Copy(w, r) })
	return f, true
}

// wait waits for what is copied; the ends that are written to are closed.
func (ps *pipes) wait() { ps.copy.Wait() }

func (ps *pipes) close() {
	for _, f := range ps.files {
		f.Close()
	}
	ps.copy.Wait()
}
