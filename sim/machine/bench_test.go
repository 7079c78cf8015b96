package machine_test

import (
	"testing"

	"runnext/sim/machine"
)

// The figures to look at are events/s, scheduling events of programs that do
// little else, and instrs/s, instructions of SSA of those that compute. How that
// compares with yaegi and with compiled code is BenchmarkSpeed in
// runnext/kernel/simulate.
func BenchmarkPingPong(b *testing.B) {
	bench(b, `package main
func main() {
	a, c := make(chan int), make(chan int)
	go func() { for v := range a { c <- v + 1 } }()
	n := 0
	for range 200_000 { a <- n; n = <-c }
	println(n)
}`)
}

func BenchmarkSpawn(b *testing.B) {
	bench(b, `package main
import "sync"
func main() {
	var wg sync.WaitGroup
	for range 100_000 { wg.Add(1); go func() { wg.Done() }() }
	wg.Wait()
}`)
}

func BenchmarkParked(b *testing.B) {
	bench(b, `package main
func main() {
	c := make(chan int)
	for range 100_000 { go func() { <-c }() }
	for range 100_000 { c <- 1 }
}`)
}

func BenchmarkFib(b *testing.B) {
	bench(b, `package main
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func main() { println(fib(25)) }`)
}

func BenchmarkLoop(b *testing.B) {
	bench(b, `package main
func main() { s := 0; for i := 0; i < 3_000_000; i++ { s += i & 7 }; println(s) }`)
}

func bench(b *testing.B, src string) {
	var events, instrs int64
	for b.Loop() {
		o, err := run(b, "main.go", []byte(src), func(c *machine.Config) { c.Log = false })
		if err != nil {
			b.Fatal(err)
		}
		events += o.res.Events
		instrs += o.res.Instrs
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(instrs)/b.Elapsed().Seconds(), "instrs/s")
}
