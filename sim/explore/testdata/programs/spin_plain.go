// want: race
package main

import "fmt"

func main() {
	done, msg := false, ""
	go func() {
		msg = "hello"
		done = true
	}()
	for !done {
	}
	fmt.Println(msg)
}
