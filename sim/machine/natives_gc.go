package machine

import (
	"go/types"

	"runnext/sim/machine/interp"
)

// gcNatives are the functions by which a program speaks to the collector, and
// sets limits. What is collected is the machine's affair: a weak pointer of the
// program stays, and no cleanup runs.
func gcNatives(h *host) map[string]native {
	nop := ret()
	memory, threads := int64(1<<63-1), int64(10_000)
	set := func(x *int64, ignore func(int64) bool) native {
		return func(t *thread, a []value) status {
			old := *x
			if n := a[0].Int(); !ignore(n) {
				*x = n
			}
			return t.Return(interp.Int(old))
		}
	}
	return map[string]native{
		"runtime.GC":                 h.collect,
		"runtime.ReadMemStats":       h.readMemStats,
		"runtime.KeepAlive":          nop,
		"runtime.SetFinalizer":       nop,
		"(runtime.Cleanup).Stop":     nop,
		"runtime/debug.FreeOSMemory": h.collect,
		"runtime/debug.SetGCPercent": func(t *thread, a []value) status {
			if h.steer != nil {
				return t.Return(interp.Int(100))
			}
			old := interp.Int(h.s.SetGCPercent(h.sync(t), a[0].Int()))
			return t.Await(func(t *thread) status { return t.Return(old) })
		},
		"runtime/debug.SetMemoryLimit":  set(&memory, func(n int64) bool { return n < 0 }),
		"runtime/debug.SetMaxThreads":   set(&threads, func(int64) bool { return false }),
		"runtime/debug.SetPanicOnFault": ret(interp.Bool(false)),
		"runtime/debug.SetTraceback":    nop,
		"runtime/debug.SetMaxStack": func(t *thread, a []value) status {
			return t.Return(interp.Int(h.s.SetMaxStack(a[0].Int())))
		},
	}
}

// collect is runtime.GC. Other schedules are the same whether it runs or not.
func (h *host) collect(t *thread, _ []value) status {
	if h.steer != nil {
		return t.Return()
	}
	h.s.GC(h.sync(t))
	return t.Await(func(t *thread) status { return t.Return() })
}

// weakGenerics are the generic functions of packages weak and runtime about
// what is no longer reachable.
func weakGenerics() map[string]func(*interp.Machine, []types.Type) native {
	same := func(*interp.Machine, []types.Type) native {
		return func(t *thread, a []value) status {
			// A weak.Pointer has one cell, the pointer.
			return t.Return(interp.Cells([]value{{P: a[0].P}}))
		}
	}
	return map[string]func(*interp.Machine, []types.Type) native{
		"weak.Make":   same,
		"unique.Make": uniqueMake,
		"(weak.Pointer[T]).Value": func(*interp.Machine, []types.Type) native {
			return func(t *thread, a []value) status { return t.Return(a[0].Cells(1)[0]) }
		},
		"runtime.AddCleanup": func(*interp.Machine, []types.Type) native {
			return func(t *thread, _ []value) status {
				return t.Return(interp.Cells(make([]value, 2))) // id and ptr
			}
		},
	}
}
