package lab

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

func (d *desk) Requests(n int, cpu, wait time.Duration) Measured {
	if n < 1 || cpu < 0 || wait < 0 || time.Duration(n)*(cpu+wait) > time.Minute {
		panic(fmt.Sprintf("lab.Requests: %d requests of %v of work and %v of waiting: at least one is needed, and one after the other they must fit into a minute", n, cpu, wait))
	}
	m := Measured{Title: fmt.Sprintf("%d requests, each %v of work and %v of waiting", n, cpu, wait), plot: plotN, count: "at once"}
	turns := calibrate(cpu)
	handle := func() {
		spin(turns)
		if wait > 0 {
			time.Sleep(wait)
		}
	}
	handle() // warm up
	runs := 3
	if time.Duration(n)*(cpu+wait) > 2*time.Second {
		runs = 1
	}
	for at := 1; ; at = min(at*4, n) {
		var times []float64
		for range runs {
			if d.out.stopped() {
				break
			}
			times = append(times, float64(serve(n, at, d.out.stopped, handle).Nanoseconds()))
		}
		name := "at once"
		m.add(name, "", at, "ns", times...)
		if at == n || d.out.stopped() {
			break
		}
	}
	m.note("At once: how many requests are in progress at the same time; 1 is one after the other. The work is a loop that takes %v on a core of its own; the waiting is a sleep, as for another machine's answer. GOMAXPROCS is %d.",
		cpu, runtime.GOMAXPROCS(0))
	return m
}

// serve handles n requests with a number of goroutines and gives the time it
// took.
func serve(n, at int, stopped func() bool, handle func()) time.Duration {
	queue := make(chan struct{}, n)
	for range n {
		queue <- struct{}{}
	}
	close(queue)
	begun := time.Now()
	var wg sync.WaitGroup
	for range at {
		wg.Go(func() {
			for range queue {
				if stopped() {
					return
				}
				handle()
			}
		})
	}
	wg.Wait()
	return time.Since(begun)
}

// spin computes for a number of turns.
//
//go:noinline
func spin(turns int) (x uint64) {
	x = 88172645463325252
	for range turns {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// calibrate finds how many turns take as long, from the fastest of several
// tries: others may use the machine at the same time.
func calibrate(cpu time.Duration) int {
	if cpu == 0 {
		return 0
	}
	const turns = 200_000
	best := time.Hour
	for range 10 {
		begun := time.Now()
		spin(turns)
		best = min(best, time.Since(begun))
	}
	return int(float64(turns) * float64(cpu) / float64(max(best, 1)))
}

func (d *desk) TwoPC(stores ...time.Duration) Measured {
	if len(stores) == 0 {
		stores = []time.Duration{5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond}
	}
	for _, s := range stores {
		if s < 0 || s > 5*time.Second {
			panic(fmt.Sprintf("lab.TwoPC: a store that answers after %v: 0 to 5s can be measured", s))
		}
	}
	m := Measured{Title: fmt.Sprintf("two-phase commit of %s, answering after %v", plural(len(stores), "store"), stores), plot: plotBars}
	serial := func() {
		for _, s := range stores {
			time.Sleep(s)
		}
	}
	parallel := func() {
		var wg sync.WaitGroup
		for _, s := range stores {
			wg.Go(func() { time.Sleep(s) })
		}
		wg.Wait()
	}
	for _, way := range []struct {
		name            string
		prepare, commit func()
	}{
		{"one store after the other", serial, serial},
		{"prepare at once, commit one after the other", parallel, serial},
		{"both rounds at once", parallel, parallel},
	} {
		var times []float64
		for range 6 {
			if d.out.stopped() {
				break
			}
			begun := time.Now()
			way.prepare() // every store says whether it can
			way.commit()  // and only then does any
			times = append(times, float64(time.Since(begun).Nanoseconds()))
		}
		if len(times) > 1 {
			m.add(way.name, "", 0, "ns", times[1:]...) // the first one warms up
		}
	}
	m.note("Two rounds, prepare and commit, to every store; the answer is a sleep. In a round at once the slowest store decides; one after the other the answers add up. The rounds themselves cannot overlap.")
	return m
}
