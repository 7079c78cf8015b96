package main

import (
	"sync"
	"time"

	"runnext/sim/gmp"
)

func main() {
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() { gmp.Work(10 * time.Microsecond) })
	}
	wg.Wait()
}
