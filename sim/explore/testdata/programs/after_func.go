// want: race
package main

import (
	"fmt"
	"time"
)

func main() {
	n := 0
	time.AfterFunc(time.Millisecond, func() { n = 1 })
	time.Sleep(5 * time.Millisecond)
	fmt.Println(n)
}
