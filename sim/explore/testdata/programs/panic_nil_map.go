// want: panic
package main

import (
	"fmt"
	"sync"
)

var (
	mu    sync.Mutex
	cache map[string]int
)

func main() {
	var wg sync.WaitGroup
	wg.Go(func() {
		mu.Lock()
		defer mu.Unlock()
		cache = map[string]int{}
	})
	wg.Go(func() {
		mu.Lock()
		defer mu.Unlock()
		cache["a"] = 1
	})
	wg.Wait()
	fmt.Println(len(cache))
}
