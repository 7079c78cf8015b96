// want: none complete outcomes 2
package main

import (
	"fmt"
	"sync/atomic"
)

func main() {
	var v atomic.Value
	v.Store("old")
	var p atomic.Pointer[string]
	s := "new"
	go func() {
		p.Store(&s)
		v.Store("new")
	}()
	if v.Load() == "new" {
		fmt.Println(*p.Load())
	} else {
		fmt.Println("old")
	}
}
