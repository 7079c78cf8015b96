//go:build unix

package worker

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"runnext/kernel/engine"
)

// interrupt runs a program and cancels it once it has printed.
func (r *rig) interrupt(program string, out *sink) Ending {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		out.await(func(log []string) bool { return len(log) > 0 })
		cancel()
	}()
	e := r.Run(ctx, r.job(program), out)
	<-stop
	return e
}

func TestInterrupt(t *testing.T) {
	tests := []struct {
		program   string
		abandoned bool
		text      string
	}{
		{"spin", false, "unwound"},
		{"never", true, "interrupted"},
		{"stubborn", true, "interrupted"},
	}
	r := start(t, Config{})
	for _, tt := range tests {
		t.Run(tt.program, func(t *testing.T) {
			out := newSink()
			e := r.interrupt(tt.program, out)
			f := e.Report.Failure
			if e.Died != nil || f == nil || f.Kind != engine.KindInterrupted || f.Text != tt.text || e.Abandoned != tt.abandoned {
				t.Fatalf("%+v %v", e, f)
			}
			out.mu.Lock()
			seen := out.bytes["stdout"]
			out.mu.Unlock()
			r.value("echo x")
			if out.mu.Lock(); out.bytes["stdout"] > seen+window {
				t.Errorf("%d bytes after the interrupt", out.bytes["stdout"]-seen)
			}
			out.mu.Unlock()
		})
	}
	if got := r.value("count"); got != "1" {
		t.Errorf("state: %s", got)
	}
}

func TestInterruptBeforeAndInsideInput(t *testing.T) {
	r := start(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	out := newSink()
	asked := make(chan struct{})
	out.input = func(ctx context.Context) (string, error) {
		close(asked)
		<-ctx.Done()
		return "", ctx.Err()
	}
	go func() {
		<-asked
		cancel()
	}()
	e := r.Run(ctx, r.job("input"), out)
	if e.Report.Failure == nil || e.Report.Failure.Kind != engine.KindInterrupted {
		t.Errorf("%+v", e)
	}
	if e := r.Run(ctx, r.job("spin"), newSink()); e.Report.Failure == nil || e.Report.Failure.Kind != engine.KindInterrupted {
		t.Errorf("cancelled before it began: %+v", e)
	}
}

// TestInterruptStorm interrupts many jobs at random moments beside others that
// must not notice.
func TestInterruptStorm(t *testing.T) {
	r := start(t, Config{slots: 64})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 300 {
			if got := r.value(fmt.Sprintf("echo %d", i)); got != fmt.Sprint(i) {
				t.Errorf("echo: %s", got)
			}
		}
	})
	for range 3 {
		wg.Go(func() {
			for i := range 60 {
				program := []string{"spin", "ctx", "repeat 100000"}[i%3]
				ctx, cancel := context.WithCancel(t.Context())
				go cancel()
				if e := r.Run(ctx, r.job(program), newSink()); e.Died != nil {
					t.Errorf("%s: %+v", program, e.Died)
				}
				cancel()
			}
		})
	}
	wg.Wait()
}

func TestStuckReaderDoesNotDelayAnInterrupt(t *testing.T) {
	r := start(t, Config{})
	out := newSink()
	out.gate = make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	e := r.Run(ctx, r.job("big 1048576"), out)
	if e.Report.Failure == nil {
		t.Errorf("%+v", e)
	}
	close(out.gate)
}

func TestSlotsOfJobsThatLiveOnAreReclaimed(t *testing.T) {
	r := start(t, Config{slots: 8})
	for range 30 {
		r.value("keep")
	}
	if got := r.value("oldest"); got != errForgotten.Error() {
		t.Errorf("the oldest job prints: %s", got)
	}
	if got := r.value("echo x"); got != "x" {
		t.Error(got)
	}
}
