// want: none complete
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	sem := make(chan struct{}, 1)
	var inside, most atomic.Int32
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			sem <- struct{}{}
			defer func() { <-sem }()
			if n := inside.Add(1); n > most.Load() {
				most.Store(n)
			}
			inside.Add(-1)
		})
	}
	wg.Wait()
	fmt.Println(most.Load())
}
