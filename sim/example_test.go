package sim_test

import (
	"fmt"

	"runnext/sim"
	"runnext/sim/event"
)

// A host asks the scheduler who runs, and says what that goroutine does. Here
// main starts two goroutines and parks: the one started last runs first.
func ExampleSched() {
	s, err := sim.New(sim.Config{Sink: func(e *event.Event) {
		if e.Kind == event.Created || e.Kind == event.Moved {
			fmt.Println(e)
		}
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, _ := s.Next()
	s.Go(m, "main.first", nil)
	s.Go(m, "main.second", nil)
	s.Park(m, event.WaitGroupWait)
	m, _ = s.Next()
	fmt.Println("now runs", m.Curg().Entry)
	// Output:
	// created t=1450 m=0 p=0 g=7 by=1 addr=0xc000003000 name=main.first rule=newproc
	// moved t=1450 m=0 p=0 g=7 to=runnext rule=newproc
	// moved t=1450 m=0 p=0 g=6 from=runnext to=ring rule=kick
	// created t=2900 m=0 p=0 g=8 by=1 addr=0xc000003800 name=main.second rule=newproc
	// moved t=2900 m=0 p=0 g=8 to=runnext rule=newproc
	// moved t=2900 m=0 p=0 g=7 from=runnext to=ring rule=kick
	// now runs main.second
}
