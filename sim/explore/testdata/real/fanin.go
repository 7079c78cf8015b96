package main

import (
	"fmt"
	"sync"
)

func main() {
	c := make(chan string)
	var wg sync.WaitGroup
	for _, s := range []string{"a", "b", "c"} {
		wg.Go(func() { c <- s })
	}
	go func() { wg.Wait(); close(c) }()
	for s := range c {
		fmt.Println(s)
	}
}
