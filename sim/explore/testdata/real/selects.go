package main

import "fmt"

func main() {
	a, b := make(chan int), make(chan int, 1)
	go func() { a <- 1 }()
	go func() { b <- 2 }()
	for range 2 {
		select {
		case v := <-a:
			fmt.Println("a", v)
		case v := <-b:
			fmt.Println("b", v)
		}
	}
}
