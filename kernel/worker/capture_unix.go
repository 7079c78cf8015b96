//go:build unix

package worker

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// capture reads fd 1 or 2 of a worker: what compiled code, the runtime and the
// cell's own children print there.
type capture struct {
	file *os.File
	take func(p []byte) // gets what was read, in order; may block

	mu  sync.Mutex // held from a read to the end of take
	buf []byte
}

func newCapture(f *os.File, take func([]byte)) *capture {
	return &capture{file: f, take: take, buf: make([]byte, 16<<10)}
}

// run reads until the file is closed or nobody can write to it any more.
func (c *capture) run() {
	rc, err := c.file.SyscallConn()
	if err != nil {
		return
	}
	for more := true; more; {
		err := rc.Read(func(fd uintptr) bool {
			n, err := c.read(fd, len(c.buf))
			more = n > 0 || err == unix.EINTR
			return err != unix.EAGAIN
		})
		if err != nil {
			return
		}
	}
}

// drain takes what lay in the pipe when it was called. It does not wait for
// the end of the file: a process the cell has started may hold that for ever.
func (c *capture) drain() {
	rc, err := c.file.SyscallConn()
	if err != nil {
		return
	}
	rc.Control(func(fd uintptr) {
		left, err := unix.IoctlGetInt(int(fd), fionread)
		for err == nil && left > 0 {
			var n int
			n, err = c.read(fd, left)
			if err == unix.EINTR {
				err = nil
			}
			if n == 0 {
				break // the reader was quicker; wait for its take below
			}
			left -= n
		}
		c.mu.Lock()
		c.mu.Unlock() //lint:ignore SA2001 a barrier: what was read has been taken
	})
}

func (c *capture) read(fd uintptr, most int) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, err := unix.Read(int(fd), c.buf[:min(most, len(c.buf))])
	if n > 0 {
		c.take(c.buf[:n])
	}
	return max(n, 0), err
}
