package machine

import (
	"runnext/sim/event"
	"runnext/sim/machine/interp"
)

// A sync.Mutex does not know who holds it; a picture of a deadlock must. The
// lowest bit of its state says that it is locked, and whoever sets that bit
// holds it from then on. What a program does to words of its own in the same
// way is noted too, and never asked for.
// go1.26.8 internal/sync/mutex.go:26 mutexLocked
const mutexLocked = 1

// maxHolders bounds how many words are kept.
const maxHolders = 1 << 16

// watchLocks notes who sets the lowest bit of a word.
func (h *host) watchLocks(natives map[string]native) {
	h.holders = map[*value]int64{}
	note := func(name string, sets func(c *value, a []value) bool) {
		plain := natives[name]
		natives[name] = func(t *thread, a []value) status {
			if a[0].P != nil {
				if c := a[0].Addr(); sets(c, a) && len(h.holders) < maxHolders && h.cur.Curg() != nil {
					h.holders[c] = h.cur.Curg().ID
				}
			}
			return plain(t, a)
		}
	}
	note("sync/atomic.CompareAndSwapInt32", func(c *value, a []value) bool {
		return c.N == a[1].N && c.N&mutexLocked == 0 && a[2].N&mutexLocked != 0
	})
	// A lock that is handed over is taken by an addition.
	note("sync/atomic.AddInt32", func(c *value, a []value) bool {
		return c.N&mutexLocked == 0 && a[1].N&mutexLocked != 0
	})
}

// waitsForLock notes who holds the mutex whose semaphore g has begun to wait
// for: the semaphore stands behind the state.
func (h *host) waitsForLock(sema value, g int64) {
	holder := h.holders[value{P: interp.Offset(sema.P, -1)}.Addr()]
	if holder == 0 {
		return
	}
	for i := len(h.log.Events) - 1; i >= 0; i-- {
		if e := &h.log.Events[i]; e.Kind == event.Parked && e.G == g {
			if h.log.Holders == nil {
				h.log.Holders = map[int]int64{}
			}
			h.log.Holders[i] = holder
			return
		} else if e.Kind == event.Started && e.G == g {
			return // the log is full
		}
	}
}
