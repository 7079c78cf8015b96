package lab

import (
	"io"
	"os/exec"
	"runtime"
	"time"
)

// switchRuns is how often each way of switching is measured, after a run to
// warm up; a run is as many switches as fit into switchTime.
const (
	switchRuns = 7
	switchTime = 20 * time.Millisecond
)

func (d *desk) Switch() Measured {
	m := Measured{Title: "what a switch costs", plot: plotBars}
	for _, way := range []struct {
		name string
		// open starts what is switched between. step makes n switches, or
		// calls, and close ends it.
		open func() (step func(n int), close func(), err error)
	}{
		{"system call (getppid)", opened(func(n int) {
			for range n {
				getppid()
			}
		})},
		{"Gosched", gosched},
		{"channel ping-pong", func() (func(int), func(), error) { return channels(false) }},
		{"locked ping-pong", func() (func(int), func(), error) { return channels(true) }},
		{"thread ping-pong (pipe)", threads},
		{"process ping-pong (pipe)", processes},
		{"process, started and ended", spawned},
	} {
		if d.out.stopped() {
			break
		}
		step, stop, err := way.open()
		if err != nil {
			m.note("%s: not measured: %v.", way.name, err)
			continue
		}
		var runs []float64
		n := 1
		for len(runs) <= switchRuns && !d.out.stopped() {
			begun := time.Now()
			step(n)
			took := time.Since(begun)
			if len(runs) == 0 && took < switchTime/2 && n < 1<<24 {
				n *= 2 // still finding out how many fit into a run
				continue
			}
			runs = append(runs, float64(took.Nanoseconds())/float64(n))
		}
		stop()
		if len(runs) > 1 {
			m.add(way.name, "", 0, "ns", runs[1:]...)
		}
	}
	m.note("One switch, or one call. A ping-pong is half of a round trip. Locked goroutines (runtime.LockOSThread) can only switch by switching threads. "+
		"GOMAXPROCS is %d; threads and processes may run on different cores.", runtime.GOMAXPROCS(0))
	return m
}

func opened(step func(int)) func() (func(int), func(), error) {
	return func() (func(int), func(), error) { return step, func() {}, nil }
}

// gosched has two goroutines that let each other run, on whatever P they are.
func gosched() (func(int), func(), error) {
	return func(n int) {
		done := make(chan struct{})
		go func() {
			for range n / 2 {
				runtime.Gosched()
			}
			close(done)
		}()
		for range n - n/2 {
			runtime.Gosched()
		}
		<-done
	}, func() {}, nil
}

// channels has two goroutines hand a value to and fro over two channels.
func channels(locked bool) (func(int), func(), error) {
	ping, pong := make(chan int), make(chan int)
	work, idle := make(chan int), make(chan struct{})
	go func() { // the one side
		if locked {
			runtime.LockOSThread() // the thread ends with the goroutine
		}
		for v := range ping {
			pong <- v
		}
		close(pong)
	}()
	go func() { // the other
		if locked {
			runtime.LockOSThread()
		}
		for n := range work {
			for range (n + 1) / 2 {
				ping <- 1
				<-pong
			}
			idle <- struct{}{}
		}
		close(ping)
		<-pong
		close(idle)
	}()
	step := func(n int) { work <- n; <-idle }
	return step, func() { close(work); <-idle }, nil
}

// processes has cat send back each byte.
func processes() (func(int), func(), error) {
	cat := exec.Command("cat")
	in, err := cat.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	out, err := cat.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cat.Start(); err != nil {
		return nil, nil, err
	}
	b := []byte{0}
	step := func(n int) {
		for range (n + 1) / 2 {
			if _, err := in.Write(b); err != nil {
				return
			}
			if _, err := io.ReadFull(out, b); err != nil {
				return
			}
		}
	}
	return step, func() {
		in.Close()
		cat.Wait() // it ends because its input has
	}, nil
}

// spawned starts a process that does nothing and waits for its end.
func spawned() (func(int), func(), error) {
	name, err := exec.LookPath("true")
	if err != nil {
		return nil, nil, err
	}
	return func(n int) {
		for range n {
			_ = exec.Command(name).Run() // it always ends well
		}
	}, func() {}, nil
}
