package main

import (
	"fmt"
	"sync"
)

func main() {
	done := make(chan bool)
	var mu sync.Mutex
	go func() {
		mu.Lock()
		fmt.Println("first")
		mu.Unlock()
		done <- true
	}()
	mu.Lock()
	fmt.Println("main")
	mu.Unlock()
	<-done
}
