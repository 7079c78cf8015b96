package main

func main() {
	a, b := make(chan int), make(chan int)
	go func() {
		for v := range a {
			b <- v + 1
		}
		close(b)
	}()
	n := 0
	for range 1000 {
		a <- n
		n = <-b
	}
	close(a)
	<-b
}
