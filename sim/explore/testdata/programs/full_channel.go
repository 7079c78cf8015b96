// want: deadlock
package main

import "fmt"

func main() {
	results := make(chan int, 2)
	for i := range 3 {
		results <- i * i
	}
	close(results)
	for r := range results {
		fmt.Println(r)
	}
}
