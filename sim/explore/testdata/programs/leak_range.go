// want: leak
package main

import "fmt"

func main() {
	c := make(chan int)
	go func() {
		for v := range c {
			fmt.Println(v)
		}
	}()
	c <- 1
	c <- 2
}
