package gmp

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"runnext/kernel/directive"
)

// Problem writes the program of a %%gmp -predict cell that has none: another
// one for each seed. It reports false for every other cell.
func (e *Engine) Problem(call directive.Call) (string, bool) {
	o, err := ParseOptions(call)
	if err != nil || !o.Predict {
		return "", false
	}
	return strings.Repeat("\n", call.Line) + problem(o.Seed), true
}

// problem makes a program of a few goroutines that start, yield, hand values
// over and take a lock. It always ends: main receives every value that is sent.
func problem(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 61))
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	workers := 3 + r.IntN(3)
	line("ch := make(chan int, %d)", r.IntN(3))
	line("var mu sync.Mutex")
	line("var wg sync.WaitGroup")
	sends := 0
	for w := range workers {
		line("wg.Go(func() { // worker %d", w)
		for range 1 + r.IntN(2) {
			switch r.IntN(4) {
			case 0:
				line("\truntime.Gosched()")
			case 1:
				line("\tmu.Lock()\n\truntime.Gosched()\n\tmu.Unlock()")
			case 2:
				line("\tfmt.Println(\"worker %d\")", w)
			default:
				sends++
				line("\tch <- %d", w)
			}
		}
		line("})")
		if r.IntN(3) == 0 {
			line("runtime.Gosched()")
		}
	}
	if sends > 0 {
		line("for range %d {\n\tfmt.Println(\"got\", <-ch)\n}", sends)
	}
	line("wg.Wait()\n_ = ch\nmu.Lock()\nmu.Unlock()")
	return b.String()
}
