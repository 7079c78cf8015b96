// want: none complete outcomes 1
package main

import (
	"fmt"
	"sync"
)

type queue struct {
	mu    sync.Mutex
	some  *sync.Cond
	items []int
}

func (q *queue) put(i int) {
	q.mu.Lock()
	q.items = append(q.items, i)
	q.mu.Unlock()
	q.some.Signal()
}

func (q *queue) get() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.some.Wait()
	}
	i := q.items[0]
	q.items = q.items[1:]
	return i
}

func main() {
	q := &queue{}
	q.some = sync.NewCond(&q.mu)
	go q.put(1)
	go q.put(2)
	fmt.Println(q.get() + q.get())
}
