package machine

import (
	"math"
	"strings"
	"unsafe"

	"runnext/sim/event"
	"runnext/sim/machine/interp"
)

// replace puts operations that a steered thread stops before in the place of
// natives, and of the parts of package sync that would make many of one.
func (s *Steered) replace(all map[string]native) {
	for name, f := range all {
		switch {
		case strings.HasPrefix(name, "sync/atomic."), strings.HasPrefix(name, "(*sync/atomic.Value)."):
			how := Acquire | Release
			if strings.Contains(name, "Load") {
				how = Acquire
			} else if strings.Contains(name, ".Store") {
				how = Release
			}
			all[name] = s.through("atomic", how, f)
		case strings.HasPrefix(name, "(*sync.Map)."):
			how := Acquire | Release
			if strings.HasSuffix(name, ".Load") || strings.HasSuffix(name, ".Range") {
				how = Acquire
			}
			all[name] = s.through("sync.Map", how, f)
		case strings.HasPrefix(name, "(*sync.Pool)."):
			all[name] = s.through("sync.Pool", Acquire|Release, f)
		case strings.HasPrefix(name, "sync.runtime_notifyList"):
			all[name] = s.notify(f)
		}
	}
	for _, group := range []map[string]native{s.mutexes(), s.rwMutexes(), s.waitGroups(), s.times(all)} {
		for name, f := range group {
			all[name] = f
		}
	}
}

// op makes an operation on an object of which a process is told.
func (s *Steered) op(t *thread, op Op, f func(t *thread, p *Proc) status) status {
	return s.h.visible(t, op, func(t *thread) status {
		if r, ok := t.Host.(*goroutine); ok && r.proc != nil {
			return f(t, r.proc)
		}
		return f(t, nil) // a package is being initialized
	})
}

func (s *Steered) sync(p *Proc, key Key, how Edge) {
	if p != nil {
		s.track.Sync(p, key, how)
	}
}

// through makes a native an operation on its first argument.
func (s *Steered) through(kind string, how Edge, f native) native {
	return func(t *thread, a []value) status {
		on := Touch{a[0].P, how&Release != 0}
		return s.op(t, Op{Kind: kind, On: []Touch{on}}, func(t *thread, p *Proc) status {
			s.sync(p, Key{a[0].P, 0}, how)
			if c := a[0].Addr(); c != nil && kind == "atomic" && p != nil {
				before := *c
				st := f(t, a)
				p.Calm = *c == before
				return st
			}
			if p != nil {
				p.Calm = how == Acquire
			}
			return f(t, a)
		})
	}
}

// notify makes the calls of a condition's list operations. Whoever wakes
// another is before it.
func (s *Steered) notify(f native) native {
	return func(t *thread, a []value) status {
		return s.op(t, Op{Kind: "cond", On: []Touch{{a[0].P, true}}}, func(t *thread, _ *Proc) status {
			s.waking = true
			st := f(t, a)
			s.waking = false
			return st
		})
	}
}

func nilPointer(t *thread) status {
	return t.RaiseError("invalid memory address or nil pointer dereference")
}

// onCell makes a native of an operation on the cell at its first argument.
func (s *Steered) onCell(op func(c *value) Op, f func(t *thread, p *Proc, c *value) status) native {
	return func(t *thread, a []value) status {
		c := a[0].Addr()
		if c == nil {
			return nilPointer(t)
		}
		return s.op(t, op(c), func(t *thread, p *Proc) status { return f(t, p, c) })
	}
}

