// want: race
package main

import (
	"fmt"
	"sync"
)

func main() {
	var rw sync.RWMutex
	n := 0
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			rw.RLock()
			defer rw.RUnlock()
			n++
		})
	}
	wg.Wait()
	fmt.Println(n)
}
