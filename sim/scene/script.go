package scene

import "runnext/sim"

// firstSteps plays
//
//	1  func main() {
//	2      c := make(chan int)
//	3      go hello(c)
//	4      println(<-c)
//	5  }
//	6  func hello(c chan int) {
//	7      c <- 42
//	8  }
func firstSteps(d *director) {
	m := d.turn(1, "main", 2)
	c := d.s.MakeChan(0)
	d.say("A go statement only puts the new goroutine somewhere. Nothing switches: main keeps running.")
	g := d.start("main", 3, "hello")
	d.stand(1, "main", 4)
	d.say("Nobody has sent yet, so main cannot go on. It leaves its P and stands in no queue; the channel knows it.")
	d.s.Recv(m, c, true)
	d.say("The P looks in runnext first. G7 goes on with what is left of main's slice.")
	m = d.turn(g.ID, "hello", 7)
	if d.err != nil {
		return
	}
	d.say("A receiver waits, so the value is handed straight to it. main is runnable again, and it gets runnext; hello keeps running.")
	d.s.Send(m, c, value, true)
	d.stand(g.ID, "hello", 8)
	d.s.Exit(m)
	d.say("runnext again, the slice again: two goroutines that pass work to each other share one slice.")
	m = d.turn(1, "main", 5)
	if d.err != nil {
		return
	}
	d.say("The runtime's own goroutines G5 and G6 have never run. Nobody waits for them.")
	d.s.Stop(m, true)
}

// runNext plays
//
//	1  func main() {
//	2      c := make(chan int)
//	3      for i := range 3 {
//	4          go worker(i, c)
//	5      }
//	6      for range 3 {
//	7          <-c
//	8      }
//	9  }
//	10 func worker(i int, c chan int) {
//	11     c <- i
//	12 }
func runNext(d *director) {
	m := d.turn(1, "main", 2)
	c := d.s.MakeChan(0)
	notes := []string{
		"runnext holds one goroutine. G6, one of the runtime's own, sat there and has to move.",
		"The second one does to the first what the first did to G6.",
		"Now the newest sits in runnext, and the others stand in the ring in the order they were kicked out.",
	}
	var gs []int64
	for i := range 3 {
		d.say(notes[i])
		gs = append(gs, d.start("main", 4, "worker").ID)
	}
	d.stand(1, "main", 7)
	d.say("main waits. Who runs next? Not the first one started: the one in runnext.")
	d.s.Recv(m, c, true)
	m = d.turn(gs[2], "worker", 11)
	if d.err != nil {
		return
	}
	d.say("The last worker started is the first to send. main gets runnext: a woken goroutine is treated like a new one.")
	d.s.Send(m, c, value, true)
	d.stand(gs[2], "worker", 12)
	d.s.Exit(m)
	d.say("main inherits the slice a second time; the ring has waited since the beginning.")
	m = d.turn(1, "main", 7)
	if d.err != nil {
		return
	}
	d.say("No sender waits, so main waits again. Now runnext is empty, and the ring's turn comes at last.")
	d.s.Recv(m, c, true)
	d.say("The runtime's own stood at the head. Each of them starts a slice of its own: schedtick moves.")
	for _, g := range gs[:2] {
		m = d.turn(g, "worker", 11)
		if d.err != nil {
			return
		}
		if g == gs[0] {
			d.say("main is woken into runnext, ahead of the second worker, which has waited longer. That is why a pair that talks runs smoothly, and why order of waiting is no promise.")
		}
		d.s.Send(m, c, value, true)
		d.stand(g, "worker", 12)
		d.s.Exit(m)
		m = d.turn(1, "main", 7)
		if d.err != nil {
			return
		}
		if g == gs[0] {
			d.s.Recv(m, c, true)
		}
	}
	d.stand(1, "main", 9)
	d.say("Workers 2, 0, 1: the newest first, then the ring in order.")
	d.s.Stop(m, true)
}

// value is what the scenes send; nobody looks at it.
var value = sim.Word{N: 42}
