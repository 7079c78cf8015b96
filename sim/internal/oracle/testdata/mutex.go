package main

import (
	"fmt"
	"sync"
	"time"

	"runnext/sim/gmp"
)

// One goroutine takes the lock again as soon as it has given it up; the other
// wants it now and then. What is printed is the median of its waits.
func main() {
	var mu sync.Mutex
	var waits []time.Duration
	done := make(chan bool)
	go func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			mu.Lock()
			gmp.Work(200 * time.Microsecond)
			mu.Unlock()
		}
	}()
	for range 11 {
		time.Sleep(300 * time.Microsecond)
		start := time.Now()
		mu.Lock()
		waits = append(waits, time.Since(start))
		mu.Unlock()
	}
	done <- true
	for i := range waits {
		for j := range i {
			if waits[i] < waits[j] {
				waits[i], waits[j] = waits[j], waits[i]
			}
		}
	}
	fmt.Printf("%.3f\n", waits[5].Seconds()*1000)
}
