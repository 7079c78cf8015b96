package yaegi

import (
	"reflect"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"runnext/kernel/engine"
)

func itoa(n int) string { return strconv.Itoa(n) }

// waitKind is what a goroutine does while it waits.
type waitKind uint8

const (
	waitSend waitKind = iota + 1
	waitReceive
	waitSelect
	waitLock
	waitReadLock
	waitGroup
	waitErrGroup
	waitCond
	waitOnce
	waitSleep // ends by itself
)

// waitOn is a channel or lock that a goroutine waits for.
type waitOn struct {
	p    unsafe.Pointer
	elem reflect.Type // of a channel
	send bool
}

// wait is a goroutine that cannot go on by itself. Only the way that blocks
// makes one: an operation that can be done at once leaves no trace.
type wait struct {
	j     *job
	g     *goroutine
	c     *cell
	site  int
	kind  waitKind
	on    []waitOn
	since time.Time

	one    [1]waitOn // on's memory, where it is one
	listed bool      // in the job's list, which has what is not a goroutine's own

	prev, next *wait
}

// waits is the registry of a job's goroutines that wait.
type waits struct {
	mu     sync.Mutex
	first  *wait
	parked atomic.Int64  // but for those asleep
	epoch  atomic.Uint64 // changes whenever a goroutine begins or ends to wait
}

// park notes that the running goroutine waits, and gives the channel that ends
// it. What it returns is over when the goroutine has what it waited for, or
// leaves.
func (c *cell) park(kind waitKind, site int, on ...waitOn) (*wait, <-chan struct{}) {
	j, g := c.running()
	return j.park(c, g, kind, site, on, waitOn{})
}

// parkOn is park for one channel or lock, without memory for that.
func (c *cell) parkOn(kind waitKind, site int, on waitOn) (*wait, <-chan struct{}) {
	j, g := c.running()
	return j.park(c, g, kind, site, nil, on)
}

// running gives the job and the goroutine that is running, as
// [jobTable.current] does but for the job whose code runs at once.
func (c *cell) running() (*job, *goroutine) {
	if p := getProfLabel(); p != nil && p != c.job.label && unsafe.Pointer(unsafe.SliceData((*labels)(p).list)) == c.job.listed() {
		return c.job, (*goroutine)(p)
	}
	if j, g, ok := c.r.jobs.current(); ok {
		return j, g
	}
	return c.job, nil
}

func (j *job) park(c *cell, g *goroutine, kind waitKind, site int, on []waitOn, one waitOn) (*wait, <-chan struct{}) {
	ws := &j.waits
	var w *wait
	if g != nil && g.claim() {
		w = &g.wait
	} else {
		w = &wait{listed: true}
	}
	w.j, w.g, w.c, w.site, w.kind, w.on, w.since = j, g, c, site, kind, on, time.Now()
	if on == nil && kind != waitSelect && kind != waitSleep {
		w.one[0] = one
		w.on = w.one[:]
	}
	if w.listed {
		ws.mu.Lock()
		if w.next = ws.first; w.next != nil {
			w.next.prev = w
		}
		ws.first = w
		ws.mu.Unlock()
	} else {
		g.waitMu.Unlock()
	}
	ws.epoch.Add(1)
	w.observed()
	if kind != waitSleep {
		ws.parked.Add(1)
		j.suspect()
	}
	return w, j.until()
}

// claim takes the goroutine's own memory for a wait, and its lock, unless it
// waits already: compiled code has goroutines of its own that go by the labels
// of the one that started them.
func (g *goroutine) claim() bool {
	g.waitMu.Lock()
	if g.waiting {
		g.waitMu.Unlock()
		return false
	}
	g.waiting = true
	return true
}

// over ends the wait.
func (w *wait) over() {
	ws := &w.j.waits
	if w.kind != waitSleep {
		ws.parked.Add(-1)
	}
	ws.epoch.Add(1)
	if !w.listed {
		w.g.waitMu.Lock()
		w.g.waiting = false
		w.on, w.one[0], w.c = nil, waitOn{}, nil
		w.g.waitMu.Unlock()
		return
	}
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

// waitList gives the waits as they are now, the longest first.
func (j *job) waitList() []*wait {
	var out []*wait
	for _, g := range j.goroutines() {
		g.waitMu.Lock()
		if g.waiting {
			w := g.wait
			w.on = slices.Clone(w.on)
			out = append(out, &w)
		}
		g.waitMu.Unlock()
	}
	ws := &j.waits
	ws.mu.Lock()
	for w := ws.first; w != nil; w = w.next {
		out = append(out, w)
	}
	ws.mu.Unlock()
	slices.SortStableFunc(out, func(a, b *wait) int { return a.since.Compare(b.since) })
	return out
}

// chanOf names a channel that is waited for.
func chanOf(ch reflect.Value, send bool) waitOn {
	return waitOn{p: ch.UnsafePointer(), elem: ch.Type().Elem(), send: send}
}

// calls gives the names that emitted programs know the blocking calls by.
var calls = map[waitKind][]string{
	waitLock:     {"(*sync.Mutex).Lock", "(*sync.RWMutex).Lock"},
	waitReadLock: {"(*sync.RWMutex).RLock"},
	waitGroup:    {"(*sync.WaitGroup).Wait"},
	waitErrGroup: {"(*golang.org/x/sync/errgroup.Group).Wait"},
	waitCond:     {"(*sync.Cond).Wait"},
	waitOnce:     {"(*sync.Once).Do"},
	waitSleep:    {"time.Sleep"},
}

// places gives where the goroutine waits: one place, or all that it can be
// when the program makes the same call at several.
func (w *wait) places() []engine.Place {
	if p, ok := w.c.place(w.site, ""); ok {
		return []engine.Place{p}
	}
	var out []engine.Place
	seen := map[int]bool{}
	for _, fn := range w.c.prog.Funcs {
		for _, call := range fn.Calls {
			for _, name := range calls[w.kind] {
				if p, ok := w.c.place(call.Site, fn.Name); ok && call.Name == name && !seen[call.Site] {
					seen[call.Site] = true
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// says tells what the goroutine waits for.
func (w *wait) says(n *names) string {
	name := "a channel"
	if len(w.on) == 1 && w.on[0].elem != nil {
		if w.on[0].p == nil {
			name = "a nil channel, where nobody ever comes"
		} else {
			name = "channel " + n.of(w.on[0].p)
		}
	} else if len(w.on) == 1 {
		name = n.of(w.on[0].p)
	}
	switch w.kind {
	case waitSend:
		return "waits to send on " + name
	case waitReceive:
		return "waits to receive from " + name
	case waitSelect:
		if len(w.on) == 0 {
			return "waits in select {} for ever"
		}
		return "waits in a select of " + itoa(len(w.on)) + " channels"
	case waitLock:
		return "waits to lock " + name
	case waitReadLock:
		return "waits to lock " + name + " for reading"
	case waitGroup:
		return "waits until the counter of WaitGroup " + name + " is zero"
	case waitErrGroup:
		return "waits for the functions of an errgroup"
	case waitCond:
		return "waits for a Signal or Broadcast of Cond " + name
	case waitOnce:
		return "waits for the function of Once " + name
	}
	return "sleeps"
}