// mutexes are the methods of sync.Mutex: its first cell tells whether it is
// locked. Who of those that wait gets it is open, as with the real one, where
// somebody who comes by may be faster.
func (s *Steered) mutexes() map[string]native {
	of := func(kind string, need uint8) func(c *value) Op {
		return func(c *value) Op {
			op := Op{Kind: kind, On: []Touch{{unsafe.Pointer(c), true}}, Need: need, Why: event.MutexLock, Calm: need != 0 || kind == "unlock",
				State: func() uint8 { return uint8(1 - c.N&1) }}
			if need != 0 {
				op.Ready = func() bool { return c.N == 0 }
			}
			return op
		}
	}
	key := func(c *value) Key { return Key{unsafe.Pointer(c), 0} }
	out := map[string]native{}
	for _, recv := range []string{"(*sync.Mutex).", "(*internal/sync.Mutex)."} {
		out[recv+"Lock"] = s.onCell(of("lock", 1), func(t *thread, p *Proc, c *value) status {
			c.N = 1
			s.sync(p, key(c), Acquire)
			return t.Return()
		})
		out[recv+"TryLock"] = s.onCell(of("try to lock", 0), func(t *thread, p *Proc, c *value) status {
			if c.N != 0 {
				p.Calm = true
				return t.Return(interp.Bool(false))
			}
			c.N = 1
			s.sync(p, key(c), Acquire)
			return t.Return(interp.Bool(true))
		})
		out[recv+"Unlock"] = s.onCell(of("unlock", 0), func(t *thread, p *Proc, c *value) status {
			if c.N == 0 {
				return t.Throw("sync: unlock of unlocked mutex")
			}
			c.N = 0
			s.sync(p, key(c), Release)
			return t.Return()
		})
	}
	return out
}

// rwMutexes are the methods of sync.RWMutex. Of its cells the first tells that
// a writer is there, the second how many readers, the third that the writer has
// it: a writer that waits for readers keeps new ones out.
// go1.26.8 sync/rwmutex.go:144 Lock
func (s *Steered) rwMutexes() map[string]native {
	const noWriter, noReaders = 1, 2
	of := func(kind string, write bool, need uint8, why event.Reason) func(c *value) Op {
		return func(c *value) Op {
			cells := interp.Pointer(c).Cells(3)
			state := func() (bits uint8) {
				if cells[0].N == 0 {
					bits |= noWriter
				}
				if cells[1].N == 0 {
					bits |= noReaders
				}
				return bits
			}
			op := Op{Kind: kind, On: []Touch{{unsafe.Pointer(c), write}}, Need: need, Why: why, State: state,
				Calm: !strings.HasPrefix(kind, "try")}
			if need != 0 {
				op.Ready = func() bool { return state()&need != 0 }
			}
			return op
		}
	}
	cells := func(c *value) []value { return interp.Pointer(c).Cells(3) }
	writers := func(c *value) Key { return Key{unsafe.Pointer(c), 0} }
	readers := func(c *value) Key { return Key{unsafe.Pointer(c), 1} }
	locked := func(t *thread, p *Proc, c *value) status {
		cells(c)[2].N = 1
		s.sync(p, writers(c), Acquire)
		s.sync(p, readers(c), Acquire)
		return t.Return(interp.Bool(true))
	}
	drained := of("lock", true, noReaders, event.RWMutexLock)
	const recv = "(*sync.RWMutex)."
	return map[string]native{
		recv + "Lock": s.onCell(of("lock", true, noWriter, event.RWMutexLock), func(t *thread, p *Proc, c *value) status {
			x := cells(c)
			x[0].N = 1
			if x[1].N == 0 {
				return locked(t, p, c)
			}
			return s.op(t, drained(c), func(t *thread, p *Proc) status { return locked(t, p, c) })
		}),
		recv + "TryLock": s.onCell(of("try to lock", true, 0, 0), func(t *thread, p *Proc, c *value) status {
			x := cells(c)
			if x[0].N != 0 || x[1].N != 0 {
				return t.Return(interp.Bool(false))
			}
			x[0].N = 1
			return locked(t, p, c)
		}),
		recv + "Unlock": s.onCell(of("unlock", true, 0, 0), func(t *thread, p *Proc, c *value) status {
			x := cells(c)
			if x[2].N == 0 {
				return t.Throw("sync: Unlock of unlocked RWMutex")
			}
			x[0].N, x[2].N = 0, 0
			s.sync(p, writers(c), Release)
			return t.Return()
		}),
		recv + "RLock": s.onCell(of("read-lock", false, noWriter, event.RWMutexRLock), func(t *thread, p *Proc, c *value) status {
			cells(c)[1].N++
			s.sync(p, writers(c), Acquire)
			return t.Return()
		}),
		recv + "TryRLock": s.onCell(of("try to read-lock", false, 0, 0), func(t *thread, p *Proc, c *value) status {
			if cells(c)[0].N != 0 {
				return t.Return(interp.Bool(false))
			}
			cells(c)[1].N++
			s.sync(p, writers(c), Acquire)
			return t.Return(interp.Bool(true))
		}),
		recv + "RUnlock": s.onCell(of("read-unlock", false, 0, 0), func(t *thread, p *Proc, c *value) status {
			if cells(c)[1].N == 0 {
				return t.Throw("sync: RUnlock of unlocked RWMutex")
			}
			cells(c)[1].N--
			s.sync(p, readers(c), Merge)
			return t.Return()
		}),
	}
}

