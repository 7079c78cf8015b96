// want: none complete outcomes 1
package main

import "fmt"

func main() {
	ready := make(chan string, 1)
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
