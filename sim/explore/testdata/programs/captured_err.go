// want: race
package main

import (
	"errors"
	"fmt"
	"sync"
)

func work(i int) error {
	if i == 1 {
		return errors.New("one is bad")
	}
	return nil
}

func main() {
	var err error
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			err = work(i)
		}()
	}
	wg.Wait()
	fmt.Println(err)
}
