package main

func stage(in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		for v := range in {
			out <- v + 1
		}
		close(out)
	}()
	return out
}

func main() {
	src := make(chan int)
	out := stage(stage(stage(src)))
	go func() {
		for i := range 300 {
			src <- i
		}
		close(src)
	}()
	for range out {
	}
}
