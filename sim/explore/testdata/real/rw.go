package main

import (
	"fmt"
	"sync"
)

func main() {
	var mu sync.RWMutex
	n := 0
	var wg sync.WaitGroup
	wg.Go(func() { mu.Lock(); n = 1; mu.Unlock() })
	wg.Go(func() { mu.RLock(); fmt.Println(n); mu.RUnlock() })
	wg.Go(func() { mu.Lock(); n += 2; mu.Unlock() })
	wg.Wait()
	fmt.Println(n)
}
