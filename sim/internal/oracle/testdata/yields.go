package main

import (
	"runtime"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 300 {
				runtime.Gosched()
			}
		})
	}
	wg.Wait()
}
