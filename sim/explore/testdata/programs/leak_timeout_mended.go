// want: none complete
package main

import (
	"fmt"
	"time"
)

func main() {
	c := make(chan int, 1)
	go func() {
		time.Sleep(20 * time.Millisecond)
		c <- 1
	}()
	select {
	case v := <-c:
		fmt.Println(v)
	case <-time.After(10 * time.Millisecond):
		fmt.Println("timeout")
	}
}
