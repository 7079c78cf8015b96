package yaegi

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"runnext/kernel/engine"
)

// stopFlag is the word that emitted code looks at on loop heads and function
// entries: [engine.Alarmed]'s, or one of this process where there is none. It
// lies where neither the garbage collector nor the race detector looks, since
// it is read without ceremony. The kernel process sets it by itself: a
// goroutine that watched for the kernel would wait for its turn behind every
// goroutine that spins, which takes seconds when there are a thousand.
type stopFlag struct {
	flag  reflect.Value // *bool
	word  *uint32
	once  sync.Once
	mu    sync.Mutex
	jobs  int          // that are unwinding
	looks atomic.Int64 // how often the words of all jobs were read
}

func newStopFlag() (*stopFlag, error) {
	word, err := newStopWord()
	if err != nil {
		return nil, fmt.Errorf("stop flag: %w", err)
	}
	s := new(stopFlag)
	s.use(word)
	return s, nil
}

func (s *stopFlag) use(word *uint32) {
	s.word = word
	s.flag = reflect.ValueOf((*bool)(unsafe.Pointer(word)))
}

// adopt takes the word of a process that has one. The jobs of a process all
// have the same, so the first job decides, before its program is loaded.
func (s *stopFlag) adopt(x engine.IO) {
	s.once.Do(func() {
		if a, ok := x.(engine.Alarmed); ok {
			s.use(a.Alarm())
		}
	})
}

// raise says that one more job unwinds. It leaves alone what the kernel has
// set: that is for who looks.
func (s *stopFlag) raise() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs++
	atomic.CompareAndSwapUint32(s.word, 0, engine.AlarmKnown)
}

// lower says that a job that unwound has ended.
func (s *stopFlag) lower() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs--
	s.rest()
}

// rest takes the word back when nobody needs it. The caller holds s.mu.
func (s *stopFlag) rest() {
	if s.jobs == 0 {
		atomic.CompareAndSwapUint32(s.word, engine.AlarmKnown, 0)
	}
}

// look halts the jobs whose words the kernel has set since the last look.
func (r *Runner) look() {
	if !atomic.CompareAndSwapUint32(r.stop.word, engine.AlarmLook, engine.AlarmKnown) {
		return
	}
	r.stop.looks.Add(1)
	for _, j := range r.jobs.all() {
		if w := j.io.Interrupted(); w != nil && atomic.LoadUint32(w) != 0 {
			j.halt()
		}
	}
	r.stop.mu.Lock()
	defer r.stop.mu.Unlock()
	r.stop.rest()
}
