package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	var most, in atomic.Int32
	place := make(chan bool, 2)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			place <- true
			if n := in.Add(1); n > most.Load() {
				most.Store(n)
			}
			in.Add(-1)
			<-place
		})
	}
	wg.Wait()
	fmt.Println(most.Load())
}
