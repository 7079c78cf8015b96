package main

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"time"

	"runnext/sim"
)

// costs measures what the entries of [sim.Costs] rest on, and prints each
// beside the model's. Figures are nanoseconds, medians of 25.
func costs() {
	c := sim.DefaultCosts()
	fmt.Println("| cost | measured by | median | least | model |")
	fmt.Println("|---|---|---|---|---|")
	row := func(name, how string, per int, model int64, f func()) {
		var list []float64
		for range 25 {
			start := time.Now()
			f()
			list = append(list, float64(time.Since(start))/float64(per))
		}
		fmt.Printf("| %s | %s | %.0f | %.0f | %d |\n", name, how, quantile(list, 0.5), quantile(list, 0), model)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	row("Switch", "two Gs calling Gosched in turn", 40_000, c.Switch, func() {
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for range 20_000 {
					runtime.Gosched()
				}
			})
		}
		wg.Wait()
	})
	// Of the Gs that end 64 at most stay with a P (gfput): 50 are found again.
	again := func() {
		for range 50 {
			go func() {}()
		}
	}
	again()
	var list []float64
	for range 25 {
		runtime.Gosched() // they end
		list = append(list, float64(timed(again))/50)
	}
	fmt.Printf("| Create | 50 go statements in a row after as many have ended | %.0f | %.0f | %d |\n", quantile(list, 0.5), quantile(list, 0), c.Create)
	row("Create, Malg", "200 go statements in a row, of 5,000 that none ends of", 200, c.Create+c.Malg, func() {
		for range 200 {
			go func() {}()
		}
	})
	row("Ready, Chan, Switch", "send, receive and switch of a ping-pong", 20_000, c.Ready+2*c.Chan+c.Switch, func() { pingPong(10_000) })
	file, err := syscall.Open("/dev/null", syscall.O_WRONLY, 0)
	if err == nil {
		row("Call", "write of two bytes to /dev/null", 1_000, c.Call, func() {
			for range 1_000 {
				syscall.Write(file, []byte("x\n"))
			}
		})
	}
	nap := func(d time.Duration) func() {
		ts := syscall.NsecToTimespec(int64(d))
		return func() { syscall.Nanosleep(&ts, nil) }
	}
	row("Nap", "nanosleep of 20 µs, and so much more", 1, c.Nap+20_000, nap(20*time.Microsecond))
	row("Grace", "nanosleep of 3 µs", 1, c.Grace, nap(3*time.Microsecond))
	row("Poll", "time.Sleep of 1 ms, and so much more", 1, c.Poll+1_000_000, func() { time.Sleep(time.Millisecond) })
	runtime.GOMAXPROCS(2)
	row("Wake, Turn", "a ping-pong of two Gs wired to their Ms: four wake-ups a round, half of them on the processor of who wakes", 4*200, (c.Wake+c.Turn)/2, wiredPong)
	rouse()
	row("Thread", "20 Gs that wire themselves to an M each and wait", 20, c.Thread, func() {
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
	})
	fmt.Println()
	rarer()
}

// wiredPong is a ping-pong of two Gs that are wired to their Ms.
func wiredPong() {
	a, b := make(chan int), make(chan int)
	go func() {
		runtime.LockOSThread()
		for v := range a {
			b <- v
		}
	}()
	runtime.LockOSThread()
	for i := range 200 {
		a <- i
		<-b
	}
	runtime.UnlockOSThread()
	close(a)
}

// rouse measures a send that readies a G while the M of an idle P sleeps.
func rouse() {
	c := make(chan int)
	go func() {
		for range c {
		}
	}()
	var list []float64
	for range 400 {
		for start := time.Now(); time.Since(start) < 200*time.Microsecond; {
		}
		start := time.Now()
		select {
		case c <- 1:
			list = append(list, float64(time.Since(start)))
		default:
		}
	}
	close(c)
	fmt.Printf("| Rouse | a send that readies a G while the M of an idle P sleeps | %.0f | %.0f | %d |\n",
		quantile(list, 0.5), quantile(list, 0), sim.DefaultCosts().Rouse)
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
