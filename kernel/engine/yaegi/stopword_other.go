//go:build !unix

package yaegi

// newStopWord gives a word on the Go heap where there is no mmap.
func newStopWord() (*uint32, error) { return new(uint32), nil }
