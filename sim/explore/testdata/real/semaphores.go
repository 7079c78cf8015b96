package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	sem := make(chan struct{}, 2)
	var inside, most atomic.Int32
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			sem <- struct{}{}
			defer func() { <-sem }()
			n := inside.Add(1)
			if n > most.Load() {
				most.Store(n)
			}
			inside.Add(-1)
		})
	}
	wg.Wait()
	fmt.Println(most.Load())
}
