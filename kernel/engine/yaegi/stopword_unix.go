//go:build unix

package yaegi

import (
	"syscall"
	"unsafe"
)

// newStopWord gives a word outside the Go heap, as the kernel process's own is:
// the interpreter reads it as a bool, and the race detector leaves it alone.
func newStopWord() (*uint32, error) {
	page, err := syscall.Mmap(-1, 0, syscall.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, err
	}
	return (*uint32)(unsafe.Pointer(&page[0])), nil
}
