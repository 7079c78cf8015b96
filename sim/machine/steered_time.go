package machine

import (
	"strings"
	"unsafe"
)

// times are the operations on timers and the clock, and those of package
// runtime that matter to who goes on.
func (s *Steered) times(all map[string]native) map[string]native {
	clock := func(write bool) Touch { return Touch{unsafe.Pointer(&s.clock), write} }
	sleep := func(kind string) native {
		return func(t *thread, a []value) status {
			return s.op(t, Op{Kind: kind, On: []Touch{clock(false)}, Calm: true}, func(t *thread, _ *Proc) status {
				if s.h.s.Sleep(s.h.s.First(), a[0].Int()) {
					return t.Await(func(t *thread) status { return t.Return() })
				}
				return t.Return()
			})
		}
	}
	timer := func(kind string, f native) native {
		return func(t *thread, a []value) status {
			op := Op{Kind: kind, On: []Touch{clock(false)}}
			if x := s.h.timers[a[0].P]; x != nil && kind != "set timer" {
				op.On = append(op.On, Touch{unsafe.Pointer(x), true})
				if c := x.Chan(); c != nil {
					op.On = append(op.On, Touch{unsafe.Pointer(c), true})
				}
			}
			return s.op(t, op, func(t *thread, _ *Proc) status { return f(t, a) })
		}
	}
	count := all["runtime.NumGoroutine"]
	out := map[string]native{
		"time.Sleep":      sleep("sleep"),
		"time.newTimer":   timer("set timer", all["time.newTimer"]),
		"time.stopTimer":  timer("stop timer", all["time.stopTimer"]),
		"time.resetTimer": timer("reset timer", all["time.resetTimer"]),
		"runtime.Gosched": func(t *thread, _ []value) status {
			return s.op(t, Op{Kind: "yield", Yield: true, Calm: true}, func(t *thread, _ *Proc) status { return t.Return() })
		},
		"runtime.NumGoroutine": func(t *thread, a []value) status {
			if !s.counts {
				// From now on it matters when a goroutine starts and ends.
				s.counts, s.Again = true, true
			}
			return s.op(t, s.counting("count goroutines", false), func(t *thread, _ *Proc) status { return count(t, a) })
		},
		"runtime.LockOSThread":   ret(),
		"runtime.UnlockOSThread": ret(),
	}
	for _, name := range []string{"time.now", "time.runtimeNow", "time.runtimeNano"} {
		f := all[name]
		out[name] = func(t *thread, a []value) status {
			if t.Host == nil || t.Quiet() || !s.asked(t) {
				return f(t, a)
			}
			return s.op(t, Op{Kind: "clock", On: []Touch{clock(false)}}, func(t *thread, _ *Proc) status {
				// A program that looks at the clock again and again waits
				// for it to move.
				s.looks++
				s.h.s.Pass(s.h.s.First(), 100<<min(s.looks, 40))
				return f(t, a)
			})
		}
	}
	for _, p := range gmpPaths {
		out[p+".Syscall"], out[p+".NetWait"] = sleep("system call"), sleep("wait for the network")
		out[p+".Work"] = ret()
	}
	return out
}

// asked tells whether the program itself, not a package it uses, looks at the
// clock.
func (s *Steered) asked(t *thread) bool {
	for _, p := range t.Trace() {
		if s.h.own(p.Fn) {
			return true
		}
		if pkg := p.Fn.Pkg; pkg == nil || !strings.HasPrefix(pkg.Pkg.Path(), "time") {
			return false
		}
	}
	return false
}

// drew notes that the program's own code was given something drawn by the seed.
func (s *Steered) drew() {
	if s.Drawn || s.cur == nil || s.cur.r == nil {
		return
	}
	if trace := s.cur.r.t.Trace(); len(trace) > 0 {
		pkg := trace[0].Fn.Pkg
		s.Drawn = s.h.own(trace[0].Fn) || pkg != nil && strings.HasPrefix(pkg.Pkg.Path(), "math/rand")
	}
}
