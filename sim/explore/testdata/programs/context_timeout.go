// want: none outcomes 2
package main

import (
	"context"
	"fmt"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	c := make(chan int, 1)
	go func() { c <- 1 }()
	select {
	case v := <-c:
		fmt.Println(v)
	case <-ctx.Done():
		fmt.Println(ctx.Err())
	}
}
