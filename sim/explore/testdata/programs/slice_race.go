// want: race
package main

import (
	"fmt"
	"sync"
)

func main() {
	var list []int
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() { list = append(list, i) })
	}
	wg.Wait()
	fmt.Println(len(list))
}
