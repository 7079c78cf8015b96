package lab

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

func (d *desk) Goroutines(n ...int) Measured {
	if len(n) == 0 {
		n = []int{1000, 10_000, 100_000}
	}
	for _, k := range n {
		if k < 1 {
			panic(fmt.Sprintf("lab.Goroutines: n is %d, at least 1 goroutine is needed", k))
		}
	}
	sizes := slices.Compact(slices.Sorted(slices.Values(n)))
	m := Measured{Title: "what a goroutine costs", plot: plotN, count: "goroutines"}
	if len(sizes) == 1 {
		m.Title = "what a goroutine costs, one of " + grouped(uint64(sizes[0]))
	}
	free := available()
	type first struct{ took, stack, heap float64 }
	var firsts []first
	debug.FreeOSMemory() // what earlier cells left behind is not to stand beside it
	c := newCrowd()
	used := false
	for _, k := range sizes {
		if d.out.stopped() {
			break
		}
		if need := uint64(k) * 4096; free > 0 && need > free/2 {
			m.note("%s goroutines were not started: they need about %s, more than half of the %s that are free.", grouped(uint64(k)), size(need), size(free))
			break
		}
		// Those that wait already stay: the record of one that has ended would be
		// used again, and the next be found too cheap.
		took, fresh := c.grow(k - c.n)
		used = used || !fresh
		stack, heap := c.each()
		firsts = append(firsts, first{took, stack, heap})
	}
	c.end()
	for i, f := range firsts {
		m.add("goroutine", "time to start", sizes[i], "ns", append(again(sizes[i], d.out.stopped), f.took)...)
		m.add("goroutine", "stack each", sizes[i], "B", f.stack)
		m.add("goroutine", "heap each", sizes[i], "B", f.heap)
	}
	debug.FreeOSMemory()
	m.note("Compiled goroutines that wait on a channel. The heap holds the runtime's own record of each (type g) and of its wait. Memory is measured once, at the first start.")
	if used {
		m.note("The runtime has used records of goroutines that ended before, so less was found on the heap than a fresh program takes.")
	}
	return m
}

// again starts goroutines and ends them for more figures of the time, if that
// does not take long: how the collector falls in with a start is a matter of
// luck.
func again(n int, stopped func() bool) []float64 {
	var times []float64
	for begun := time.Now(); len(times) < 4 && time.Since(begun) < 2*time.Second && !stopped(); {
		c := newCrowd()
		t, _ := c.grow(n)
		c.end()
		times = append(times, t)
	}
	return times
}

// gathering is a number of goroutines that wait.
type gathering struct {
	release        chan struct{}
	started, ended sync.WaitGroup
	n              int
	base           runtime.MemStats
}

// tiny is how many goroutines wait before the counting begins. The runtime gives
// a new goroutine a stack as large as those it met at the last collection are on
// the average (go1.26.8 runtime/stack.go:1419 startingStackSize); these bring the
// average down to what it is in a fresh program.
const tiny = 512

func newCrowd() *gathering {
	c := &gathering{release: make(chan struct{})}
	c.grow(tiny)
	c.n = 0
	runtime.GC()
	runtime.ReadMemStats(&c.base)
	return c
}

// grow starts n more and gives the time for each, and whether they are all new
// to the runtime.
func (c *gathering) grow(n int) (each float64, fresh bool) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c.started.Add(n)
	c.ended.Add(n)
	wait := c.wait // one for all: go c.wait() would make one for each
	begun := time.Now()
	for range n {
		go wait()
	}
	c.started.Wait()
	took := time.Since(begun)
	c.n += n
	runtime.ReadMemStats(&after)
	// Each new one is an object, and what it waits by is another.
	return float64(took.Nanoseconds()) / float64(max(n, 1)), after.Mallocs-before.Mallocs > uint64(n)*3/2
}

func (c *gathering) wait() {
	c.started.Done()
	<-c.release
	c.ended.Done()
}

// each gives what one of them takes.
func (c *gathering) each() (stack, heap float64) {
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	return per(now.StackInuse, c.base.StackInuse, c.n), per(now.HeapAlloc, c.base.HeapAlloc, c.n)
}

func (c *gathering) end() {
	close(c.release)
	c.ended.Wait()
}

// available gives the memory this process may still take, 0 when nobody tells.
func available() uint64 {
	if runtime.GOOS != "linux" {
		return 0
	}
	root := os.DirFS("/")
	free := memInfo(root, "MemAvailable")
	if limit, _ := cgroups(root); limit != 0 && limit != NoLimit {
		rss := status(root, "VmRSS")
		free = min(free, limit-min(limit, rss))
	}
	return free
}
