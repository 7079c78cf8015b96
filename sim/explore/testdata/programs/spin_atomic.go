// want: none complete outcomes 1
package main

import (
	"fmt"
	"sync/atomic"
)

func main() {
	var ready atomic.Bool
	n := 0
	go func() {
		n = 42
		ready.Store(true)
	}()
	for !ready.Load() {
	}
	fmt.Println(n)
}
