package main

import (
	"os"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"runnext/sim"
)

// threads measures what threads cost that wake each other.
func threads(c *sim.Costs) []measure {
	return []measure{{
		name: "Turn", how: "a ping-pong of two Gs wired to their Ms, all threads on one processor: four wake-ups a round", procs: 1, model: c.Turn,
		sample: func() float64 {
			everybody(0)
			defer everybody(anywhere)
			return per(4*rounds, func() { wiredPong(anywhere, anywhere) })()
		},
		set: func(v int64) { c.Turn = v },
	}, {
		name: "Wake, Turn", how: "a ping-pong of two Gs wired to Ms on two processors, through a third M: two wake-ups of each kind a round", procs: 1, model: c.Wake + c.Turn,
		sample: per(2*rounds, func() { wiredPong(0, 1) }),
		set:    func(v int64) { c.Wake = max(v-c.Turn, 0) },
	}, {
		name: "Rouse", how: "a send that readies a G while the M of an idle P sleeps", procs: 2, model: c.Ready + c.Chan + c.Rouse,
		sample: rouse,
		set:    func(v int64) { c.Rouse = max(v-c.Ready-c.Chan, 0) },
	}, {
		name: "Thread", how: "20 Gs that wire themselves to an M each and wait", procs: 2, model: c.Thread,
		sample: per(20, func() {
			ready, done := make(chan bool), make(chan bool)
			for range 20 {
				go func() {
					runtime.LockOSThread()
					ready <- true
					<-done
				}()
			}
			for range 20 {
				<-ready
			}
			close(done)
		}),
		set: func(v int64) { c.Thread = v },
	}}
}

// anywhere is not one processor.
const anywhere = -1

// everybody puts all threads of the process on one processor.
func everybody(cpu int) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, t := range tasks {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			stay(id, cpu)
		}
	}
}

// stay puts a thread on one processor, 0 is the caller's. It is a wish: where
// the system refuses, the figure is that of threads anywhere.
func stay(thread, cpu int) {
	var set unix.CPUSet
	set.Set(cpu)
	if cpu == anywhere {
		for i := range runtime.NumCPU() {
			set.Set(i)
		}
	}
	unix.SchedSetaffinity(thread, &set)
}

const rounds = 200

// wiredPong is a ping-pong of two Gs that are wired to their Ms.
func wiredPong(here, there int) {
	a, b := make(chan int), make(chan int)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the G
		if there != anywhere {
			stay(0, there)
		}
		for v := range a {
			b <- v
		}
	}()
	runtime.LockOSThread()
	if here != anywhere {
		stay(0, here)
		defer stay(0, anywhere)
	}
	for i := range rounds {
		a <- i
		<-b
	}
	runtime.UnlockOSThread()
	close(a)
}

// rouse is how long a send takes that readies a G while the M of an idle P
// sleeps.
func rouse() float64 {
	c := make(chan int)
	go func() {
		for range c {
		}
	}()
	defer close(c)
	var list []float64
	for range 16 {
		for start := time.Now(); time.Since(start) < 200*time.Microsecond; {
		}
		start := time.Now()
		select {
		case c <- 1:
			list = append(list, float64(time.Since(start)))
		default:
		}
	}
	return quantile(list, 0.5)
}
