package lab

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"time"
)

// Threads and Goroutines are repeated so that a figure has a spread.
const memoryRuns = 3

func (d *desk) Threads(n int) Measured {
	if n < 1 {
		panic(fmt.Sprintf("lab.Threads: n is %d, at least 1 thread is needed", n))
	}
	root := os.DirFS("/")
	m := Measured{Title: fmt.Sprintf("what an OS thread costs, one of %s", grouped(uint64(n))), Limits: threadLimits(root), plot: plotNone}
	if why := allow("threads", n, m.Limits); why != "" {
		m.Title = grouped(uint64(n)) + " OS threads"
		m.note("Not measured: %s.", why)
		return m
	}
	crowd{}.start(min(n, 16)).end() // warm up: the runtime's first threads are started in another way
	before := status(root, "Threads")
	var each, virtual, resident, kernel []float64
	for range memoryRuns {
		if d.out.stopped() {
			break
		}
		settle(root, before)
		v, r, k := status(root, "VmSize"), status(root, "VmRSS"), memInfo(root, "KernelStack")
		c := crowd{}.start(n)
		each = append(each, c.times...)
		if v > 0 {
			virtual = append(virtual, per(status(root, "VmSize"), v, n))
			resident = append(resident, per(status(root, "VmRSS"), r, n))
			kernel = append(kernel, per(memInfo(root, "KernelStack"), k, n))
		}
		c.end()
	}
	settle(root, before)
	m.add("thread", "time to create", n, "ns", each...)
	m.add("thread", "virtual memory each", n, "B", virtual...)
	m.add("thread", "resident memory each", n, "B", resident...)
	m.add("thread", "kernel stack each", n, "B", kernel...)
	if len(virtual) == 0 {
		m.note("The memory of threads could not be measured: %s does not tell it.", runtime.GOOS)
	} else {
		m.note("A thread is made by a goroutine that locks itself to one (runtime.LockOSThread). Without cgo, Go gives a thread a small stack of its own and starts it by clone; " +
			"a thread of C would reserve ulimit -s of address space. Memory that an earlier thread gave back is used again, so later runs find less. " +
			"The kernel's stack is what /proc/meminfo gained in the whole system.")
	}
	return m
}

func per(after, before uint64, n int) float64 {
	return (float64(after) - float64(before)) / float64(n)
}

// crowd is a number of threads, each held by a goroutine of its own.
type crowd struct {
	release chan struct{}
	gone    chan struct{}
	n       int
	times   []float64 // of the making of each
}

func (c crowd) start(n int) crowd {
	c = crowd{release: make(chan struct{}), gone: make(chan struct{}), n: n, times: make([]float64, 0, n)}
	ready := make(chan struct{})
	for range n {
		begun := time.Now()
		go func() {
			// A goroutine that ends while it is locked takes its thread along.
			runtime.LockOSThread()
			ready <- struct{}{}
			<-c.release
			c.gone <- struct{}{}
		}()
		<-ready
		c.times = append(c.times, float64(time.Since(begun).Nanoseconds()))
	}
	return c
}

func (c crowd) end() {
	close(c.release)
	for range c.n {
		<-c.gone
	}
}

// settle waits for threads to be gone: they end a moment after their
// goroutines.
func settle(root fs.FS, threads uint64) {
	for begun := time.Now(); time.Since(begun) < time.Second && status(root, "Threads") > threads+16; {
		time.Sleep(time.Millisecond)
	}
}
