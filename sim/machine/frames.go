package machine

import (
	"fmt"

	"runnext/sim/event"
)

// maxNoted is how many frames of a stack are noted, those that repeat counted
// as one.
const maxNoted = 12

// noteFrames keeps, beside an event at which a G's registers are saved or its
// stack grows, the calls that lie on the stack.
func (h *host) noteFrames(e *event.Event) {
	switch e.Kind {
	case event.Parked, event.Yielded, event.Preempted, event.StackGrown:
	default:
		return
	}
	i := len(h.log.Events) - 1
	if i < 0 || h.log.Events[i] != *e {
		return // the log is full
	}
	if f := h.frames(e.G); len(f) > 0 {
		if h.log.Frames == nil {
			h.log.Frames = map[int][]string{}
		}
		h.log.Frames[i] = f
	}
}

// frames names the calls on a G's stack, the innermost first.
func (h *host) frames(g int64) []string {
	r := h.goroutine(g)
	if r == nil || r.t == nil {
		return nil
	}
	var out []string
	var times []int
	for _, p := range r.t.Trace() {
		name := ssaName(p.Fn)
		if h.own(p.Fn) {
			if s := h.site(p); s.Line > 0 {
				name = fmt.Sprintf("%s:%d", name, s.Line)
			}
		}
		if n := len(out); n > 0 && out[n-1] == name {
			times[n-1]++
			continue
		}
		if len(out) == maxNoted {
			out, times = append(out, "…"), append(times, 1)
			break
		}
		out, times = append(out, name), append(times, 1)
	}
	for i, n := range times {
		if n > 1 {
			out[i] += fmt.Sprintf(" ×%d", n)
		}
	}
	return out
}
