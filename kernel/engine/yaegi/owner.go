package yaegi

import (
	"context"
	"fmt"
	"runtime/pprof"
	"sync"
	"unsafe"

	"runnext/kernel/engine"
)

// jobTable finds the job a goroutine belongs to by its profiling labels: they
// are inherited by every goroutine it starts, compiled code's too.
type jobTable struct {
	byLabel sync.Map // the job's list of labels, unsafe.Pointer → *job
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
		r: r, io: io, id: ej.ID, cell: ej.Cell, watched: io.Interrupted() != nil, stopped: make(chan struct{}), halted: make(chan struct{}), killed: make(chan struct{}),
		unwinding: map[uint64]bool{},
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live == nil {
		t.live = map[*job]bool{}
	}
	t.live[j] = true
	before := getProfLabel()
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("job", j.labelText())))
	j.label = getProfLabel()
	t.byLabel.Store(j.listed(), j)
	setProfLabel(before)
	return j
}

// listed is what the labels of all goroutines of the job have in common.
func (j *job) listed() unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData((*labels)(j.label).list))
}

// labelText tells the job from all others of the process.
func (j *job) labelText() string { return fmt.Sprintf("%d@%p", j.id, j.r) }

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
	t.byLabel.Delete(j.listed())
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
