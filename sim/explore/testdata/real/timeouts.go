package main

import (
	"fmt"
	"time"
)

func main() {
	c := make(chan string, 1)
	go func() {
		time.Sleep(20 * time.Microsecond)
		c <- "result"
	}()
	t := time.NewTimer(20 * time.Microsecond)
	select {
	case r := <-c:
		fmt.Println(r, t.Stop())
	case <-t.C:
		fmt.Println("timeout")
	}
}
