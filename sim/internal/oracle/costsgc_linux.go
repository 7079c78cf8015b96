package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"runnext/sim"
)

// rarer measures what the entries rest on that need a setting of their own:
// the difference of two loops, one of which does more, of 31 runs each the one
// that others disturb least.
func rarer() {
	c := sim.DefaultCosts()
	fmt.Println("| cost | measured by | difference of the least | model |")
	fmt.Println("|---|---|---|---|")
	row := func(name, how string, per float64, model int64, more, less func()) {
		fmt.Printf("| %s | %s | %.0f | %d |\n", name, how, float64(least(more)-least(less))/per, model)
	}
	old := runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(old)

	const many = 1024
	row("Visit", "a ping-pong of two Gs wired to their Ms on 1024 Ps, less one on 2: two searches a round, for each P", 2*200*(many-2), c.Visit,
		onProcs(many, wiredPong), onProcs(2, wiredPong))
	row("Grow", "a goroutine that calls a function of 3 KiB, less one that does not", 100, c.Grow,
		func() { each(100, deep) }, func() { each(100, shallow) })
	row("Publish", "a timer set to now and received from, less a channel sent to and received from", 1000, c.Publish, timers, sends)

	var stop atomic.Bool
	spin := func() {
		for !stop.Load() {
		}
	}
	var ms runtime.MemStats
	alone := least(func() { runtime.ReadMemStats(&ms) })
	go spin()
	time.Sleep(time.Millisecond)
	beside := least(func() { runtime.ReadMemStats(&ms) })
	stop.Store(true)
	fmt.Printf("| Signal, Wake | stopping the world beside a G that computes, less alone | %d | %d |\n", beside-alone, c.Signal+c.Wake)

	collections(&c)
	fmt.Println()
}

// collections measures what a collection takes on one P: with a list to mark,
// with spans to sweep and nothing to mark, and of a heap with neither.
func collections(c *sim.Costs) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	empty := least(runtime.GC)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const rounds = 10
	for range rounds {
		runtime.GC()
	}
	runtime.ReadMemStats(&after)
	pause := int64(after.PauseTotalNs-before.PauseTotalNs) / rounds

	type node struct {
		next *node
		rest [6]*int
	}
	const nodes = 1 << 18
	var head *node
	for range nodes {
		head = &node{next: head}
	}
	marked := least(runtime.GC)
	runtime.KeepAlive(head)
	head = nil
	runtime.GC()
	const spans = 4096
	list := make([][]byte, spans)
	for i := range list {
		list[i] = make([]byte, 8<<10)
	}
	swept := least(runtime.GC)
	runtime.KeepAlive(list)
	fmt.Printf("| MarkKB | a collection with a list of %d KiB, less one without | %d | %d |\n", nodes*64>>10, (marked-empty)/(nodes*64>>10), c.MarkKB)
	fmt.Printf("| Sweep | a collection with %d spans without pointers, less one without | %d | %d |\n", spans, (swept-empty)/spans, c.Sweep)
	fmt.Printf("| Phase | half of what MemStats calls a pause | %d | %d |\n", pause/2, c.Phase)
	fmt.Printf("| - | a collection of a heap of nothing, %d KiB to mark in the model | %d | - |\n", 290, empty)
}

func timed(f func()) int64 {
	start := time.Now()
	f()
	return int64(time.Since(start))
}

// least is how long f takes when others disturb it least.
func least(f func()) int64 {
	best := timed(f)
	for range 30 {
		best = min(best, timed(f))
	}
	return best
}

func onProcs(n int, f func()) func() {
	return func() {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
		f()
	}
}

// each runs n goroutines, one after the other.
func each(n int, f func()) {
	done := make(chan bool)
	for range n {
		go func() {
			f()
			done <- true
		}()
		<-done
	}
}

//go:noinline
func deep() {
	var b [3 << 10]byte
	touch(&b)
}

//go:noinline
func touch(b *[3 << 10]byte) { b[len(b)/2] = 1 }

//go:noinline
func shallow() {}

func timers() {
	t := time.NewTimer(0)
	for range 1000 {
		<-t.C
		t.Reset(0)
	}
	<-t.C
}

func sends() {
	c := make(chan int, 1)
	for range 1000 {
		c <- 1
		<-c
	}
}
