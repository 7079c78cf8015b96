// want: leak
package main

import "fmt"

func search(kind string) chan string {
	c := make(chan string)
	go func() { c <- kind + " result" }()
	return c
}

func main() {
	web, image := search("web"), search("image")
	select {
	case r := <-web:
		fmt.Println(r)
	case r := <-image:
		fmt.Println(r)
	}
}