// waitGroups are the methods of sync.WaitGroup, whose first cell counts. In
// which order goroutines are done nobody can tell. The second cell tells that
// somebody has waited for this round.
// go1.26.8 sync/waitgroup.go:77 Add
func (s *Steered) waitGroups() map[string]native {
	state := func(c *value) func() uint8 {
		return func() uint8 {
			if c.N == 0 {
				return 1
			}
			return 0
		}
	}
	add := func(t *thread, c *value, n int64) status {
		kind := "add"
		if n < 0 {
			kind = "done"
		}
		return s.op(t, Op{Kind: kind, On: []Touch{{unsafe.Pointer(c), n > 0}}, State: state(c)}, func(t *thread, p *Proc) status {
			before := c.N
			c.N = uint64(int64(c.N) + n)
			if int64(c.N) < 0 || int64(c.N) > math.MaxInt32 {
				return panicText(t, "sync: negative WaitGroup counter")
			}
			if n < 0 {
				s.sync(p, Key{unsafe.Pointer(c), 0}, Merge)
			} else if before == 0 {
				// The first Add must be ordered with Wait, as the race
				// detector has it.
				interp.Pointer(c).Cells(2)[1].N = 0
				s.access(t, p, c, false)
			}
			return t.Return()
		})
	}
	return map[string]native{
		"(*sync.WaitGroup).Add": func(t *thread, a []value) status {
			if a[0].P == nil {
				return nilPointer(t)
			}
			return add(t, a[0].Addr(), a[1].Int())
		},
		"(*sync.WaitGroup).Done": func(t *thread, a []value) status {
			if a[0].P == nil {
				return nilPointer(t)
			}
			return add(t, a[0].Addr(), -1)
		},
		"(*sync.WaitGroup).Wait": s.onCell(func(c *value) Op {
			return Op{Kind: "wait", On: []Touch{{unsafe.Pointer(c), true}}, Need: 1, Why: event.WaitGroupWait, State: state(c),
				Ready: func() bool { return c.N == 0 }}
		}, func(t *thread, p *Proc, c *value) status {
			if w := &interp.Pointer(c).Cells(2)[1]; w.N == 0 {
				w.N = 1
				s.access(t, p, c, true)
			}
			s.sync(p, Key{unsafe.Pointer(c), 0}, Acquire)
			return t.Return()
		}),
	}
}

// access tells of an access that the package's own code would make.
func (s *Steered) access(t *thread, p *Proc, c *value, write bool) {
	fn, pc := t.Caller()
	if fn != nil && p != nil {
		s.track.Access(p, &interp.Access{Fn: fn, PC: pc, P: unsafe.Pointer(c), N: 1, Write: write, Go: true})
	}
}
