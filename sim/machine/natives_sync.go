package machine

import (
	"unsafe"

	"runnext/sim"
	"runnext/sim/event"
	"runnext/sim/machine/interp"
)

// counter is a semaphore that lives in a program's memory.
func counter(cell *value) func(d int32) uint32 {
	return func(d int32) uint32 {
		cell.N = uint64(uint32(cell.N) + uint32(d))
		return uint32(cell.N)
	}
}

// spinNS is what 30 PAUSE instructions take.
const spinNS = 100

// syncNatives are what package sync asks of the runtime; the rest of it runs
// from its source.
func syncNatives(h *host) map[string]native {
	acquire := func(why event.Reason, lifo func(a []value) bool) native {
		return func(t *thread, a []value) status {
			cell := a[0].Addr()
			m := h.sync(t)
			g := m.Curg()
			if h.s.SemAcquireKey(m, cell, counter(cell), lifo(a), why) {
				if why == event.MutexLock && h.holders != nil && g != nil {
					h.waitsForLock(a[0], g.ID)
				}
				return t.Await(func(t *thread) status { return t.Return() })
			}
			return t.Return()
		}
	}
	never := func([]value) bool { return false }
	second := func(a []value) bool { return a[1].Bool() }
	release := func(t *thread, a []value) status {
		cell := a[0].Addr()
		if h.s.SemReleaseKey(h.sync(t), cell, counter(cell), a[1].Bool()) {
			return t.Await(func(t *thread) status { return t.Return() })
		}
		return t.Return()
	}
	throw := func(t *thread, a []value) status { return t.Throw(a[0].Str()) }
	nop := ret()
	return map[string]native{
		"sync.runtime_Semacquire":               acquire(event.Semacquire, never),
		"sync.runtime_SemacquireWaitGroup":      acquire(event.WaitGroupWait, never),
		"sync.runtime_SemacquireRWMutexR":       acquire(event.RWMutexRLock, second),
		"sync.runtime_SemacquireRWMutex":        acquire(event.RWMutexLock, second),
		"internal/sync.runtime_SemacquireMutex": acquire(event.MutexLock, second),
		"sync.runtime_Semrelease":               release,
		"internal/sync.runtime_Semrelease":      release,
		"internal/sync.runtime_canSpin": func(t *thread, a []value) status {
			return t.Return(interp.Bool(h.s.CanSpin(h.sync(t), int(a[0].Int()))))
		},
		"internal/sync.runtime_doSpin": func(t *thread, _ []value) status {
			h.s.Charge(h.sync(t), spinNS)
			return t.Return()
		},
		"internal/sync.runtime_nanotime":   func(t *thread, _ []value) status { return t.Return(interp.Int(nano(h.sync(t)))) },
		"internal/sync.runtime_rand":       func(t *thread, _ []value) status { return t.Return(value{N: h.s.Rand64()}) },
		"internal/sync.throw":              throw,
		"internal/sync.fatal":              throw,
		"sync.throw":                       throw,
		"sync.fatal":                       throw,
		"sync.runtime_registerPoolCleanup": nop,
		"sync.runtime_notifyListCheck":     nop,
		"sync.runtime_notifyListAdd":       func(t *thread, a []value) status { return t.Return(value{N: uint64(h.list(a[0].P).Add())}) },
		"sync.runtime_notifyListWait":      h.notifyWait,
		"sync.runtime_notifyListNotifyAll": func(t *thread, a []value) status { h.s.NotifyAll(h.sync(t), h.list(a[0].P)); return t.Return() },
		"sync.runtime_notifyListNotifyOne": func(t *thread, a []value) status { h.s.NotifyOne(h.sync(t), h.list(a[0].P)); return t.Return() },
		"internal/synctest.IsInBubble":     ret(interp.Bool(false)),
		"(*sync.copyChecker).check":        h.copyCheck,
		"sync.runtime_procPin":             ret(interp.Int(0)),
		"sync.runtime_procUnpin":           nop,
	}
}

func (h *host) list(p unsafe.Pointer) *sim.NotifyList {
	l := h.notify[p]
	if l == nil {
		l = &sim.NotifyList{}
		h.notify[p] = l
	}
	return l
}

func (h *host) notifyWait(t *thread, a []value) status {
	if h.s.NotifyWait(h.sync(t), h.list(a[0].P), uint32(a[1].N)) {
		return t.Await(func(t *thread) status { return t.Return() })
	}
	return t.Return()
}

