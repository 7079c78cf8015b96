package main

import (
	"sync"
	"time"

	"runnext/sim/gmp"
)

func main() {
	jobs := make(chan int, 16)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range jobs {
				gmp.Work(20 * time.Microsecond)
			}
		})
	}
	for i := range 1000 {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
}
