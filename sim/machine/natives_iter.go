package machine

import (
	"unsafe"

	"runnext/sim"
)

// iterNatives are what iter.Pull asks of the runtime: coroutines. Each is a
// goroutine that no queue ever holds.
func iterNatives(h *host) map[string]native {
	return map[string]native{
		"iter.newcoro": func(t *thread, a []value) status {
			if h.steer != nil {
				h.steer.opaque = true
			}
			r := &goroutine{}
			c, g := h.s.NewCoro(h.sync(t), h.funcName(a[0].Func()), r)
			v := value{P: unsafe.Pointer(c)}
			r.g, r.coro = g, c
			r.t = h.vm.NewThread(a[0].Func(), []value{v})
			r.t.Host = r
			return t.Return(v)
		},
		"iter.coroswitch": func(t *thread, a []value) status {
			if text := h.s.CoroSwitch(h.sync(t), (*sim.Coro)(a[0].P), false); text != "" {
				return t.Throw(text)
			}
			return t.Await(func(t *thread) status { return t.Return() })
		},
	}
}
