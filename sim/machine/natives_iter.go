package machine

import "runnext/sim/machine/interp"

// iterNatives are what iter.Pull asks of the runtime: coroutines. A goroutine
// number is used up for each, and no queue is touched.
func iterNatives(h *host) map[string]native {
	return map[string]native{
		"iter.newcoro": func(t *thread, a []value) status {
			h.s.SkipID(h.sync(t))
			return t.Return(interp.NewCoro(a[0].Func()))
		},
		"iter.coroswitch": func(t *thread, a []value) status { return t.Switch(a[0]) },
	}
}