// copyCheck panics when a Cond was copied: its cell holds its own address.
func (h *host) copyCheck(t *thread, a []value) status {
	c := a[0].Addr()
	if c.P == nil {
		c.P = unsafe.Pointer(c)
	}
	if c.P != unsafe.Pointer(c) {
		text := interp.String("sync.Cond is copied")
		return t.Panic(t.M.Box(t.M.TypeOf(stringType), text))
	}
	return t.Return()
}

// syncMapNatives are sync.Map.
func syncMapNatives(h *host) map[string]native {
	return map[string]native{
		"(*sync.Map).Load":             h.mapLoad,
		"(*sync.Map).Store":            h.mapStore,
		"(*sync.Map).Swap":             h.mapSwap,
		"(*sync.Map).LoadOrStore":      h.mapLoadOrStore,
		"(*sync.Map).LoadAndDelete":    h.mapLoadAndDelete,
		"(*sync.Map).Delete":           func(t *thread, a []value) status { m := h.syncMap(t, a[0].P); return done(t, m.Delete(t, a[1])) },
		"(*sync.Map).Clear":            func(t *thread, a []value) status { h.syncMap(t, a[0].P).Clear(); return t.Return() },
		"(*sync.Map).CompareAndSwap":   h.mapCompare,
		"(*sync.Map).CompareAndDelete": h.mapCompare,
		"(*sync.Map).Range":            h.mapRange,
	}
}

func done(t *thread, st status) status {
	if st == interp.Done {
		return t.Return()
	}
	return st
}

func (h *host) syncMap(t *thread, p unsafe.Pointer) *interp.Map {
	m := h.maps[p]
	if m == nil {
		m = t.M.MakeMap(t.M.TypeOf(anyMapType)).Map()
		h.maps[p] = m
	}
	return m
}

// syncMapCells is what an entry of a sync.Map holds, its key's text included.
const syncMapCells = 8

// mapSet puts an entry into a sync.Map.
func (h *host) mapSet(t *thread, m *interp.Map, key, val value) status {
	h.room(syncMapCells)
	return m.Set(t, key, val)
}

func (h *host) mapLoad(t *thread, a []value) status {
	v, ok, st := h.syncMap(t, a[0].P).Get(t, a[1])
	if st != interp.Done {
		return st
	}
	return t.Return(v, interp.Bool(ok))
}

func (h *host) mapStore(t *thread, a []value) status {
	return done(t, h.mapSet(t, h.syncMap(t, a[0].P), a[1], a[2]))
}

func (h *host) mapSwap(t *thread, a []value) status {
	m := h.syncMap(t, a[0].P)
	v, ok, st := m.Get(t, a[1])
	if st != interp.Done {
		return st
	}
	h.mapSet(t, m, a[1], a[2])
	return t.Return(v, interp.Bool(ok))
}

func (h *host) mapLoadOrStore(t *thread, a []value) status {
	m := h.syncMap(t, a[0].P)
	v, ok, st := m.Get(t, a[1])
	if st != interp.Done {
		return st
	}
	if !ok {
		h.mapSet(t, m, a[1], a[2])
		v = a[2]
	}
	return t.Return(v, interp.Bool(ok))
}

func (h *host) mapLoadAndDelete(t *thread, a []value) status {
	m := h.syncMap(t, a[0].P)
	v, ok, st := m.Get(t, a[1])
	if st != interp.Done {
		return st
	}
	m.Delete(t, a[1])
	return t.Return(v, interp.Bool(ok))
}

// mapCompare is CompareAndSwap, and with one argument less CompareAndDelete.
func (h *host) mapCompare(t *thread, a []value) status {
	m := h.syncMap(t, a[0].P)
	v, ok, st := m.Get(t, a[1])
	if st != interp.Done {
		return st
	}
	if ok {
		if ok, st = t.Equal(t.M.TypeOf(anyType), v, a[2]); st != interp.Done {
			return st
		}
	}
	if ok && len(a) > 3 {
		m.Set(t, a[1], a[3])
	} else if ok {
		m.Delete(t, a[1])
	}
	return t.Return(interp.Bool(ok))
}

func (h *host) mapRange(t *thread, a []value) status {
	type pair struct{ k, v value }
	var list []pair
	m := h.syncMap(t, a[0].P)
	h.room(int64(2 * m.Len()))
	m.Entries(func(k, v value) { list = append(list, pair{k, v}) })
	f := a[1].Func()
	i := 0
	var step func(t *thread) status
	step = func(t *thread) status {
		if i > 0 && !t.R[0].Bool() || i == len(list) {
			return t.Return()
		}
		e := list[i]
		i++
		return t.Call(f, []value{e.k, e.v}, step)
	}
	return step(t)
}
