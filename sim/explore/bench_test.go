package explore

import (
	"testing"
	"time"

	"runnext/sim/machine"
)

const philosophers = `package main

import (
	"fmt"
	"sync"
)

func main() {
	var forks [3]sync.Mutex
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			for range 2 {
				forks[i].Lock()
				forks[(i+1)%3].Lock()
				fmt.Println("eats")
				forks[(i+1)%3].Unlock()
				forks[i].Unlock()
			}
		})
	}
	wg.Wait()
}
`

// BenchmarkSchedules executes the philosophers' dinner.
func BenchmarkSchedules(b *testing.B) {
	pkgs, err := loader.Program("a.go", []byte(philosophers))
	if err != nil {
		b.Fatal(err)
	}
	prog, main := machine.Build(loader.Fset, pkgs)
	x := newSearch(nil, newFindings())
	s, err := machine.NewSteered(machine.Config{Program: prog, Main: main}, x)
	if err != nil {
		b.Fatal(err)
	}
	x.s = s
	x.limit = limits{steps: 1000, tries: b.N, deadline: time.Now().Add(time.Hour)}
	b.ResetTimer()
	done, err := x.all(b.Context(), -1)
	if err != nil {
		b.Fatal(err)
	}
	if done {
		b.Logf("the tree has %d schedules", x.schedules)
	}
	b.ReportMetric(float64(x.tries)/b.Elapsed().Seconds(), "tries/s")
	b.ReportMetric(float64(x.schedules)/b.Elapsed().Seconds(), "schedules/s")
}
