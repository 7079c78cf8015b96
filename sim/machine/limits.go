package machine

import (
	"runtime"
	"runtime/metrics"
)

// Defaults of the bounds of a [Config].
const (
	DefaultHeap       = 1 << 30
	DefaultGoroutines = 1_000_000
)

// limits arms the bounds of a run.
func (h *host) limits() {
	if h.cfg.Heap == 0 {
		h.cfg.Heap = DefaultHeap
	}
	if h.cfg.Goroutines == 0 {
		h.cfg.Goroutines = DefaultGoroutines
	}
	before := heapInUse()
	h.vm.LimitMemory(h.cfg.Heap/8, func(more int64) bool {
		if more > h.cfg.Heap {
			return false
		}
		if heapInUse()-before+more <= h.cfg.Heap {
			return true
		}
		// Some of it may be garbage that nobody has collected yet.
		runtime.GC()
		return heapInUse()-before+more <= h.cfg.Heap
	})
}

// heapInUse is what the objects of this process hold, in bytes, garbage that is
// not swept included.
func heapInUse() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}
