//go:build amd64 || arm64

package yaegi

// stackUsed gives how many bytes of its stack the running goroutine uses.
func stackUsed() uintptr
