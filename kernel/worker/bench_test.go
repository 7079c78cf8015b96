//go:build unix

package worker

import (
	"context"
	"testing"
	"time"
)

// BenchmarkMillionSmallWrites is 1,000,000 writes of 20 bytes from one
// goroutine of a job to the kernel's output.
func BenchmarkMillionSmallWrites(b *testing.B) {
	r := start(b, Config{})
	for b.Loop() {
		out := newSink()
		out.discard = true
		r.do("repeat 1000000", out)
		if out.bytes["stdout"] != 20_000_000 {
			b.Fatalf("%d bytes", out.bytes["stdout"])
		}
	}
}

func BenchmarkTrivialJob(b *testing.B) {
	r := start(b, Config{})
	out := newSink()
	for b.Loop() {
		r.do("echo x", out)
	}
}

// BenchmarkDeathToNextJob is the time from a job that kills its worker to the
// end of the next one.
func BenchmarkDeathToNextJob(b *testing.B) {
	r := start(b, Config{})
	out := newSink()
	for b.Loop() {
		r.do("exit 1", out)
		r.do("echo x", out)
	}
}

func BenchmarkDeathToNextJobWithoutSpare(b *testing.B) {
	r := start(b, Config{NoSpare: true})
	out := newSink()
	for b.Loop() {
		r.do("exit 1", out)
		r.do("echo x", out)
	}
}

// BenchmarkInterruptSpinners is the time from the interrupt of a job with 1000
// spinning goroutines to its ending.
func BenchmarkInterruptSpinners(b *testing.B) {
	r := start(b, Config{})
	var total time.Duration
	abandoned := 0
	for b.Loop() {
		out := newSink()
		ctx, cancel := context.WithCancel(b.Context())
		var began time.Time
		go func() {
			out.await(func(log []string) bool { return len(log) > 0 })
			began = time.Now()
			cancel()
		}()
		if e := r.Run(ctx, r.job("spinners 1000"), out); e.Abandoned {
			abandoned++
		}
		total += time.Since(began)
	}
	b.ReportMetric(float64(total.Microseconds())/float64(b.N)/1000, "ms/interrupt")
	b.ReportMetric(float64(abandoned), "abandoned")
}
