// want: none complete outcomes 1
package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	var mu sync.Mutex
	done := false
	go func() {
		time.Sleep(time.Millisecond)
		mu.Lock()
		done = true
		mu.Unlock()
	}()
	for {
		mu.Lock()
		d := done
		mu.Unlock()
		if d {
			break
		}
		time.Sleep(time.Millisecond)
	}
	fmt.Println("done")
}
