package yaegi

import (
	"reflect"
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

	prev, next *wait // in the job's list
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
	j, g, ok := c.r.jobs.current()
	if !ok {
		j = c.job
	}
	w := &wait{j: j, g: g, c: c, site: site, kind: kind, on: on, since: time.Now()}
	ws := &j.waits
	ws.mu.Lock()
	if w.next = ws.first; w.next != nil {
		w.next.prev = w
	}
	ws.first = w
	ws.mu.Unlock()
	ws.epoch.Add(1)
	if kind != waitSleep {
		ws.parked.Add(1)
		j.suspect()
	}
	return w, j.until()
}

// over ends the wait.
func (w *wait) over() {
	ws := &w.j.waits
	if w.kind != waitSleep {
		ws.parked.Add(-1)
	}
	ws.epoch.Add(1)
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

// list gives the waits, the longest first.
func (ws *waits) list() []*wait {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	var out []*wait
	for w := ws.first; w != nil; w = w.next {
		out = append(out, w)
	}
	for i, k := 0, len(out)-1; i < k; i, k = i+1, k-1 {
		out[i], out[k] = out[k], out[i]
	}
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
