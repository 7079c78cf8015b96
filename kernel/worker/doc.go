// Package worker runs user code in a process of its own, so that what Go
// cannot survive (a fatal error, a stack overflow, os.Exit, out of memory)
// costs that process and never the kernel.
//
// [Main] is the child's side, what `runnext worker` calls; [Supervisor] is the
// kernel's. Commands go down a pipe. What a job prints and shows comes back
// through a ring in memory that both processes map: bytes are out of the
// child's hands as soon as they are copied, so that not even kill -9 loses
// them, and printing a line costs no system call while the kernel is reading.
// The same mapping holds a word for each job, which the kernel sets to
// interrupt it: no goroutine of the child has to be scheduled for that.
//
// The package compiles nothing and knows no Go: a job's program is opaque
// bytes between the front half of an engine and its [engine.Runner].
package worker
