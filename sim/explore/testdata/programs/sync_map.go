// want: none complete outcomes 2
package main

import (
	"fmt"
	"sync"
)

func main() {
	var m sync.Map
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() { m.LoadOrStore("k", i) })
	}
	wg.Wait()
	v, _ := m.Load("k")
	fmt.Println(v)
}
