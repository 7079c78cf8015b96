// want: race outcomes 2
package main

import (
	"fmt"
	"sync"
)

type counter struct{ n int }

func (c *counter) inc() { c.n++ }

func main() {
	var c counter
	var wg sync.WaitGroup
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c.inc()
		}()
	}
	wg.Wait()
	fmt.Println(c.n)
}
