// want: none complete outcomes 1
package main

import "fmt"

func main() {
	gen := make(chan int)
	sq := make(chan int)
	add := make(chan int)
	go func() {
		for i := range 5 {
			gen <- i
		}
		close(gen)
	}()
	go func() {
		for v := range gen {
			sq <- v * v
		}
		close(sq)
	}()
	go func() {
		for v := range sq {
			add <- v + 1
		}
		close(add)
	}()
	for v := range add {
		fmt.Println(v)
	}
}
