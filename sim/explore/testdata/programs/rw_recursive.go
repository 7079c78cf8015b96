// want: deadlock
package main

import (
	"fmt"
	"sync"
)

func main() {
	var rw sync.RWMutex
	n := 1
	done := make(chan bool)
	go func() {
		rw.Lock()
		n++
		rw.Unlock()
		close(done)
	}()
	rw.RLock()
	rw.RLock()
	_ = n
	rw.RUnlock()
	rw.RUnlock()
	<-done
	fmt.Println(n)
}
