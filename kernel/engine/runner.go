package engine

import (
	"context"
	"io"
)

// Runner is the half of an engine that stands in the worker process and runs
// what the kernel process has checked and emitted. The worker calls Run from
// a goroutine of its own for each job; jobs may overlap.
type Runner interface {
	// Run executes one job and returns when its statements have ended;
	// goroutines it started may go on and use io.
	Run(ctx context.Context, job Job, io IO) Report
}

// Job is one emitted cell on its way to the worker.
type Job struct {
	ID         uint64 // never used twice in the life of a kernel
	Cell       int    // the number a learner sees
	Program    []byte // written by the front half, read by the Runner alone
	AllowInput bool
	Silent     bool
	// Shared says that another console runs cells of the same notebook, or has
	// run one: what a cell waits for may come from there.
	Shared bool
	// Query asks the Runner about its state in place of running Program; the
	// answer is the report's value.
	Query string
}

// Report is what a job leaves behind for the kernel process.
type Report struct {
	Value   *Bundle
	Failure *Failure
	// Running counts the job's goroutines that have not ended.
	Running int
	// Goexit is true when runtime.Goexit has ended the job's own goroutine: a
	// program goes on after that until its other goroutines have ended.
	Goexit bool
}

// IO is a running job's way to the outside. It is safe for concurrent use and
// stays valid after the job, for the goroutines that outlive it.
type IO interface {
	// Stdout and Stderr write to the job's own cell, in one order with
	// displays; a Write returns when the bytes have left the process.
	Stdout() io.Writer
	Stderr() io.Writer
	// Stdin asks the person for a line whenever it is read with nothing left.
	Stdin() io.Reader
	Display(d Display)
	Clear(wait bool)
	Late(f *Failure)
	// Interrupted is the job's word in memory shared with the kernel process:
	// not zero means that the job must unwind. Read it with sync/atomic.
	Interrupted() *uint32
}

// Alarmed is the [IO] of a process whose jobs share one more word: code that
// belongs to another job than the goroutine that runs it looks there, so that
// one load serves all of them.
type Alarmed interface {
	IO
	// Alarm is in memory shared with the kernel process, which sets it to
	// [AlarmLook] after it has set a job's own word. Who changes it from that
	// to [AlarmKnown] or to 0 looks at the words of all jobs afterwards. Use it
	// with sync/atomic; a plain load of any byte at its ends will do as a hint.
	Alarm() *uint32
}

// Values of the alarm besides 0. Their first and last bytes are 1, which read
// as a bool is true.
const (
	AlarmLook  = 0x01010101 // some job's word was set
	AlarmKnown = 0x01000001 // every word was seen, and some job unwinds
)

// Mourned is the [IO] of a job in a process whose end is told by the kernel
// process.
type Mourned interface {
	IO
	// Part says that the program is about to end this process, which it does
	// when Part returns.
	Part(Parting)
}

// Parting is where a program has ended its process, and in which goroutine.
type Parting struct {
	Places []Place // as in [Failure]
	Detail []string
}

// Program is the [IO] of a job that is a whole program, alone in a process
// that ends with it. Its Interrupted gives nil: such a job is never asked to
// unwind, so that its goroutines block as a built program's do and the Go
// runtime sees by itself when none of them can go on. os.Stdin, os.Stdout and
// os.Stderr of the process are the program's.
type Program interface {
	IO
	// Crash ends the process because a panic was not recovered. A Runner calls
	// it from the goroutine that panicked, when its deferred calls have run
	// and before any other goroutine is stopped. It does not return.
	Crash(f *Failure)
	// SourceFile gives the program's file as it was named.
	SourceFile() string
}
