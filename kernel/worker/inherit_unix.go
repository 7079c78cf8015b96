//go:build unix

package worker

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Descriptors a worker is born with, after the three of every process.
const (
	fdCommands = 3 + iota
	fdBell
	fdShared
)

// inherited takes over what the kernel left open. What the cell starts does
// not inherit it again: it could keep the kernel waiting for ever.
func inherited() (commands, bell *os.File, mem []byte, err error) {
	for fd := fdCommands; fd <= fdShared; fd++ {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, unix.FD_CLOEXEC); err != nil {
			return nil, nil, nil, fmt.Errorf("descriptor %d: %w", fd, err)
		}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fdShared, &st); err != nil {
		return nil, nil, nil, fmt.Errorf("shared memory: %w", err)
	}
	if st.Size < int64(sharedSize(1)) || st.Size > 1<<30 {
		return nil, nil, nil, fmt.Errorf("shared memory: descriptor %d is %d bytes long", fdShared, st.Size)
	}
	mem, err = mapShared(fdShared, int(st.Size))
	if err != nil {
		return nil, nil, nil, err
	}
	return os.NewFile(fdCommands, "commands"), os.NewFile(fdBell, "bell"), mem, nil
}

func mapShared(fd, size int) ([]byte, error) {
	mem, err := unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map shared memory: %w", err)
	}
	return mem, nil
}

func unmapShared(mem []byte) error { return unix.Munmap(mem) }
