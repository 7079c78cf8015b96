package yaegi

import (
	"fmt"
	"sync"
	"unsafe"

	"runnext/kernel/core/program"
	"runnext/kernel/engine"
)

// jobTable holds the jobs that goroutines run of. A goroutine's job is found by
// its profiling labels: they are inherited by every goroutine it starts,
// compiled code's too.
type jobTable struct {
	mu   sync.Mutex
	live map[*job]bool
}

//go:linkname getProfLabel runtime/pprof.runtime_getProfLabel
func getProfLabel() unsafe.Pointer

//go:linkname setProfLabel runtime/pprof.runtime_setProfLabel
func setProfLabel(labels unsafe.Pointer)

// start gives a new job.
func (t *jobTable) start(r *Runner, ej engine.Job, io engine.IO, p *program.Program) *job {
	j := &job{
		r: r, io: io, id: ej.ID, cell: ej.Cell, prog: p, watched: io.Interrupted() != nil,
		labelText: fmt.Sprintf("%d@%p", ej.ID, r),
		stopped:   make(chan struct{}), halted: make(chan struct{}), killed: make(chan struct{}),
		unwinding: map[uint64]bool{},
	}
	j.program, _ = io.(engine.Program)
	j.self = newGoroutine(j, nil, 0)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live == nil {
		t.live = map[*job]bool{}
	}
	t.live[j] = true
	return j
}

// enter makes the running goroutine one of j's; what it returns undoes that.
func (t *jobTable) enter(j *job) func() {
	before := getProfLabel()
	if before == unsafe.Pointer(j.self) {
		return func() {}
	}
	setProfLabel(unsafe.Pointer(j.self))
	return func() { setProfLabel(before) }
}

// forget takes out a job none of whose goroutines run.
func (t *jobTable) forget(j *job) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.live, j)
}

// owner gives the job that the running goroutine belongs to. Labels are lost
// where compiled code runs a function long after it was given; then it is the
// job whose code runs.
func (c *cell) owner() *job {
	if j, _, ok := c.r.jobs.current(); ok {
		return j
	}
	return c.job
}

// running gives that job and the goroutine; nil when that is not known.
func (c *cell) running() (*job, *goroutine) {
	if j, g, ok := c.r.jobs.current(); ok {
		return j, g
	}
	return c.job, nil
}

// all gives the jobs that goroutines run of.
func (t *jobTable) all() []*job {
	t.mu.Lock()
	defer t.mu.Unlock()
	jobs := make([]*job, 0, len(t.live))
	for j := range t.live {
		jobs = append(jobs, j)
	}
	return jobs
}

// moves changes when a goroutine of some job begins or ends to wait.
func (t *jobTable) moves() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var n uint64
	for j := range t.live {
		n += j.waits.epoch()
	}
	return n
}

// goroutines counts the learner's goroutines.
func (t *jobTable) goroutines() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for j := range t.live {
		n += int(j.running.Load())
	}
	return n
}
