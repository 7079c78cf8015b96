package worker

import (
	"fmt"
	"os"
)

func machineMemory() int64 { return memoryOf(os.DirFS("/")) }

// resident reads a process's private resident memory.
func resident(pid int) (int64, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, false
	}
	return residentOf(text, os.Getpagesize())
}
