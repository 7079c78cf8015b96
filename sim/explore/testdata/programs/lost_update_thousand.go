// want: race tries 20
package main

import (
	"fmt"
	"sync"
)

func main() {
	n := 0
	var wg sync.WaitGroup
	for range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 100 {
				n++
			}
		}()
	}
	wg.Wait()
	fmt.Println(n)
}
