package machine

import (
	"unsafe"

	"runnext/sim/machine/interp"
)

// pool holds what was put into a sync.Pool, for each P: one value apart and a
// stack, whose other end the other Ps take from. A collection makes all of it
// the victim and drops the victim of before.
// go1.26.8 sync/pool.go:51 Pool struct
type pool struct {
	local, victim []localPool
	cycle         uint32 // the collection up to which this was done
}

// go1.26.8 sync/pool.go:67 poolLocalInternal
type localPool struct {
	private value
	shared  []value
}

// age does what the collections since the pool was used last have done to it.
// go1.26.8 sync/pool.go:257 poolCleanup
func (x *pool) age(cycle uint32) {
	for n := min(cycle-x.cycle, 2); n > 0; n-- {
		x.victim, x.local = x.local, nil
	}
	x.cycle = cycle
}

// pin gives what is P i's. When there are more Ps than there were, all that was
// put in is lost.
// go1.26.8 sync/pool.go:223 pinSlow
func (x *pool) pin(i, procs int) *localPool {
	if i >= len(x.local) {
		x.local = make([]localPool, procs)
	}
	return &x.local[i]
}

// put is (*Pool).Put.
// go1.26.8 sync/pool.go:99 Put
func (l *localPool) put(v value) {
	if l.private.N == 0 {
		l.private = v
	} else {
		l.shared = append(l.shared, v)
	}
}

// get is (*Pool).Get on P i, whose own part is l.
// go1.26.8 sync/pool.go:131 Get
func (x *pool) get(l *localPool, i int) (v value) {
	if l.private.N != 0 {
		v, l.private = l.private, v
		return v
	}
	if n := len(l.shared); n > 0 {
		v, l.shared = l.shared[n-1], l.shared[:n-1]
		return v
	}
	if v = popTail(x.local, i+1); v.N != 0 || i >= len(x.victim) {
		return v
	}
	if l := &x.victim[i]; l.private.N != 0 {
		v, l.private = l.private, v
		return v
	}
	if v = popTail(x.victim, i); v.N == 0 {
		x.victim = nil
	}
	return v
}

// popTail takes the oldest value of the first stack that has one, from that of
// P i on.
// go1.26.8 sync/pool.go:160 getSlow
func popTail(of []localPool, i int) (v value) {
	for k := range of {
		if o := &of[(i+k)%len(of)]; len(o.shared) > 0 {
			v, o.shared = o.shared[0], o.shared[1:]
			break
		}
	}
	return v
}

func poolNatives(h *host) map[string]native {
	pin := func(t *thread, p unsafe.Pointer) (*pool, *localPool, int) {
		cycle := h.s.Cycles()
		x := h.pools[p]
		if x == nil {
			x = &pool{cycle: cycle}
			h.pools[p] = x
		}
		x.age(cycle)
		i := int(h.sync(t).P())
		return x, x.pin(i, h.s.Procs()), i
	}
	return map[string]native{
		"(*sync.Pool).Put": func(t *thread, a []value) status {
			if a[1].N != 0 {
				_, l, _ := pin(t, a[0].P)
				l.put(a[1])
			}
			return t.Return()
		},
		"(*sync.Pool).Get": func(t *thread, a []value) status {
			x, l, i := pin(t, a[0].P)
			if v := x.get(l, i); v.N != 0 {
				return t.Return(v)
			}
			typ := t.M.TypeOf(t.M.Prog.ImportedPackage("sync").Type("Pool").Type())
			ft, off, _ := typ.Field(typ.NumField() - 1)
			f := ft.Part(a[0].P, off).Func()
			if f == nil {
				return t.Return(value{})
			}
			return t.Call(f, nil, func(t *thread) status { return interp.Done })
		},
	}
}
