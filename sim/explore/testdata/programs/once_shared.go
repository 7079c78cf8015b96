// want: none complete outcomes 1
package main

import (
	"fmt"
	"sync"
)

var (
	once sync.Once
	conf map[string]int
)

func get() map[string]int {
	once.Do(func() { conf = map[string]int{"a": 1} })
	return conf
}

func main() {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if get()["a"] != 1 {
				panic("not there")
			}
		})
	}
	wg.Wait()
	fmt.Println(len(get()))
}
