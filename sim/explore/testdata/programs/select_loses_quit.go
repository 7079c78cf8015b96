// want: none outcomes 4
package main

import "fmt"

func main() {
	data, quit := make(chan int, 3), make(chan struct{})
	for i := range 3 {
		data <- i
	}
	close(quit)
	n := 0
	for {
		select {
		case <-data:
			n++
			if n == 3 {
				fmt.Println("all")
				return
			}
		case <-quit:
			fmt.Println("lost", 3-n)
			return
		}
	}
}
