package exectrace

import (
	"sync"
	"time"
)

// workload starts goroutines that sleep and send, at lines of a cell.
func workload(n int) {
//line [cell 7]:101
	ch := make(chan int)
	var wg sync.WaitGroup
	wg.Add(n)
	for i := range n {
		go func() {
			defer wg.Done()
			time.Sleep(5 * time.Millisecond)
			ch <- i
		}()
	}
	for range n {
		<-ch
	}
	wg.Wait()
}
