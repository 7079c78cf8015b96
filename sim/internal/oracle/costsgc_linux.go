package main

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"runnext/sim"
)

// rarer measures what needs a setting of its own.
func rarer(c *sim.Costs) []measure {
	const many = 1024
	wired := per(2*rounds*(many-2), func() { wiredPong(anywhere, anywhere) })
	return []measure{{
		name: "Visit", how: "a ping-pong of two Gs wired to their Ms on 1,024 Ps, less one on 2: two searches a round, for each P", procs: 2, model: c.Visit,
		sample: func() float64 {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(many))
			return wired()
		},
		less: wired,
	}, {
		name: "Signal, Wake", how: "stopping the world beside a G that computes, less alone", procs: 2, model: c.Signal + c.Wake,
		sample: func() float64 {
			var stop atomic.Bool
			defer stop.Store(true)
			go func() {
				for !stop.Load() {
				}
			}()
			time.Sleep(time.Millisecond)
			return stopTheWorld()
		},
		less: stopTheWorld,
	}, {
		name: "Hiccup", how: "a loop that looks at the clock: how long it is away", procs: 1, model: c.Hiccup,
		sample: func() float64 {
			list, _ := interruptions()
			return quantile(list, 0.5)
		},
		set: func(v int64) { c.Hiccup = v },
	}, {
		name: "Calm", how: "the same: how long it is not", procs: 1, model: c.Calm,
		sample: func() float64 {
			list, all := interruptions()
			return float64(all) / float64(len(list))
		},
		set: func(v int64) { c.Calm = v },
	}}
}

func stopTheWorld() float64 {
	var ms runtime.MemStats
	return per(1, func() { runtime.ReadMemStats(&ms) })()
}

// interruptions are the times for which a loop is away that looks at the clock
// for so long in all.
func interruptions() (list []float64, all time.Duration) {
	start := time.Now()
	for last := start; all < 20*time.Millisecond; {
		now := time.Now()
		if d := now.Sub(last); d >= 400 {
			list = append(list, float64(d))
		}
		last, all = now, now.Sub(start)
	}
	if len(list) == 0 {
		list = append(list, 0)
	}
	return list, all
}

// collections measures what a collection takes on one P: with a list to mark,
// with spans to sweep and nothing to mark, and of a heap with neither.
func collections(c *sim.Costs) []measure {
	type node struct {
		next *node
		rest [6]*int
	}
	const nodes, spans, kib = 1 << 18, 4096, 1 << 18 * 64 >> 10
	empty := func(n int) func() float64 { return collection(n, func() any { return nil }) }
	return []measure{{
		name: "MarkKB", how: "a collection with a list of 16 MiB, less one without, for each KiB", procs: 1, model: c.MarkKB,
		sample: collection(kib, func() any {
			var head *node
			for range nodes {
				head = &node{next: head}
			}
			return head
		}),
		less: empty(kib), set: func(v int64) { c.MarkKB = v },
	}, {
		name: "Sweep", how: "a collection with 4,096 spans without pointers, less one without", procs: 1, model: c.Sweep,
		sample: collection(spans, func() any {
			list := make([][]byte, spans)
			for i := range list {
				list[i] = make([]byte, 8<<10)
			}
			return list
		}),
		less: empty(spans), set: func(v int64) { c.Sweep = v },
	}, {
		name: "Phase", how: "half of what MemStats calls a pause", procs: 1, model: c.Phase,
		sample: func() float64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			empty(1)()
			runtime.ReadMemStats(&after)
			return float64(after.PauseTotalNs-before.PauseTotalNs) / float64(after.NumGC-before.NumGC) / 2
		},
		set: func(v int64) { c.Phase = v },
	}}
}

// collection is how long a collection takes, for each of n things, of the heap
// that fill makes.
func collection(n int, fill func() any) func() float64 {
	return func() float64 {
		defer debug.SetGCPercent(debug.SetGCPercent(-1))
		heap := fill()
		runtime.GC()
		defer runtime.KeepAlive(heap)
		return per(n, runtime.GC)()
	}
}
