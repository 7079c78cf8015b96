package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	var n, top atomic.Int64
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			n.Store(n.Load() + 1)
			for {
				old := top.Load()
				if old >= int64(i) || top.CompareAndSwap(old, int64(i)) {
					return
				}
			}
		})
	}
	wg.Wait()
	fmt.Println(n.Load(), top.Load())
}
