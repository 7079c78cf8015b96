// want: leak
package main

import (
	"context"
	"fmt"
)

func gen(ctx context.Context) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for i := 0; ; i++ {
			select {
			case c <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return c
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	_ = cancel
	c := gen(ctx)
	fmt.Println(<-c)
}
