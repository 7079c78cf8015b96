package forge

import (
	"errors"
	"sync/atomic"
	"unsafe"
)

// Slots is how many methods of forged types a process can hold.
const Slots = 8192

// errNoSlots says that a notebook has declared too many methods.
var errNoSlots = errors.New("too many methods have been declared in this notebook: restart the kernel")

// slots holds, for each entry of the table of jumps, the function it leads to.
// An interface table of the runtime keeps plain code addresses, and code has no
// room for a closure, so each method gets an entry of its own that loads the
// closure from here. It is the one piece of state of this package that is not
// in a [World]: machine code can find nothing else.
var slots [Slots]unsafe.Pointer

// entry gives the address of the code that calls slot i; the code is in
// slots_*.s.
func entry(i int) unsafe.Pointer {
	return unsafe.Add(entries(), i*entrySize)
}

func entries() unsafe.Pointer

// setSlot makes slot i lead to fn, a func value.
func setSlot(i int, fn any) {
	atomic.StorePointer(&slots[i], (*eface)(unsafe.Pointer(&fn)).data)
}
