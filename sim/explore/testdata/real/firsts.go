package main

import (
	"fmt"
	"sync"
)

func main() {
	var once sync.Once
	var m sync.Map
	var wg sync.WaitGroup
	first := -1
	for i := range 3 {
		wg.Go(func() {
			once.Do(func() { first = i })
			if _, loaded := m.LoadOrStore("key", i); !loaded {
				m.Store("by", i)
			}
		})
	}
	wg.Wait()
	by, _ := m.Load("by")
	fmt.Println(first, by)
}
