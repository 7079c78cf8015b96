package machine

import "runnext/sim/machine/interp"

// gmpPaths are the import paths under which a program finds package gmp.
var gmpPaths = []string{"gmp", "runnext/gmp", "runnext/sim/gmp"}

// gmpNatives are the functions by which a program speaks to the scheduler it
// runs on.
func gmpNatives(h *host) map[string]native {
	out := map[string]native{}
	resumed := func(t *thread) status { return t.Return() }
	for _, p := range gmpPaths {
		out[p+".Syscall"] = func(t *thread, a []value) status {
			h.s.Syscall(h.sync(t), a[0].Int())
			return t.Await(resumed)
		}
		out[p+".NetWait"] = func(t *thread, a []value) status {
			h.s.NetWait(h.sync(t), a[0].Int())
			return t.Await(resumed)
		}
		out[p+".Label"] = func(t *thread, a []value) status {
			h.s.Label(h.sync(t), a[0].Str())
			return t.Return()
		}
		out[p+".Work"] = func(t *thread, a []value) status { return h.work(t, a[0].Int()) }
	}
	return out
}

// work computes for d nanoseconds, in pieces, so that sysmon finds it at it.
func (h *host) work(t *thread, d int64) status {
	m := h.sync(t)
	n := min(d, h.s.WorkBudget(m))
	if d <= 0 {
		return t.Return()
	}
	h.s.Charge(m, n)
	// It is ahead of the other Ms now: they come first.
	return t.Await(func(t *thread) interp.Status { return h.work(t, d-n) })
}
