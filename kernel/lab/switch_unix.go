//go:build unix

package lab

import (
	"fmt"
	"runtime"
	"syscall"
)

func getppid() { syscall.Getppid() }

// threads has two locked goroutines hand a byte to and fro over pipes by
// blocking system calls, past the runtime's poller: what switches are threads.
func threads() (func(int), func(), error) {
	var a, b [2]int
	if err := syscall.Pipe(a[:]); err != nil {
		return nil, nil, fmt.Errorf("pipe: %w", err)
	}
	if err := syscall.Pipe(b[:]); err != nil {
		syscall.Close(a[0])
		syscall.Close(a[1])
		return nil, nil, fmt.Errorf("pipe: %w", err)
	}
	for _, fd := range []int{a[0], a[1], b[0], b[1]} {
		syscall.CloseOnExec(fd)
	}
	far := make(chan struct{})
	go func() {
		defer close(far)
		runtime.LockOSThread() // the thread ends with the goroutine
		pass(a[0], b[1], -1)
	}()
	work, idle := make(chan int), make(chan struct{})
	go func() {
		defer close(idle)
		runtime.LockOSThread()
		for n := range work {
			var one [1]byte
			syscall.Write(a[1], one[:])
			pass(b[0], a[1], (n+1)/2-1)
			syscall.Read(b[0], one[:])
			idle <- struct{}{}
		}
	}()
	step := func(n int) { work <- n; <-idle }
	return step, func() {
		close(work)
		<-idle
		syscall.Close(a[1]) // the far side reads its end
		<-far
		for _, fd := range []int{a[0], b[0], b[1]} {
			syscall.Close(fd)
		}
	}, nil
}

// pass hands on n bytes, or all there are for -1.
func pass(from, to, n int) {
	var b [1]byte
	for ; n != 0; n-- {
		if k, err := syscall.Read(from, b[:]); err == syscall.EINTR {
			n++
			continue
		} else if k != 1 || err != nil {
			return
		}
		if _, err := syscall.Write(to, b[:]); err != nil {
			return
		}
	}
}
