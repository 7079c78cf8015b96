package main

import "fmt"

func main() {
	go func() {
		fmt.Println("child")
		fmt.Println("again")
	}()
	fmt.Println("main")
}
