package machine

import (
	"fmt"
	"strings"

	"runnext/sim"
	"runnext/sim/machine/interp"
)

// maxProcs bounds GOMAXPROCS; more Ps than that are not made.
const maxProcs = 1024

// runtimeNatives are the functions of package runtime that make sense here.
func runtimeNatives(h *host) map[string]native {
	setting := func() native {
		old := value{}
		return func(t *thread, a []value) status {
			was := old
			if a[0].Int() >= 0 {
				old = a[0]
			}
			return t.Return(was)
		}
	}
	return map[string]native{
		"runtime.Gosched": func(t *thread, _ []value) status {
			h.s.Gosched(h.sync(t))
			return t.Await(func(t *thread) status { return t.Return() })
		},
		"runtime.Goexit":       func(t *thread, _ []value) status { return t.Goexit() },
		"runtime.NumGoroutine": func(t *thread, _ []value) status { return t.Return(interp.Int(int64(h.s.Goroutines()))) },
		"runtime.NumCPU":       func(t *thread, _ []value) status { return t.Return(interp.Int(int64(h.s.Procs()))) },
		"runtime.GOMAXPROCS": func(t *thread, a []value) status {
			old := interp.Int(int64(h.s.Procs()))
			n := min(a[0].Int(), maxProcs)
			if n <= 0 || n == old.Int() || h.steer != nil {
				return t.Return(old)
			}
			h.s.SetProcs(h.sync(t), int(n))
			return t.Await(func(t *thread) status { return t.Return(old) })
		},
		"runtime.LockOSThread":        func(t *thread, _ []value) status { h.s.LockOSThread(h.sync(t)); return t.Return() },
		"runtime.UnlockOSThread":      func(t *thread, _ []value) status { h.s.UnlockOSThread(h.sync(t)); return t.Return() },
		"runtime.NumCgoCall":          ret(interp.Int(0)),
		"runtime/debug.ReadBuildInfo": ret(value{}, interp.Bool(false)),
		"runtime.Version":             ret(interp.String("go1.26.8")),
		"runtime.Stack": func(t *thread, a []value) status {
			text := h.stack(t)
			if a[1].N != 0 {
				text += h.stacks(h.of(t).g)
			}
			n := min(len(text), a[0].Len())
			for i, c := range []byte(text[:n]) {
				a[0].Cells(n)[i].N = uint64(c)
			}
			return t.Return(interp.Int(int64(n)))
		},
		// Nothing is profiled.
		"runtime.SetBlockProfileRate":     ret(),
		"runtime.SetCPUProfileRate":       ret(),
		"runtime.SetMutexProfileFraction": setting(),
		"runtime/debug.PrintStack": func(t *thread, _ []value) status {
			fmt.Fprint(h.cfg.Stderr, h.stack(t))
			return t.Return()
		},
		"runtime/debug.Stack": func(t *thread, _ []value) status { return t.Return(interp.ByteSlice([]byte(h.stack(t)))) },
	}
}

// stacks writes the calls of all goroutines but one.
func (h *host) stacks(but *sim.G) string {
	var b strings.Builder
	for _, g := range h.s.All() {
		if g != but && !g.System() {
			h.dumpOne(&b, g)
		}
	}
	return b.String()
}

// stack writes a goroutine's calls the way debug.Stack does.
func (h *host) stack(t *thread) string {
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine %d [running]:\n", h.of(t).g.ID)
	for _, p := range t.Trace() {
		s := h.site(p)
		fmt.Fprintf(&b, "%s(...)\n\t%s:%d\n", s.Func, s.File, s.Line)
	}
	return b.String()
}
