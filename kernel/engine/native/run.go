package native

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"runnext/kernel/engine"
)

// Run says how a program is run.
type Run struct {
	Env   []string // K=V, over the kernel's own environment
	Procs int      // GOMAXPROCS, 0 for Go's own choice
	// Trace names the file that a program built with [Build.Trace] writes.
	Trace string
	// Stderr takes what the program prints to standard error in place of the
	// cell's stream; its last words stay the result's. It may be nil.
	Stderr io.Writer
}

// Result is how a program ended.
type Result struct {
	Status  int    // of its exit, -1 if a signal ended it
	Signal  string // that ended it, "" for none
	Value   *engine.Bundle
	Elapsed time.Duration // from its start to its end
	Usage   *os.ProcessState
	// words are what it printed last, if that looks like the Go runtime's.
	words       string
	interrupted bool
	err         error // that kept it from starting
}

// How long an interrupted program is waited for, and how long it may take to
// clean up after itself before it is killed.
const (
	replyWithin = 60 * time.Millisecond
	endWithin   = time.Second
)

// Names of what a program is told by its environment.
const (
	envMark  = "RUNNEXT_MARK"  // begins what the program shows; see marks
	envTrace = "RUNNEXT_TRACE" // the file for its trace
)

// Run runs the program in the kernel's own folder with an empty standard input
// and gives what it prints and shows to out. When ctx ends the program is sent
// SIGINT, Run returns soon, and the program is killed a second later.
func (p *Program) Run(ctx context.Context, r Run, out engine.Output) *Result {
	mark := rand.Text()
	cmd := exec.Command(p.binary)
	cmd.Env = environ(p.t.c.Environ, envMark+"="+mark)
	if r.Procs > 0 {
		cmd.Env = environ(cmd.Env, "GOMAXPROCS="+strconv.Itoa(r.Procs))
	}
	if r.Trace != "" {
		cmd.Env = environ(cmd.Env, envTrace+"="+r.Trace)
	}
	cmd.Env = environ(cmd.Env, r.Env...)
	p.guard.join(cmd)
	res := &Result{Status: -1}
	shown := newMarks(mark, out)
	stderr := r.Stderr
	if stderr == nil {
		stderr = streamWriter{out, engine.Stderr}
	}
	words := &lastWords{out: stderr}
	var readers sync.WaitGroup
	var ours, theirs []*os.File
	pipe := func(read func(*os.File)) *os.File {
		in, its, err := os.Pipe()
		if err != nil {
			res.err = fmt.Errorf("pipe: %w", err)
			return nil
		}
		ours, theirs = append(ours, in), append(theirs, its)
		readers.Go(func() { defer in.Close(); read(in) })
		return its
	}
	if f := pipe(shown.read); f != nil {
		cmd.Stdout = f
	}
	if f := pipe(words.read); f != nil {
		cmd.Stderr = f
	}
	begun := time.Now()
	if res.err == nil {
		res.err = cmd.Start()
	}
	for _, f := range theirs {
		f.Close()
	}
	if res.err != nil {
		readers.Wait()
		return res
	}
	ended := make(chan struct{})
	p.t.running.Go(func() {
		defer close(ended)
		err := cmd.Wait() // its error is the state
		res.Elapsed = time.Since(begun)
		p.guard.end() // what it has started ends with it, and lets go of the pipes
		readers.Wait()
		res.end(cmd.ProcessState, err)
		res.Value = shown.value
		if res.words = words.text(); !res.crashed() {
			words.pass(words.held) // it only looked like a report
			res.words = ""
		}
	})
	select {
	case <-ended:
		return res
	case <-p.t.ended.Done():
	case <-ctx.Done():
	}
	p.guard.signal(cmd, stopSignal)
	p.t.running.Go(func() {
		select {
		case <-ended:
		case <-p.t.ended.Done():
			p.guard.signal(cmd, killSignal)
		case <-time.After(endWithin):
			p.guard.signal(cmd, killSignal)
		}
	})
	select {
	case <-ended:
	case <-time.After(replyWithin):
		p.linger = ended
	}
	return &Result{Status: -1, interrupted: true}
}

func (r *Result) end(s *os.ProcessState, err error) {
	if s == nil {
		r.err = err
		return
	}
	r.Status, r.Signal, r.Usage = s.ExitCode(), signalled(s), s
}

// crashed tells whether the Go runtime has ended the program: it exits with 2,
// or by a signal, after a report that names a goroutine.
func (r *Result) crashed() bool {
	return (r.Status == 2 || r.Signal != "") && crash(r.words) != nil
}

// streamWriter is one of a cell's streams as a writer.
type streamWriter struct {
	out  engine.Output
	name string
}

func (w streamWriter) Write(p []byte) (int, error) {
	w.out.Stream(w.name, p)
	return len(p), nil
}

// Failure tells a learner how the program ended; nil for a good end.
func (r *Result) Failure(number int) *engine.Failure {
	var exit *exec.ExitError
	switch {
	case r.interrupted:
		return &engine.Failure{Kind: engine.KindInterrupted, Text: "interrupted"}
	case r.err != nil && !errors.As(r.err, &exit):
		return at(number, &engine.Failure{Kind: engine.KindRefused, Text: "the program could not be run: " + r.err.Error()})
	case r.words != "":
		return at(number, crash(r.words))
	case r.Signal != "":
		return at(number, &engine.Failure{Kind: engine.KindFatal, Text: "signal: " + r.Signal, Why: "The system or another program has ended it."})
	}
	if r.Status == 0 {
		return nil
	}
	return at(number, &engine.Failure{Kind: engine.KindExit, Text: fmt.Sprintf("exit status %d", r.Status)})
}
