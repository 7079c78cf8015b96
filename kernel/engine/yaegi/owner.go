package yaegi

import (
	"context"
	"fmt"
	"reflect"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
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
		r: r, io: io, cell: ej.Cell, stopped: make(chan struct{}), killed: make(chan struct{}),
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

// stopFlag is the word that emitted code looks at on loop heads and function
// entries. It lies in memory of its own, where neither the garbage collector
// nor the race detector looks, since it is read without ceremony.
type stopFlag struct {
	flag reflect.Value // *bool
	word *bool
	jobs atomic.Int64 // that are unwinding
	mu   sync.Mutex
}

func newStopFlag() (*stopFlag, error) {
	page, err := syscall.Mmap(-1, 0, syscall.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("stop flag: %w", err)
	}
	word := (*bool)(unsafe.Pointer(&page[0]))
	return &stopFlag{flag: reflect.ValueOf(word), word: word}, nil
}

func (s *stopFlag) raise() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs.Add(1)
	*s.word = true
}

func (s *stopFlag) lower() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs.Add(-1) == 0 {
		*s.word = false
	}
}
