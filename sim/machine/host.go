package machine

import (
	"bufio"
	"fmt"
	"maps"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"runnext/sim"
	"runnext/sim/event"
	"runnext/sim/machine/interp"
)

// perNS is how many instructions of SSA a virtual nanosecond holds: a model,
// slower than compiled loops and about as fast as compiled calls.
const perNS = 2

// host serves the threads of one run. Everything is on one goroutine.
type host struct {
	cfg       *Config
	s         *sim.Sched
	vm        *interp.Machine
	cur       *sim.M // whose G runs
	lastG     *sim.G // that ran; it may be another goroutine by now
	lastID    int64
	log       *event.Log
	status    int
	ended     bool
	state     *stateWriter
	sites     map[interp.Place]*event.Site
	holders   map[*value]int64 // of locks, when there is a log
	timers    map[unsafe.Pointer]*sim.Timer
	pools     map[unsafe.Pointer]*pool
	maps      map[unsafe.Pointer]*interp.Map
	notify    map[unsafe.Pointer]*sim.NotifyList
	names     map[*interp.Func]string
	pcs       []interp.Place // what the program has asked program counters of
	free      []*goroutine   // that are over, to be used again
	once      map[string]interp.Value
	stdin     *bufio.Reader
	env       map[string]string
	signals   *signals
	done      <-chan struct{} // closed when the run is to end
	fault     *Fault
	dying     bool // a panic's text is being made
	addresses map[unsafe.Pointer]uint64
	paused    map[*pausing]bool // printers and scans that wait for a method
	printed   int64             // bytes
	executed  int64             // instructions
	limit     int64             // of the clock, at which the stretch ends
	asked     int64             // bytes that compiled code would have allocated
	steer     *Steered          // nil: the scheduler decides
}

// goroutine is a G as the machine sees it.
type goroutine struct {
	g       *sim.G
	t       *interp.Thread
	proc    *Proc
	coro    *sim.Coro // what it leaves when it ends, of a coroutine
	charged int64     // instructions of this stretch that are paid for
	rest    int64     // those that do not make up a nanosecond yet
}

