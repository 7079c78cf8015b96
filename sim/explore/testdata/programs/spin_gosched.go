// want: none complete
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

type spinlock struct{ state atomic.Int32 }

func (s *spinlock) lock() {
	for !s.state.CompareAndSwap(0, 1) {
		runtime.Gosched()
	}
}

func (s *spinlock) unlock() { s.state.Store(0) }

func main() {
	var l spinlock
	n, left := 0, atomic.Int32{}
	left.Store(2)
	for range 2 {
		go func() {
			l.lock()
			n++
			l.unlock()
			left.Add(-1)
		}()
	}
	for left.Load() > 0 {
		runtime.Gosched()
	}
	fmt.Println(n)
}
