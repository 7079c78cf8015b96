package machine

import (
	"go/types"

	"runnext/sim/machine/interp"
)

var (
	anyType    = types.Universe.Lookup("any").Type()
	errorType  = types.Universe.Lookup("error").Type()
	stringType = types.Typ[types.String]
	anyMapType = types.NewMap(anyType, anyType)
)

// atomicNatives are the functions of sync/atomic. One thread runs at a time,
// so each is what it says.
func atomicNatives() map[string]native {
	out := map[string]native{}
	cut := map[string]func(uint64) uint64{
		"Int32":   func(n uint64) uint64 { return uint64(int64(int32(n))) },
		"Uint32":  func(n uint64) uint64 { return uint64(uint32(n)) },
		"Int64":   func(n uint64) uint64 { return n },
		"Uint64":  func(n uint64) uint64 { return n },
		"Uintptr": func(n uint64) uint64 { return n },
		"Pointer": func(n uint64) uint64 { return n },
	}
	for name, wrap := range cut {
		on := func(f func(t *thread, c *value, a []value) status) native {
			return func(t *thread, a []value) status {
				if a[0].P == nil {
					return t.RaiseError("invalid memory address or nil pointer dereference")
				}
				return f(t, a[0].Addr(), a)
			}
		}
		change := func(f func(old, x uint64) uint64, old bool) native {
			return on(func(t *thread, c *value, a []value) status {
				was := c.N
				c.N = wrap(f(c.N, a[1].N))
				if old {
					return t.Return(value{N: was})
				}
				return t.Return(value{N: c.N})
			})
		}
		p := "sync/atomic."
		out[p+"Add"+name] = change(func(o, x uint64) uint64 { return o + x }, false)
		out[p+"And"+name] = change(func(o, x uint64) uint64 { return o & x }, true)
		out[p+"Or"+name] = change(func(o, x uint64) uint64 { return o | x }, true)
		out[p+"Load"+name] = on(func(t *thread, c *value, _ []value) status { return t.Return(*c) })
		out[p+"Store"+name] = on(func(t *thread, c *value, a []value) status { *c = a[1]; return t.Return() })
		out[p+"Swap"+name] = on(func(t *thread, c *value, a []value) status {
			was := *c
			*c = a[1]
			return t.Return(was)
		})
		out[p+"CompareAndSwap"+name] = on(func(t *thread, c *value, a []value) status {
			if c.N != a[1].N || c.P != a[1].P {
				return t.Return(interp.Bool(false))
			}
			*c = a[2]
			return t.Return(interp.Bool(true))
		})
	}
	atomicValue(out)
	return out
}

// atomicValue adds the methods of atomic.Value, whose one cell is an interface.
func atomicValue(out map[string]native) {
	check := func(t *thread, what string, c *value, v value) status {
		switch {
		case v.N == 0:
			return panicText(t, "sync/atomic: "+what+" of nil value into Value")
		case c.N != 0 && c.N != v.N:
			return panicText(t, "sync/atomic: "+what+" of inconsistently typed value into Value")
		}
		return interp.Done
	}
	out["(*sync/atomic.Value).Load"] = func(t *thread, a []value) status { return t.Return(*a[0].Addr()) }
	out["(*sync/atomic.Value).Store"] = func(t *thread, a []value) status {
		if st := check(t, "store", a[0].Addr(), a[1]); st != interp.Done {
			return st
		}
		*a[0].Addr() = a[1]
		return t.Return()
	}
	out["(*sync/atomic.Value).Swap"] = func(t *thread, a []value) status {
		if st := check(t, "swap", a[0].Addr(), a[1]); st != interp.Done {
			return st
		}
		was := *a[0].Addr()
		*a[0].Addr() = a[1]
		return t.Return(was)
	}
	out["(*sync/atomic.Value).CompareAndSwap"] = func(t *thread, a []value) status {
		c := a[0].Addr()
		if st := check(t, "compare and swap", c, a[2]); st != interp.Done {
			return st
		}
		eq, st := t.Equal(t.M.TypeOf(anyType), *c, a[1])
		if st != interp.Done {
			return st
		}
		if eq {
			*c = a[2]
		}
		return t.Return(interp.Bool(eq))
	}
}

// panicText panics with a plain string.
func panicText(t *thread, text string) status {
	return t.Panic(t.M.Box(t.M.TypeOf(stringType), interp.String(text)))
}
