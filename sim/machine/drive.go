package machine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/tools/go/ssa"

	"runnext/sim"
	"runnext/sim/machine/interp"
)

// begin gives G1 its thread.
func (h *host) begin(main *ssa.Function) *goroutine {
	g := h.s.Main()
	th := h.vm.NewThread(h.entry(main), nil)
	r := &goroutine{t: th, g: g}
	th.Host = r
	g.Host = r
	return r
}

// drive lets the scheduler pick and the picked thread run, until the program
// ends.
func (h *host) drive(ctx context.Context, main *ssa.Function) (*Result, error) {
	h.begin(main)
	looked := int64(0) // the instructions executed when ctx was looked at last
	for rounds := 0; !h.ended; rounds++ {
		if rounds&255 == 0 || h.executed-looked > maxStretch {
			if looked = h.executed; ctx.Err() != nil {
				h.cut(timeUp)
				break
			}
		}
		if h.cfg.Steps > 0 && h.s.Events() >= h.cfg.Steps {
			h.cut(fmt.Sprintf("the limit of %d steps is reached", h.cfg.Steps))
			break
		}
		if h.s.Live() > h.cfg.Goroutines {
			h.cut(fmt.Sprintf("the limit of %d goroutines is reached", h.cfg.Goroutines))
			break
		}
		m, err := h.s.Next()
		var dead *sim.Fatal
		switch {
		case errors.As(err, &dead):
			h.deadlock(dead.Text)
			return h.result(), nil
		case errors.Is(err, sim.ErrExited):
			return h.result(), nil
		case errors.Is(err, sim.ErrLater):
			looked = h.executed - maxStretch - 1 // it may be long
			continue
		case err != nil:
			return nil, err
		}
		if err := h.stretch(m); err != nil {
			return nil, err
		}
	}
	return h.result(), nil
}

const timeUp = "the time is up"

// maxStretch bounds the instructions between two looks at the context.
const maxStretch = 1 << 20

// stretch runs m's G until the scheduler must be asked again.
func (h *host) stretch(m *sim.M) error {
	r := m.Curg().Host.(*goroutine)
	h.cur, h.lastG, h.lastID = m, r.g, r.g.ID
	r.charged = 0
	budget := min(h.s.Budget(m), maxStretch)
	n := budget * perNS
	h.limit = m.Now() + budget
	if h.steer == nil {
		h.vm.Made(h.s.Room(m))
	}
	st, ok := h.execute(r.t, n)
	if !ok {
		h.cut(timeUp)
		return nil
	}
	if m.Running(r.g) {
		h.sync(r.t)
	}
	if h.steer == nil {
		if bytes, scan := h.vm.Made(0); bytes > 0 {
			h.asked += bytes
			h.s.Allocated(m, r.g, bytes, scan)
		}
	}
	if st != interp.Ended {
		return nil
	}
	return h.over(m, r)
}

// execute lets a thread execute n instructions at most; ok is false when the run
// was to end meanwhile.
func (h *host) execute(t *thread, n int64) (st status, ok bool) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		stop, is := r.(interp.Stop)
		switch {
		case !is:
			panic(r)
		case stop.Text != "":
			st, ok = t.Throw(stop.Text), true
		}
	}()
	_, st = t.Run(n)
	return st, true
}

// over ends a goroutine, and the program if that is its end.
func (h *host) over(m *sim.M, r *goroutine) error {
	t := r.t
	switch {
	case h.ended:
		return nil
	case t.Err() != nil:
		return fmt.Errorf("%w: %w", ErrRefused, t.Err())
	case t.Fatal() != "":
		h.crash(r, t.Fatal())
		return nil
	case t.Died() != nil:
		return h.panicked(m, r)
	case r.coro != nil:
		if text := h.s.CoroSwitch(m, r.coro, true); text != "" {
			h.crash(r, text)
		}
		return nil
	case r.g.ID == 1 && !t.Exited():
		h.s.Stop(m, true)
		h.ended = true
		return nil
	}
	h.s.Exit(m)
	if h.steer == nil && r.g.ID != 1 {
		t.Release()
		h.free = append(h.free, r)
	}
	return nil
}

// entry is what G1 runs: the initialization of all packages, then main.
func (h *host) entry(main *ssa.Function) *interp.Closure {
	return interp.NativeFunc("runtime.main", 0, func(t *interp.Thread, _ []interp.Value) interp.Status {
		return t.Call(h.vm.FuncOf(h.cfg.Main.Func("init")), nil, func(t *interp.Thread) interp.Status {
			h.sync(t)
			h.mark("@start")
			return t.Call(h.vm.FuncOf(main), nil, func(t *interp.Thread) interp.Status {
				h.sync(t)
				h.mark("@end")
				return h.visible(t, Op{Kind: "exit", Ends: true}, func(t *interp.Thread) interp.Status { return t.Return() })
			})
		})
	})
}

func (h *host) mark(name string) {
	if h.state != nil {
		h.state.write(name)
	}
}

func (h *host) exit(status int) {
	h.status, h.ended = status, true
	h.s.Stop(h.cur, false)
}

func (h *host) result() *Result {
	h.log.Total = h.s.Events()
	return &Result{Status: h.status, Log: h.log, Events: h.s.Events(), Hash: h.log.Hash,
		Time: time.Duration(h.s.Now()), Instrs: h.executed, Fault: h.fault}
}

// cut ends a run that has used up its allowance, and says who was running.
func (h *host) cut(why string) {
	h.status = StatusCut
	who := "no goroutine has run"
	g, id, did := h.lastG, h.lastID, "ran last:"
	if h.cur != nil && h.cur.Curg() != nil {
		g, id, did = h.cur.Curg(), h.cur.Curg().ID, "was running"
	}
	if g != nil {
		who = fmt.Sprintf("G%d %s", id, strings.TrimSuffix(did, ":"))
		if s := h.where(g); s != nil && g.ID == id {
			who = fmt.Sprintf("G%d %s %s at %s:%d", id, did, s.Func, s.File, s.Line)
		}
	}
	fmt.Fprintf(h.cfg.Stderr, "runnext sim: %s after %v; %s\n", why, time.Duration(h.s.Now()), who)
	h.ended = true
}
