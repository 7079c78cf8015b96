package main

import (
	"fmt"
	"sync"
)

func main() {
	jobs, results := make(chan int, 3), make(chan int, 3)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for j := range jobs {
				results <- j * j
			}
		})
	}
	for i := range 3 {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	close(results)
	for r := range results {
		fmt.Println(r)
	}
}
