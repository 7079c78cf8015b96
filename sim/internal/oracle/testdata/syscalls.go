package main

import (
	"sync"
	"time"

	"runnext/sim/gmp"
)

func main() {
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() { gmp.Syscall(30 * time.Millisecond) })
	}
	wg.Wait()
}
