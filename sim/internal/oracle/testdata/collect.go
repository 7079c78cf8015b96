package main

import (
	"runtime"
	"sync"
)

func main() {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 5 {
				runtime.GC()
			}
		})
	}
	wg.Wait()
}
