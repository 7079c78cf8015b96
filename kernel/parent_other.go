//go:build !unix

package kernel

// parentAlive has no means here: on Windows JPY_PARENT_PID is a handle that
// Go's os package cannot wait for. A manager there ends its kernels itself.
func parentAlive(int) func() bool { return nil }
