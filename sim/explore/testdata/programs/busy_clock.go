// want: none
package main

import (
	"fmt"
	"time"
)

func main() {
	start := time.Now()
	for time.Since(start) < 5*time.Millisecond {
	}
	fmt.Println("done")
}
