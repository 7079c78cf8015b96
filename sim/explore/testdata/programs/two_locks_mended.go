// want: none complete
package main

import (
	"fmt"
	"sync"
)

type account struct {
	sync.Mutex
	id, sum int
}

func move(from, to *account, n int) {
	first, second := from, to
	if to.id < from.id {
		first, second = to, from
	}
	first.Lock()
	defer first.Unlock()
	second.Lock()
	defer second.Unlock()
	from.sum -= n
	to.sum += n
}

func main() {
	a, b := &account{id: 1, sum: 10}, &account{id: 2, sum: 10}
	var wg sync.WaitGroup
	wg.Go(func() { move(a, b, 3) })
	wg.Go(func() { move(b, a, 5) })
	wg.Wait()
	fmt.Println(a.sum, b.sum)
}
