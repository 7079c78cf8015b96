// want: panic
package main

import (
	"fmt"
	"sync"
)

func main() {
	c := make(chan int, 4)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			c <- i
			close(c)
		})
	}
	wg.Wait()
	fmt.Println(len(c))
}
