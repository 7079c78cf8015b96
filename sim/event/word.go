package event

import "unsafe"

// Word is one register of a host: a number, a pointer, or both. A channel
// carries words; nobody here looks inside.
type Word struct {
	N uint64
	P unsafe.Pointer
}
