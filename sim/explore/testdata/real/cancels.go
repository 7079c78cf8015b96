package main

import (
	"context"
	"fmt"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	c, done := make(chan int, 1), make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-ctx.Done():
				done <- n
				return
			case c <- n:
				n++
			}
		}
	}()
	<-c
	cancel()
	fmt.Println(<-done)
}
