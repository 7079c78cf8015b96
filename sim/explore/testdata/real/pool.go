package main

import (
	"fmt"
	"sync"
)

func worker(id int, jobs <-chan int, results chan<- string, wg *sync.WaitGroup) {
	defer wg.Done()
	for j := range jobs {
		results <- fmt.Sprint(id, "-", j)
	}
}

func main() {
	jobs, results := make(chan int, 3), make(chan string, 3)
	var wg sync.WaitGroup
	for id := range 2 {
		wg.Add(1)
		go worker(id, jobs, results, &wg)
	}
	for j := range 2 {
		jobs <- j
	}
	close(jobs)
	wg.Wait()
	close(results)
	for r := range results {
		fmt.Println(r)
	}
}
