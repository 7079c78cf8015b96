// want: none complete outcomes 1
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	sem := make(chan struct{}, 2)
	var wg sync.WaitGroup
	var in, most atomic.Int32
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			sem <- struct{}{}
			n := in.Add(1)
			for {
				m := most.Load()
				if n <= m || most.CompareAndSwap(m, n) {
					break
				}
			}
			in.Add(-1)
			<-sem
		}()
	}
	wg.Wait()
	fmt.Println(most.Load() <= 2)
}
