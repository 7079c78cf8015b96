package main

import "fmt"

func main() {
	c, done := make(chan int), make(chan bool)
	go func() {
		select {
		case c <- 1:
			fmt.Println("sent")
		default:
			fmt.Println("dropped")
		}
		close(done)
	}()
	select {
	case v := <-c:
		fmt.Println("got", v)
	case <-done:
		fmt.Println("nothing")
	}
	<-done
}
