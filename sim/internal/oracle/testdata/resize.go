package main

import (
	"runtime"
	"sync"
	"time"

	"runnext/sim/gmp"
)

func main() {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { gmp.Work(10 * time.Millisecond) })
	}
	gmp.Work(5 * time.Millisecond)
	n := runtime.GOMAXPROCS(2)
	gmp.Work(5 * time.Millisecond)
	runtime.GOMAXPROCS(1)
	wg.Wait()
	runtime.GOMAXPROCS(n)
}
