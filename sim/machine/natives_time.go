package machine

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"runnext/sim"
	"runnext/sim/machine/interp"
)

// nano is the monotonic clock a program sees: never zero.
func nano(m *sim.M) int64 { return m.Now() + 1 }

// timeNatives are what package time asks of the runtime.
func timeNatives(h *host) map[string]native {
	now := func(t *thread, _ []value) status {
		m := h.sync(t)
		w := epoch.Add(time.Duration(m.Now()))
		return t.Return(interp.Int(w.Unix()), interp.Int(int64(w.Nanosecond())), interp.Int(nano(m)))
	}
	return map[string]native{
		"time.now":              now,
		"time.runtimeNow":       now,
		"time.runtimeNano":      func(t *thread, _ []value) status { return t.Return(interp.Int(nano(h.sync(t)))) },
		"time.runtimeIsBubbled": ret(interp.Bool(false)),
		"time.initLocal":        h.initLocal,
		"time.LoadLocation":     h.loadLocation,
		"time.syncTimer":        func(t *thread, a []value) status { return t.Return(value{P: a[0].P}) },
		"time.Sleep": func(t *thread, a []value) status {
			if h.s.Sleep(h.sync(t), a[0].Int()) {
				return t.Await(func(t *thread) status { return t.Return() })
			}
			return t.Return()
		},
		"time.newTimer": h.newTimer,
		"time.stopTimer": func(t *thread, a []value) status {
			return t.Return(interp.Bool(h.s.StopTimer(h.sync(t), h.timers[a[0].P])))
		},
		"time.resetTimer": func(t *thread, a []value) status {
			return t.Return(interp.Bool(h.s.ResetTimer(h.sync(t), h.timers[a[0].P], a[1].Int()-1, a[2].Int())))
		},
	}
}

// initLocal makes UTC the local time, as where no zone is set.
func (h *host) initLocal(t *thread, _ []value) status {
	if g, ok := t.M.Prog.ImportedPackage("time").Members["localLoc"].(*ssa.Global); ok {
		*(*value)(t.M.Global(g)) = interp.String("UTC")
	}
	return t.Return()
}

// newTimer makes a time.Timer or time.Ticker: its first field is the channel,
// its second says that it is initialized.
func (h *host) newTimer(t *thread, a []value) status {
	cells := make([]value, 2)
	cells[1] = interp.Bool(true)
	p := unsafe.Pointer(&cells[0])
	when, period, f, arg := a[0].Int()-1, a[1].Int(), a[2].Func(), a[3]
	var c *sim.Chan
	if a[4].P != nil {
		c = chanOf(a[4].P)
	}
	_, inner := t.M.Unbox(arg)
	fire := func(m *sim.M, _ uint64, delay int64) {
		prev := h.cur
		h.cur = m
		if f.Fn.SSA != nil && f.Fn.SSA.Name() == "sendTime" {
			h.s.TrySend(m, chanOf(inner.P), toWord(h.timeValue(m.Now()-delay)))
		} else {
			h.spawn(m, inner.Func(), nil)
		}
		h.cur = prev
	}
	h.timers[p] = h.s.NewTimer(h.sync(t), when, period, c, fire)
	return t.Return(value{P: p})
}

// timeValue is the time.Time of a virtual moment, as time.Now makes it.
// go1.26.8 time/time.go:1347 Now
func (h *host) timeValue(at int64) value {
	const (
		hasMonotonic   = 1 << 63
		unixToInternal = (1969*365 + 1969/4 - 1969/100 + 1969/400) * 86400
		minWall        = (1884*365 + 1884/4 - 1884/100 + 1884/400) * 86400
	)
	w := epoch.Add(time.Duration(at))
	sec := uint64(w.Unix() + unixToInternal - minWall)
	start := int64(0)
	pkg := h.vm.Prog.ImportedPackage("time")
	if g, ok := pkg.Members["startNano"].(*ssa.Global); ok {
		start = (*value)(h.vm.Global(g)).Int()
	}
	cells := []value{{N: hasMonotonic | sec<<30 | uint64(w.Nanosecond())}, interp.Int(at + 1 - start), {}}
	if g, ok := pkg.Members["Local"].(*ssa.Global); ok {
		cells[2] = *(*value)(h.vm.Global(g))
	}
	return value{P: unsafe.Pointer(&cells[0])}
}

// loadLocation gives what needs no file of time zones.
// go1.26.8 time/zoneinfo.go:663 LoadLocation
func (h *host) loadLocation(t *thread, a []value) status {
	switch name := a[0].Str(); name {
	case "", "UTC":
		return t.Return(*h.global("time", "UTC"), value{})
	case "Local":
		return t.Return(*h.global("time", "Local"), value{})
	default:
		return t.Fail(fmt.Errorf("time.LoadLocation(%q) cannot run on the simulator: there are no files of time zones; "+
			"time.FixedZone needs none", name))
	}
}
