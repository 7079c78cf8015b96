package yaegi

import (
	"runtime"
	"runtime/trace"
	"sync"
	"sync/atomic"
	"unsafe"
)

// waits counts a job's goroutines that wait.
type waits struct {
	mu     sync.Mutex
	first  *wait       // of those that have no memory of their own
	ended  atomic.Bool // the job unwinds: nothing waits for long
	asleep atomic.Int64

	// moves has in its low half how many wait, but for those asleep. Its high
	// half changes whenever one begins or ends to wait.
	moves atomic.Uint64
}

const oneMove = 1 << 32

// parked gives the goroutines that wait, but for those asleep.
func (ws *waits) parked() int64 { return int64(uint32(ws.moves.Load())) }

// epoch changes whenever a goroutine begins or ends to wait.
func (ws *waits) epoch() uint64 { return ws.moves.Load() }

// enter and leave count a wait.
func (ws *waits) enter(kind waitKind) (turn uint64) {
	if kind == waitSleep {
		ws.asleep.Add(1)
		return ws.moves.Add(oneMove)
	}
	return ws.moves.Add(oneMove + 1)
}

func (ws *waits) leave(kind waitKind) {
	if kind == waitSleep {
		ws.asleep.Add(-1)
		ws.moves.Add(oneMove)
		return
	}
	ws.moves.Add(oneMove - 1)
}

// States of a wait, which say whose its memory is.
const (
	waitIdle   = iota // nobody's
	waitTaken         // of the goroutine that is about to wait
	waitStands        // of who looks at it first
	waitLooked        // of who looks at it
)

// park notes that the running goroutine waits, and gives the channel that ends
// it. What it returns is over when the goroutine has what it waited for, or
// leaves.
func (c *cell) park(kind waitKind, site int, on ...waitOn) (*wait, chan struct{}) {
	w := c.take()
	w.on = on
	return w, w.begin(c, kind, site, false)
}

// parkOn is park for one channel or lock, without memory for that. For a
// channel that is rescuable it gives nil: the goroutine may wait for it alone.
func (c *cell) parkOn(kind waitKind, site int, on waitOn, rescuable bool) (*wait, chan struct{}) {
	w := c.take()
	w.one[0] = on
	w.on = w.one[:]
	return w, w.begin(c, kind, site, rescuable)
}

// take gives memory for a wait of the running goroutine: its own, unless it
// waits already. Compiled code has goroutines that go by the labels of the one
// which started them.
func (c *cell) take() *wait {
	j, g := c.running()
	if g != nil && g.wait.state.CompareAndSwap(waitIdle, waitTaken) {
		return &g.wait
	}
	return &wait{j: j, g: g, listed: true}
}

// room gives memory for what a wait is for.
func (w *wait) room(n int) []waitOn {
	if n > cap(w.many) {
		w.many = make([]waitOn, n)
	}
	return w.many[:n]
}

func (w *wait) begin(c *cell, kind waitKind, site int, plain bool) (until chan struct{}) {
	ws := &w.j.waits
	if !plain {
		if until, w.spare = w.spare, nil; until == nil {
			until = make(chan struct{})
		}
	}
	w.prog, w.site, w.kind, w.since, w.plain = c.prog, site, kind, c.r.clock.now(), plain
	w.until = addressOf(*(*unsafe.Pointer)(unsafe.Pointer(&until)))
	if ws.ended.Load() {
		w.until = 0
	}
	w.turn = ws.enter(kind)
	if w.listed {
		ws.list(w)
	}
	w.state.Store(waitStands)
	if trace.IsEnabled() {
		w.observed()
	}
	if ws.ended.Load() {
		return w.j.until()
	}
	return until
}

// over ends the wait, and tells whether its job has ended. What ended the wait
// must not be gone before nobody can look at it any more, which knows its
// address alone.
func (w *wait) over(until chan struct{}) (ended bool) {
	ws := &w.j.waits
	ws.leave(w.kind)
	ended = ws.ended.Load()
	if !ended && until != nil { // it is this wait's own, and has not been closed before now
		w.spare = until
	}
	for !w.state.CompareAndSwap(waitStands, waitIdle) {
		runtime.Gosched() // somebody looks
	}
	runtime.KeepAlive(until)
	if w.listed {
		ws.unlist(w)
	}
	return ended
}

// look calls f with the wait if it stands, and holds it meanwhile.
func (w *wait) look(f func(*wait)) {
	for !w.state.CompareAndSwap(waitStands, waitLooked) {
		if w.state.Load() != waitLooked {
			return
		}
		runtime.Gosched()
	}
	f(w)
	w.state.Store(waitStands)
}

func (ws *waits) list(w *wait) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if w.next = ws.first; w.next != nil {
		w.next.prev = w
	}
	ws.first = w
}

func (ws *waits) unlist(w *wait) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		ws.first = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	}
}

// eachWait calls f with every wait, and holds it meanwhile.
func (j *job) eachWait(f func(*wait)) {
	for _, g := range j.goroutines() {
		g.wait.look(f)
	}
	ws := &j.waits
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for w := ws.first; w != nil; w = w.next {
		w.look(f)
	}
}

// end lets everybody go who waits.
func (j *job) end() {
	j.waits.ended.Store(true)
	var plain []standingWait
	j.eachWait(func(w *wait) {
		if w.plain {
			plain = append(plain, standingWait{w, w.turn})
		}
		if w.until != 0 {
			p := w.until.pointer()
			close(*(*chan struct{})(unsafe.Pointer(&p)))
			w.until = 0
		}
	})
	j.r.rescues.rescue(plain)
}

// hold adds pointers to what would let everybody go.
func (j *job) hold(held []unsafe.Pointer) []unsafe.Pointer {
	j.eachWait(func(w *wait) {
		if held = append(held, w.until.pointer()); w.plain {
			held = append(held, w.on[0].p.pointer())
		}
	})
	return held
}
