package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	start := time.Now()
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() { time.Sleep(60 * time.Millisecond) })
	}
	wg.Wait()
	fmt.Printf("%.3f\n", time.Since(start).Seconds()*1000)
}
