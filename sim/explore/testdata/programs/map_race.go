// want: race
package main

import (
	"fmt"
	"sync"
)

func main() {
	seen := map[int]bool{}
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() { seen[i] = true })
	}
	wg.Wait()
	fmt.Println(len(seen))
}
