package main

import (
	"sync"
	"time"

	"runnext/sim/gmp"
)

func main() {
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() { gmp.NetWait(time.Duration(2+i) * time.Millisecond) })
	}
	wg.Wait()
}
