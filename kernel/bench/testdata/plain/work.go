package main

import (
	"fmt"
	"slices"
	"sync"
	"syscall"
	"time"
)

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

// calibrate gives how many turns take so long on a core of their own.
func calibrate(d time.Duration) int {
	best := time.Hour
	for range 10 {
		begun := time.Now()
		spin(200_000)
		best = min(best, time.Since(begun))
	}
	return int(200_000 * float64(d) / float64(best))
}

func requests(n, at int, work, wait time.Duration) func() float64 {
	turns := 0
	if work > 0 {
		turns = calibrate(work)
	}
	return func() float64 {
		queue := make(chan bool, n)
		for range n {
			queue <- true
		}
		close(queue)
		return each(1, func() {
			var wg sync.WaitGroup
			for range at {
				wg.Go(func() {
					for range queue {
						spin(turns)
						time.Sleep(wait)
					}
				})
			}
			wg.Wait()
		})
	}
}

// touch reserves a thread's stack and writes to a part of its pages.
func touch(percent int) {
	var limit syscall.Rlimit
	check(syscall.Getrlimit(3, &limit)) // RLIMIT_STACK
	space := limit.Cur
	if space > 64<<20 {
		space = 8 << 20
	}
	var resident, took []float64
	for range 4 {
		before := self("VmRSS")
		mem, err := syscall.Mmap(-1, 0, int(space), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		check(err)
		took = append(took, each(1, func() {
			for at := len(mem) - 1; at >= len(mem)-len(mem)*percent/100; at -= 4096 {
				mem[at] = 1
			}
		}))
		resident = append(resident, (self("VmRSS")-before)*1024)
		check(syscall.Munmap(mem))
	}
	slices.Sort(resident[1:])
	slices.Sort(took[1:])
	fmt.Printf("touch-%d-resident %v\n", percent, resident[2])
	fmt.Printf("touch-%d-time %v\n", percent, took[2])
}
