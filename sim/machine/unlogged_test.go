package machine_test

import (
	"runtime"
	"testing"

	"runnext/sim/machine"
)

// TestMemoryFollowsGoroutines runs a program for ten times as many events: what
// it holds at its end must not grow with them when the log is not kept.
func TestMemoryFollowsGoroutines(t *testing.T) {
	held := func(rounds string) (bytes, events int64) {
		src := "package main\n\nfunc main() {\n\tc := make(chan int)\n\tgo func() {\n\t\tfor range " + rounds +
			" {\n\t\t\tc <- 1\n\t\t}\n\t\tclose(c)\n\t}()\n\tfor range c {\n\t}\n\tprintln()\n}\n"
		var m runtime.MemStats
		o, err := run(t, "main.go", []byte(src), func(c *machine.Config) {
			c.Log, c.P = false, 4
			c.Stderr = writer(func([]byte) {
				// The program's last act: everything is still there.
				runtime.GC()
				runtime.ReadMemStats(&m)
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		return int64(m.HeapAlloc), o.res.Events
	}
	held("10") // what is made once
	few, n := held("5_000")
	many, tenfold := held("50_000")
	if tenfold < 9*n {
		t.Fatalf("%d events, and then %d", n, tenfold)
	}
	if grown := many - few; grown > 1<<20 {
		t.Errorf("%d more events hold %d bytes more", tenfold-n, grown)
	}
}

func BenchmarkPingPong4(b *testing.B) {
	var events int64
	for b.Loop() {
		o, err := run(b, "main.go", []byte(`package main
func main() {
	a, c := make(chan int), make(chan int)
	go func() { for v := range a { c <- v + 1 } }()
	n := 0
	for range 200_000 { a <- n; n = <-c }
	println(n)
}`), func(c *machine.Config) { c.Log, c.P = false, 4 })
		if err != nil {
			b.Fatal(err)
		}
		events += o.res.Events
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
