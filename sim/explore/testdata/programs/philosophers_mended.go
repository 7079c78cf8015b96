// want: none
package main

import (
	"fmt"
	"sync"
)

func main() {
	const n = 3
	var forks [n]sync.Mutex
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			a, b := i, (i+1)%n
			if a > b {
				a, b = b, a
			}
			forks[a].Lock()
			forks[b].Lock()
			fmt.Println("a philosopher eats")
			forks[b].Unlock()
			forks[a].Unlock()
		})
	}
	wg.Wait()
}
