// want: race
package main

import (
	"fmt"
	"sync"
)

var (
	mu   sync.Mutex
	conf *int
)

func get() *int {
	if conf == nil {
		mu.Lock()
		defer mu.Unlock()
		if conf == nil {
			conf = new(int)
		}
	}
	return conf
}

func main() {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { get() })
	}
	wg.Wait()
	fmt.Println(*get())
}
