// want: deadlock
package main

import "fmt"

func main() {
	ready := make(chan string)
	done := make(chan struct{})
	go func() {
		select {
		case ready <- "message":
		default:
		}
		close(done)
	}()
	<-done
	fmt.Println(<-ready)
}
