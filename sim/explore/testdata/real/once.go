package main

import (
	"fmt"
	"sync"
)

func main() {
	var once sync.Once
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() { once.Do(func() { fmt.Println("by", i) }) })
	}
	wg.Wait()
}
