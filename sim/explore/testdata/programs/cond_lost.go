// want: deadlock
package main

import (
	"fmt"
	"sync"
)

func main() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	go func() {
		c.Signal()
	}()
	mu.Lock()
	c.Wait()
	mu.Unlock()
	fmt.Println("woken")
}
