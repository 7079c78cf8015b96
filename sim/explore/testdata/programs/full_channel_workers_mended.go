// want: none complete outcomes 1
package main

import (
	"fmt"
	"sync"
)

func main() {
	jobs, results := make(chan int), make(chan int, 1)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range jobs {
				results <- 2 * j
			}
		}()
	}
	go func() {
		for j := range 3 {
			jobs <- j
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()
	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Println(sum)
}
