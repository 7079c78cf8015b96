// want: none complete
package main

import (
	"fmt"
	"sync"
)

type cache[K comparable, V any] struct {
	mu sync.RWMutex
	m  map[K]V
}

func (c *cache[K, V]) get(k K) (V, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.m[k]
	return v, ok
}

func (c *cache[K, V]) put(k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[k] = v
}

func main() {
	c := &cache[string, int]{m: map[string]int{}}
	var wg sync.WaitGroup
	wg.Go(func() { c.put("a", 1) })
	wg.Go(func() { c.put("b", 2) })
	wg.Go(func() { c.get("a") })
	wg.Wait()
	a, _ := c.get("a")
	b, _ := c.get("b")
	fmt.Println(a + b)
}
