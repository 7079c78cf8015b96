package main

import (
	"fmt"
	"sync"
)

type box[T any] struct {
	mu sync.RWMutex
	v  T
}

func (b *box[T]) get() T {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.v
}

func (b *box[T]) set(v T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.v = v
}

func main() {
	var b box[string]
	b.set("old")
	got := make(chan string, 2)
	for range 2 {
		go func() { got <- b.get() }()
	}
	go b.set("new")
	fmt.Println(<-got, <-got, b.get())
}
