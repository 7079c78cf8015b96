// want: race
package main

import "fmt"

func main() {
	msg := "before"
	done := make(chan struct{})
	go func() {
		msg = "after"
		close(done)
	}()
	fmt.Println(msg)
	<-done
}
