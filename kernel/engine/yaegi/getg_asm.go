//go:build amd64 || arm64

package yaegi

import "unsafe"

// stackUsed gives how many bytes of its stack the running goroutine uses.
func stackUsed() uintptr

// getg gives the runtime's g of the running goroutine.
func getg() unsafe.Pointer
