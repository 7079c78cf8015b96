// want: none complete outcomes 2
package main

import (
	"fmt"
	"sync"
)

func main() {
	var mu sync.Mutex
	done := make(chan bool, 1)
	go func() {
		mu.Lock()
		mu.Unlock()
		done <- true
	}()
	if mu.TryLock() {
		fmt.Println("mine")
		mu.Unlock()
	} else {
		fmt.Println("taken")
	}
	<-done
}
