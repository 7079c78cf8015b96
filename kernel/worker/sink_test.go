//go:build unix

package worker

import (
	"context"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"runnext/kernel/engine"
)

// sink is an engine.Output that remembers.
type sink struct {
	mu      sync.Mutex
	changed *sync.Cond
	log     []string // merged: "stdout:text", "display:…"
	bytes   map[string]int
	late    []*engine.Failure
	shown   []engine.Display
	input   func(ctx context.Context) (string, error)
	discard bool          // count bytes only
	gate    chan struct{} // not nil: Stream waits for it to be closed
}

func newSink() *sink {
	s := &sink{bytes: make(map[string]int)}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *sink) Stream(name string, text []byte) {
	if s.gate != nil {
		<-s.gate
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes[name] += len(text)
	if s.discard {
		return
	}
	if n := len(s.log); n > 0 && strings.HasPrefix(s.log[n-1], name+":") {
		s.log[n-1] += string(text)
	} else {
		s.log = append(s.log, name+":"+string(text))
	}
	s.changed.Broadcast()
}

func (s *sink) note(line string) {
	s.log = append(s.log, line)
	s.changed.Broadcast()
}

func (s *sink) Display(d engine.Display) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = append(s.shown, d)
	s.note("display:" + d.ID)
}

func (s *sink) Clear(wait bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note("clear")
}

func (s *sink) Late(f *engine.Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = append(s.late, f)
	s.note("late:" + f.Text)
}

func (s *sink) Input(ctx context.Context, prompt string, password bool) (string, error) {
	return s.input(ctx)
}

// await blocks until ok holds of what was seen.
func (s *sink) await(ok func(log []string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !ok(s.log) {
		s.changed.Wait()
	}
}

func (s *sink) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.log, "|")
}

// rig is a Supervisor over the test binary.
type rig struct {
	*Supervisor
	t  testing.TB
	id atomic.Uint64
}

func start(t testing.TB, c Config) *rig {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c.Path, c.Args = exe, []string{childFlag}
	if c.MemoryLimit == 0 {
		c.MemoryLimit = -1
	}
	if c.StackLimit == 0 {
		c.StackLimit = 16 << 20
	}
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return &rig{Supervisor: s, t: t}
}

func (r *rig) job(program string) engine.Job {
	id := r.id.Add(1)
	return engine.Job{ID: id, Cell: int(id), Program: []byte(program), AllowInput: true}
}

func (r *rig) do(program string, out engine.Output) Ending {
	return r.Run(context.Background(), r.job(program), out)
}

// value runs a program that ends well and returns its value.
func (r *rig) value(program string) string {
	r.t.Helper()
	e := r.do(program, newSink())
	if e.Report.Failure != nil || e.Report.Value == nil {
		r.t.Fatalf("%s: %+v, failure %v", program, e, e.Report.Failure)
	}
	return e.Report.Value.Data["text/plain"].(string)
}
