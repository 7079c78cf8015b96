//go:build unix && !linux

package worker

import (
	"fmt"
	"os"
)

// sharedFile returns a file without a name to be mapped by two processes.
func sharedFile(size int) (*os.File, error) {
	f, err := os.CreateTemp("", "runnext-*")
	if err != nil {
		return nil, fmt.Errorf("create shared memory: %w", err)
	}
	err = os.Remove(f.Name())
	if err == nil {
		err = f.Truncate(int64(size))
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("create shared memory: %w", err)
	}
	return f, nil
}
