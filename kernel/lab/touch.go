package lab

import (
	"fmt"
	"os"
	"time"
)

func (d *desk) StackTouch() Measured {
	root := os.DirFS("/")
	space := threadStack()
	m := Measured{plot: plotEven}
	if space == 0 || space > 64<<20 {
		m.note("ulimit -s gives no size that could be reserved (%s); 8 MiB were taken in its place.", size(space))
		space = 8 << 20
	}
	m.Title = fmt.Sprintf("a stack of %s, reserved and touched", size(space))
	if status(root, "VmRSS") == 0 {
		m.note("Not measured: this system does not tell how much memory is resident.")
		return m
	}
	for _, percent := range []int{0, 1, 10, 50, 100} {
		var virtual, resident, took []float64
		for range memoryRuns + 1 {
			if d.out.stopped() {
				return m
			}
			v, r := status(root, "VmSize"), status(root, "VmRSS")
			mem, free, err := reserve(int(space))
			if err != nil {
				m.note("Not measured: %v.", err)
				return m
			}
			begun := time.Now()
			page := os.Getpagesize()
			// From the high end down, as a stack grows.
			for at := len(mem) - 1; at >= len(mem)-len(mem)*percent/100; at -= page {
				mem[at] = 1
			}
			t := time.Since(begun)
			virtual = append(virtual, per(status(root, "VmSize"), v, 1))
			resident = append(resident, per(status(root, "VmRSS"), r, 1))
			took = append(took, float64(t.Nanoseconds()))
			free()
		}
		what := fmt.Sprintf("%d %% touched", percent)
		m.add(what, "resident memory", 0, "B", resident[1:]...)
		m.add(what, "virtual memory", 0, "B", virtual[1:]...)
		m.add(what, "time to touch", 0, "ns", took[1:]...)
	}
	m.note("The address space is reserved as a thread's stack is, by mmap. Memory comes page by page when it is touched, and each first touch costs a fault.")
	return m
}
