// Package gmp lets a program speak to the simulated scheduler that it runs on
// (runnext/sim/machine, which stands in for these functions). In a compiled
// program they do what comes nearest.
package gmp

import (
	"fmt"
	"os"
	"time"
)

// Syscall is a system call that blocks its thread for d. The scheduler takes
// the P away from the thread when that lasts.
func Syscall(d time.Duration) { time.Sleep(d) }

// NetWait waits for d in the netpoller, as for a packet: the goroutine is
// parked and no thread is blocked.
func NetWait(d time.Duration) { time.Sleep(d) }

// Work computes for d.
func Work(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
	}
}

// Label puts a mark into the log of events; a compiled program prints it to
// standard error.
func Label(s string) { fmt.Fprintln(os.Stderr, "label:", s) }
