package yaegi

import (
	"context"
	"runtime/pprof"
	"strconv"
	"sync"
	"unsafe"

	"runnext/kernel/engine"
)

// jobTable finds the job a goroutine belongs to by its profiling labels: they
// are inherited by every goroutine it starts, compiled code's too.
type jobTable struct {
	byLabel sync.Map // unsafe.Pointer → *job
	mu      sync.Mutex
	live    map[*job]bool
}

//go:linkname getProfLabel runtime/pprof.runtime_getProfLabel
func getProfLabel() unsafe.Pointer

//go:linkname setProfLabel runtime/pprof.runtime_setProfLabel
func setProfLabel(labels unsafe.Pointer)

// start gives a new job.
func (t *jobTable) start(r *Runner, ej engine.Job, io engine.IO) *job {
	j := &job{
		r: r, io: io, cell: ej.Cell, stopped: make(chan struct{}), halted: make(chan struct{}), killed: make(chan struct{}),
		unwinding: map[uint64]bool{},
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live == nil {
		t.live = map[*job]bool{}
	}
	t.live[j] = true
	before := getProfLabel()
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("job", strconv.FormatUint(ej.ID, 10))))
	j.label = getProfLabel()
	t.byLabel.Store(j.label, j)
	setProfLabel(before)
	return j
}

// enter makes the running goroutine one of j's; what it returns undoes that.
func (t *jobTable) enter(j *job) func() {
	before := getProfLabel()
	if before == j.label {
		return func() {}
	}
	setProfLabel(j.label)
	return func() { setProfLabel(before) }
}

// forget takes out a job none of whose goroutines run.
func (t *jobTable) forget(j *job) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.live, j)
	t.byLabel.Delete(j.label)
}

// owner gives the job that the running goroutine belongs to. Labels are lost
// where compiled code runs a function long after it was given; then it is the
// job whose code runs.
func (c *cell) owner() *job {
	if j, ok := c.r.jobs.byLabel.Load(getProfLabel()); ok {
		return j.(*job)
	}
	return c.job
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
