package main

import "runtime"

func main() {
	a, b := make(chan int), make(chan int)
	go func() {
		runtime.LockOSThread()
		for v := range a {
			b <- v
		}
	}()
	runtime.LockOSThread()
	for i := range 100 {
		a <- i
		<-b
	}
}
