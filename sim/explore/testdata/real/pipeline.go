package main

import "fmt"

func main() {
	a, b := make(chan int), make(chan int)
	go func() {
		for i := range 3 {
			a <- i
		}
		close(a)
	}()
	go func() {
		for v := range a {
			b <- v * v
		}
		close(b)
	}()
	for v := range b {
		fmt.Println(v)
	}
}
