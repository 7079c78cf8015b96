package main

import (
	"sync"
	"time"

	"runnext/sim/gmp"
)

func main() {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { gmp.Work(100 * time.Millisecond) })
	}
	wg.Wait()
}
