package main

import (
	"runtime"
	"sync"
	"syscall"
	"time"

	"runnext/sim"
)

// switches measures what is done on one P.
func switches(c *sim.Costs) []measure {
	model := sim.DefaultCosts()
	// Of the Gs that end 64 at most stay with a P (gfput): 50 are found again.
	again := per(50, func() {
		for range 50 {
			go func() {}()
		}
	})
	list := []measure{{
		name: "Switch", how: "two Gs that call Gosched in turn", procs: 1, model: c.Switch,
		sample: per(40_000, func() {
			var wg sync.WaitGroup
			for range 2 {
				wg.Go(func() {
					for range 20_000 {
						runtime.Gosched()
					}
				})
			}
			wg.Wait()
		}),
		set: func(v int64) {
			c.Spin = (model.Spin + tracedSpin) * v / (model.Switch + tracedSwitch) // which cannot be measured alone
			c.Switch = v
		},
	}, {
		name: "Create", how: "50 go statements in a row after as many have ended", procs: 1, model: c.Create,
		sample: func() float64 {
			runtime.Gosched() // they end
			return again()
		},
		set: func(v int64) { c.Create = v },
	}, {
		name: "Create, Malg", how: "200 go statements in a row, of 5,000 that none ends of", procs: 1, once: true, model: c.Create + c.Malg,
		sample: per(200, func() {
			for range 200 {
				go func() {}()
			}
		}),
		set: func(v int64) { c.Malg = max(v-c.Create, 0) },
	}, {
		name: "Ready, Chan, Switch", how: "send, receive and switch of a ping-pong", procs: 1, model: c.Ready + 2*c.Chan + c.Switch,
		sample: per(20_000, func() { pingPong(10_000) }),
		set: func(v int64) { // in the parts that the model has
			ready, channel := c.Ready, c.Chan
			rest := max(v-c.Switch, 0)
			c.Ready = rest * ready / (ready + 2*channel)
			c.Chan = rest * channel / (ready + 2*channel)
		},
	}, {
		name: "Grow", how: "a goroutine that calls a function of 3 KiB, less one that does not", procs: 1, model: c.Grow,
		sample: per(100, func() { each(100, deep) }), less: per(100, func() { each(100, shallow) }),
		set: func(v int64) { c.Grow = v },
	}, {
		name: "Publish", how: "a timer set to now and received from, less a channel sent to and received from", procs: 1, model: c.Publish,
		sample: per(1000, timers), less: per(1000, sends),
		set: func(v int64) { c.Publish = v },
	}}
	file, err := syscall.Open("/dev/null", syscall.O_WRONLY, 0)
	if err != nil {
		return list
	}
	return append(list, measure{
		name: "Call", how: "write of two bytes to /dev/null", procs: 1, model: c.Call,
		sample: per(1_000, func() {
			for range 1_000 {
				syscall.Write(file, []byte("x\n"))
			}
		}),
		set: func(v int64) { c.Call = v },
	})
}

// waits measures by how much waits for the clock are too long.
func waits(c *sim.Costs) []measure {
	nap := func(d time.Duration) func() float64 {
		ts := syscall.NsecToTimespec(int64(d))
		return per(1, func() { syscall.Nanosleep(&ts, nil) })
	}
	return []measure{{
		name: "Nap", how: "nanosleep of 20 µs, and so much more", procs: 1, model: 20_000 + c.Nap,
		sample: nap(20 * time.Microsecond), set: func(v int64) { c.Nap = max(v-20_000, 0) },
	}, {
		name: "Grace", how: "nanosleep of 3 µs", procs: 1, model: c.Grace,
		sample: nap(3 * time.Microsecond), set: func(v int64) { c.Grace = v },
	}, {
		name: "Poll", how: "time.Sleep of 1 ms, and so much more", procs: 1, model: 1_000_000 + c.Poll,
		sample: per(1, func() { time.Sleep(time.Millisecond) }), set: func(v int64) { c.Poll = max(v-1_000_000, 0) },
	}}
}

func pingPong(rounds int) {
	a, b := make(chan int), make(chan int)
	go func() {
		for v := range a {
			b <- v
		}
	}()
	for i := range rounds {
		a <- i
		<-b
	}
	close(a)
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
