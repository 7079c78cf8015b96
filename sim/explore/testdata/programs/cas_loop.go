// want: none complete outcomes 1
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

func main() {
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				old := n.Load()
				if n.CompareAndSwap(old, old+1) {
					return
				}
			}
		})
	}
	wg.Wait()
	fmt.Println(n.Load())
}
