package worker

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// sharedFile returns memory that has a descriptor and no name. It is sealed:
// a cell that shrank it would kill the kernel at its next look.
func sharedFile(size int) (*os.File, error) {
	fd, err := unix.MemfdCreate("runnext", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("create shared memory: %w", err)
	}
	f := os.NewFile(uintptr(fd), "shared")
	err = f.Truncate(int64(size))
	if err == nil {
		_, err = unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("create shared memory: %w", err)
	}
	return f, nil
}
