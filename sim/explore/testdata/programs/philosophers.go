// want: deadlock tries 1200
package main

import (
	"fmt"
	"sync"
)

type fork struct{ sync.Mutex }

func eat(i int, left, right *fork, wg *sync.WaitGroup) {
	defer wg.Done()
	left.Lock()
	right.Lock()
	fmt.Println(i, "eats")
	right.Unlock()
	left.Unlock()
}

func main() {
	const n = 5
	var forks [n]fork
	var wg sync.WaitGroup
	wg.Add(n)
	for i := range n {
		go eat(i, &forks[i], &forks[(i+1)%n], &wg)
	}
	wg.Wait()
}
