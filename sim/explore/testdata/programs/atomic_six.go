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
	for range 6 {
		wg.Go(func() { n.Add(1) })
	}
	wg.Wait()
	fmt.Println(n.Load())
}
