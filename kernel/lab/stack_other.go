//go:build !unix

package lab

// threadStack is not known: there is no ulimit here.
func threadStack() uint64 { return 0 }
