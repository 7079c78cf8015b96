package main

import (
	"fmt"
	"sync"
)

func main() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	ready := 0
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			for ready == 0 {
				c.Wait()
			}
			ready--
			fmt.Println(i, ready)
		})
	}
	mu.Lock()
	ready = 2
	mu.Unlock()
	c.Broadcast()
	wg.Wait()
}
