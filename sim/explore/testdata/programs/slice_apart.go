// want: none complete outcomes 1
package main

import (
	"fmt"
	"sync"
)

func main() {
	list := make([]int, 3)
	var wg sync.WaitGroup
	for i := range list {
		wg.Go(func() { list[i] = i * i })
	}
	wg.Wait()
	fmt.Println(list)
}
