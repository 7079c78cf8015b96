// want: none complete outcomes 3
package main

import "fmt"

func main() {
	go fmt.Println("child")
	fmt.Println("main")
}
