// want: none complete outcomes 1
package main

import "fmt"

func main() {
	msg := "before"
	done := make(chan struct{})
	go func() {
		msg = "after"
		close(done)
	}()
	<-done
	fmt.Println(msg)
}