func newHost(cfg *Config, steer *Steered) (*host, error) {
	h := &host{cfg: cfg, steer: steer, log: &event.Log{Max: cfg.MaxEvents}, sites: map[interp.Place]*event.Site{},
		timers: map[unsafe.Pointer]*sim.Timer{}, pools: map[unsafe.Pointer]*pool{},
		maps: map[unsafe.Pointer]*interp.Map{}, notify: map[unsafe.Pointer]*sim.NotifyList{},
		once: map[string]interp.Value{}, names: map[*interp.Func]string{}}
	if err := h.boot(); err != nil {
		return nil, err
	}
	h.vm = interp.New(cfg.Program, h, h.natives(), globals(h), func(p *ssa.Package) bool {
		// Package time looks at the clock when it starts, and log tells
		// log/slog how it prints.
		return p == cfg.Main || p.Pkg.Path() == "time" || p.Pkg.Path() == "log"
	})
	if steer == nil {
		h.vm.Overdue = func() bool { return h.cur != nil && h.cur.Now() > h.limit }
		h.vm.MapUsed = h.mapUsed
	}
	h.limits()
	if steer == nil {
		h.vm.Leaves(func(f *ssa.Function) bool {
			p := pkgOf(f)
			return p != nil && p.Path() == "sync/atomic"
		})
	}
	generics := reflectGenerics(h)
	maps.Copy(generics, weakGenerics())
	h.vm.Generics(generics)
	if cfg.State != nil && cfg.StateAt != "" {
		h.state = &stateWriter{h: h, w: cfg.State}
		if err := h.state.trap(cfg.StateAt); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// boot makes the scheduler.
func (h *host) boot() error {
	sc := sim.Config{P: h.cfg.P, CPUs: h.cfg.CPUs, Spans: h.cfg.Spans, Seed: h.cfg.Seed, BootTick: h.cfg.BootTick, Faults: h.cfg.Faults, Costs: h.cfg.Costs}
	switch {
	case h.cfg.Log:
		sc.Sink = func(e *event.Event) {
			h.log.Add(*e)
			if h.cfg.Frames {
				h.noteFrames(e)
			}
		}
		sc.Where = h.where
	case h.steer == nil:
		sc.Sink = func(e *event.Event) { h.log.Hash = h.log.Hash.Add(e) }
	}
	if h.steer != nil {
		sc.P, sc.Watch, sc.Costs = 1, h.steer, &sim.Costs{}
	}
	s, err := sim.New(sc)
	if err != nil {
		return err
	}
	h.s = s
	h.log.Start = s.Snapshot()
	return nil
}

// natives are the machine's, in a steered run with those that can be stopped
// before.
func (h *host) natives() map[string]native {
	all := natives(h)
	if h.steer != nil {
		h.steer.replace(all)
	}
	return all
}

func (h *host) of(t *interp.Thread) *goroutine { return t.Host.(*goroutine) }

// sync charges the M for what its thread has executed so far.
func (h *host) sync(t *interp.Thread) *sim.M {
	if t.Quiet() && t.Host == nil || h.steer != nil {
		return h.cur
	}
	r := h.of(t)
	if n := t.Spent() - r.charged; n > 0 {
		r.charged += n
		h.executed += n
		if !t.Quiet() {
			n += r.rest
			r.rest = n % perNS
			h.s.Charge(h.cur, n/perNS)
		}
	}
	return h.cur
}

// Go is a go statement.
func (h *host) Go(t *interp.Thread, c *interp.Closure, args []interp.Value) interp.Status {
	if h.steer == nil {
		h.spawn(h.sync(t), c, args)
		return t.Return()
	}
	start := func(t *interp.Thread) interp.Status {
		h.spawn(h.sync(t), c, args)
		return t.Return()
	}
	if h.steer != nil && h.steer.counts {
		return h.visible(t, h.steer.counting("go", true), start)
	}
	return start(t)
}

func (h *host) spawn(m *sim.M, c *interp.Closure, args []interp.Value) *sim.G {
	var r *goroutine
	if n := len(h.free) - 1; n >= 0 {
		r, h.free = h.free[n], h.free[:n]
		r.t.Reuse(c, args)
		*r = goroutine{t: r.t}
	} else {
		r = &goroutine{t: h.vm.NewThread(c, args)}
		r.t.Host = r
	}
	r.g = h.s.Go(m, h.funcName(c), r)
	if h.steer != nil {
		h.steer.spawned(r)
	}
	return r.g
}

func (h *host) funcName(c *interp.Closure) string {
	name, ok := h.names[c.Fn]
	if !ok {
		if name = c.Fn.Name; c.Fn.SSA != nil {
			name = ssaName(c.Fn.SSA)
		}
		h.names[c.Fn] = name
	}
	return name
}

// where tells the scheduler where a G stands: the innermost frame of the
// learner's own code.
func (h *host) where(g *sim.G) *event.Site {
	r, ok := g.Host.(*goroutine)
	if !ok || r == nil {
		return nil
	}
	p, ok := r.t.Innermost(h.own)
	if !ok {
		return nil
	}
	return h.site(p)
}

// own tells whether a function belongs to the program itself.
func (h *host) own(f *ssa.Function) bool {
	for f.Parent() != nil {
		f = f.Parent()
	}
	if o := f.Origin(); o != nil {
		f = o
	}
	return f.Pkg == h.cfg.Main
}

func (h *host) site(p interp.Place) *event.Site {
	if s := h.sites[p]; s != nil {
		return s
	}
	pos := h.cfg.Program.Fset.Position(p.Pos)
	s := &event.Site{Func: ssaName(p.Fn), File: pos.Filename, Line: pos.Line, Col: pos.Column}
	h.sites[p] = s
	return s
}

func toWord(v interp.Value) sim.Word    { return sim.Word(v) }
func toValue(w sim.Word) interp.Value   { return interp.Value(w) }
func chanOf(p unsafe.Pointer) *sim.Chan { return (*sim.Chan)(p) }

// MakeChan makes a channel.
func (h *host) MakeChan(t *interp.Thread, size int) unsafe.Pointer {
	return unsafe.Pointer(h.s.MakeChan(size))
}

// Send sends on a channel.
func (h *host) Send(t *interp.Thread, ch unsafe.Pointer, v interp.Value) interp.Status {
	if h.steer == nil {
		return h.send(t, ch, v)
	}
	return h.visible(t, onChans("send", true, ch), func(t *interp.Thread) interp.Status { return h.send(t, ch, v) })
}

func (h *host) send(t *interp.Thread, ch unsafe.Pointer, v interp.Value) interp.Status {
	switch h.s.Send(h.sync(t), chanOf(ch), toWord(v), true) {
	case sim.SentClosed:
		return t.RaisePlain("send on closed channel")
	case sim.Parked:
		return t.Await(sent)
	}
	return t.Return()
}

// sent goes on with a thread that waited to send.
func sent(t *interp.Thread) interp.Status {
	if !t.Host.(*goroutine).g.Ok {
		return t.RaisePlain("send on closed channel")
	}
	return t.Return()
}

// Recv receives from a channel.
func (h *host) Recv(t *interp.Thread, ch unsafe.Pointer) interp.Status {
	if h.steer == nil {
		return h.recv(t, ch)
	}
	return h.visible(t, onChans("receive", true, ch), func(t *interp.Thread) interp.Status { return h.recv(t, ch) })
}

func (h *host) recv(t *interp.Thread, ch unsafe.Pointer) interp.Status {
	if h.s.Recv(h.sync(t), chanOf(ch), true) == sim.Parked {
		return t.Await(received)
	}
	return received(t)
}

// received leaves what the thread's G has received.
func received(t *interp.Thread) interp.Status {
	g := t.Host.(*goroutine).g
	return t.Return(toValue(g.Got), interp.Bool(g.Ok))
}

// Select runs a select statement.
func (h *host) Select(t *interp.Thread, cases []interp.Case, block bool) interp.Status {
	return h.visible(t, onCases(cases), func(t *interp.Thread) interp.Status { return h.selects(t, cases, block) })
}

func (h *host) selects(t *interp.Thread, cases []interp.Case, block bool) interp.Status {
	m := h.sync(t)
	g := m.Curg()
	list := make([]sim.Case, len(cases))
	for i, c := range cases {
		list[i] = sim.Case{C: chanOf(c.Chan), Send: c.Send, Elem: toWord(c.Elem)}
	}
	got := func(t *interp.Thread) interp.Status {
		i := g.Index
		if i >= 0 && cases[i].Send {
			if !g.Ok {
				return t.RaisePlain("send on closed channel")
			}
			return t.Return(interp.Int(int64(i)), interp.Bool(false), interp.Value{})
		}
		if i < 0 {
			if h.steer != nil {
				h.of(t).proc.Calm = true
			}
			return t.Return(interp.Int(-1), interp.Bool(false), interp.Value{})
		}
		return t.Return(interp.Int(int64(i)), interp.Bool(g.Ok), toValue(g.Got))
	}
	g.Ok = true
	switch h.s.Select(m, list, block) {
	case sim.SentClosed:
		return t.RaisePlain("send on closed channel")
	case sim.Parked:
		return t.Await(got)
	}
	return got(t)
}

// Close closes a channel.
func (h *host) Close(t *interp.Thread, ch unsafe.Pointer) interp.Status {
	return h.visible(t, onChans("close", true, ch), func(t *interp.Thread) interp.Status {
		if text := h.s.Close(h.sync(t), chanOf(ch)); text != "" {
			return t.RaisePlain(text)
		}
		return t.Return()
	})
}

// Len is len of a channel.
func (h *host) Len(t *interp.Thread, ch unsafe.Pointer) interp.Status {
	return h.visible(t, onChans("len", false, ch), func(t *interp.Thread) interp.Status {
		return t.Return(interp.Int(int64(h.s.Len(h.sync(t), chanOf(ch)))))
	})
}

// Cap is cap of a channel.
func (h *host) Cap(ch unsafe.Pointer) int { return chanOf(ch).Cap() }

// Call moves the simulated stack pointer down by a frame.
func (h *host) Call(t *interp.Thread, n int64) bool {
	if h.cur == nil || h.cur.Curg() == nil {
		return true
	}
	return h.s.Call(h.cur, n)
}

// Return moves it up again.
func (h *host) Return(t *interp.Thread, n int64) { h.of(t).g.Drop(n) }

// Rand draws for the order of maps.
func (h *host) Rand(n uint32) uint32 {
	if h.steer != nil {
		h.steer.drew()
	}
	return h.s.Rand(n)
}

// Print is print and println.
func (h *host) Print(text string) { fmt.Fprint(h.cfg.Stderr, text) }
