// Command plain does by itself what lab does for a cell: each experiment as a
// plain Go program, one figure a line.
package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"
)

func median(f func() float64) float64 {
	f()
	var runs []float64
	for range 7 {
		runs = append(runs, f())
	}
	slices.Sort(runs)
	return runs[3]
}

func each(n int, f func()) float64 {
	begun := time.Now()
	f()
	return float64(time.Since(begun).Nanoseconds()) / float64(n)
}

func gosched() float64 {
	const n = 50_000
	return each(n, func() {
		done := make(chan bool)
		go func() {
			for range n / 2 {
				runtime.Gosched()
			}
			close(done)
		}()
		for range n / 2 {
			runtime.Gosched()
		}
		<-done
	})
}

func pingPong(n int, lock func()) func() float64 {
	return func() float64 {
		ping, pong, took := make(chan int), make(chan int), make(chan float64)
		go func() {
			lock()
			for v := range ping {
				pong <- v
			}
		}()
		go func() {
			lock()
			took <- each(n, func() {
				for range n / 2 {
					ping <- 1
					<-pong
				}
			})
			close(ping)
		}()
		return <-took
	}
}

func goroutines(n int) (took, memory float64) {
	var before, after runtime.MemStats
	var started, ended sync.WaitGroup
	release := make(chan bool)
	runtime.GC()
	runtime.ReadMemStats(&before)
	started.Add(n)
	ended.Add(n)
	took = each(n, func() {
		for range n {
			go func() {
				started.Done()
				<-release
				ended.Done()
			}()
		}
		started.Wait()
	})
	runtime.GC()
	runtime.ReadMemStats(&after)
	close(release)
	ended.Wait()
	return took, float64(after.StackInuse+after.HeapAlloc-before.StackInuse-before.HeapAlloc) / float64(n)
}

func threads(n int) float64 {
	var times []float64
	release, ready := make(chan bool), make(chan bool)
	for range n {
		times = append(times, each(1, func() {
			go func() {
				runtime.LockOSThread()
				ready <- true
				<-release
			}()
			<-ready
		}))
	}
	close(release)
	slices.Sort(times)
	return times[n/2]
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "servers" {
		servers(400)
		return
	}
	took, memory := goroutines(100_000) // first: nothing has run before it
	fmt.Println("goroutine-memory", memory)
	times := []float64{took}
	for range 4 {
		took, _ = goroutines(100_000)
		times = append(times, took)
	}
	slices.Sort(times)
	fmt.Println("goroutine-time", times[2])
	fmt.Println("gosched", median(gosched))
	fmt.Println("channel", median(pingPong(50_000, func() {})))
	fmt.Println("locked", median(pingPong(2000, runtime.LockOSThread)))
	fmt.Println("thread-time", threads(200))
	fmt.Println("waiting-serial", median(requests(20, 1, 0, 5*time.Millisecond)))
	fmt.Println("waiting-at-once", median(requests(20, 20, 0, 5*time.Millisecond)))
	fmt.Println("work-serial", median(requests(40, 1, time.Millisecond, 5*time.Millisecond)))
	fmt.Println("work-at-once", median(requests(40, 40, time.Millisecond, 5*time.Millisecond)))
	touch(10)
	touch(100)
}
