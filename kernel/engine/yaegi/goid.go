package yaegi

import (
	"runtime"
	"slices"
	"sync"
	"unsafe"
)

// goid gives the running goroutine's number.
func goid() uint64 {
	if at := goidAt(); at != 0 {
		return *(*uint64)(unsafe.Add(getg(), at))
	}
	return goidTold()
}

// goidTold asks the runtime, which walks the whole stack for the answer.
func goidTold() uint64 {
	var buf [64]byte
	n := runtime.Stack(buf[:], false)
	var id uint64
	for _, c := range buf[len("goroutine "):n] {
		if c < '0' || c > '9' {
			break
		}
		id = id*10 + uint64(c-'0')
	}
	return id
}

// goidAt says where the number lies in the runtime's g, 0 where that is not
// known. It is looked for (go1.26.8 runtime/runtime2.go:509 goid), since
// other versions have it elsewhere.
var goidAt = sync.OnceValue(func() uintptr {
	const first, last = 64, 256 // behind what the stack is, well within a g
	if getg() == nil {
		return 0
	}
	var places []uintptr
	for at := uintptr(first); at < last; at += unsafe.Sizeof(uint64(0)) {
		places = append(places, at)
	}
	for range 4 {
		done := make(chan struct{})
		go func() {
			defer close(done)
			id := goidTold()
			places = slices.DeleteFunc(places, func(at uintptr) bool { return *(*uint64)(unsafe.Add(getg(), at)) != id })
		}()
		<-done
	}
	if len(places) != 1 {
		return 0
	}
	return places[0]
})
