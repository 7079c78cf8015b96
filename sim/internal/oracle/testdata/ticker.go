package main

import "time"

func main() {
	t := time.NewTicker(5 * time.Millisecond)
	for range 10 {
		<-t.C
	}
}
