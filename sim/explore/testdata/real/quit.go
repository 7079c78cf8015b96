package main

import "fmt"

func main() {
	c, quit := make(chan int), make(chan bool)
	go func() {
		for range 2 {
			fmt.Println(<-c)
		}
		close(quit)
	}()
	n := 0
	for {
		select {
		case c <- n:
			n++
		case <-quit:
			fmt.Println("quit", n)
			return
		}
	}
}
