package main

import (
	"fmt"
	"sync"
)

type list struct {
	mu    sync.Mutex
	items []int
}

func (l *list) add(i int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = append(l.items, i)
}

func main() {
	var l list
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() { l.add(i) })
	}
	for {
		if l.mu.TryLock() {
			fmt.Println("so far", len(l.items))
			l.mu.Unlock()
			break
		}
	}
	wg.Wait()
	fmt.Println(l.items)
}
