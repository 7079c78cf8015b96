package yaegi

import (
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"runnext/kernel/core/program"
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
	waitSleep    // ends by itself
	waitCompiled // inside of a call of compiled code
)

// waitOn is a channel or lock that a goroutine waits for.
type waitOn struct {
	p    address
	elem reflect.Type // of a channel
	send bool
}

// address is where something lies that this package must not keep alive: who
// waits for it does, as long as the wait is in its job's list.
type address uintptr

func addressOf(p unsafe.Pointer) address { return address(uintptr(p)) }

// pointer is for what is known to be alive.
func (a address) pointer() unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&a)) }

// wait is a goroutine that cannot go on by itself. Only the way that blocks
// makes one: an operation that can be done at once leaves no trace.
type wait struct {
	j     *job
	g     *goroutine
	prog  *program.Program
	site  int
	kind  waitKind
	on    []waitOn
	until address // of a channel that nobody else has; 0 once it is closed
	since time.Time

	compiled string // the function of a waitCompiled

	one    [1]waitOn // on's memory, where it is one
	listed bool      // in the job's list, which has what is not a goroutine's own

	prev, next *wait
}

// waits is the registry of a job's goroutines that wait.
type waits struct {
	mu     sync.Mutex
	first  *wait
	ended  atomic.Bool  // the job unwinds: nothing waits for long
	parked atomic.Int64 // but for those asleep
	asleep atomic.Int64
	epoch  atomic.Uint64 // changes whenever a goroutine begins or ends to wait
}

// park notes that the running goroutine waits, and gives the channel that ends
// it. What it returns is over when the goroutine has what it waited for, or
// leaves.
func (c *cell) park(kind waitKind, site int, on ...waitOn) (*wait, chan struct{}) {
	j, g := c.running()
	return j.park(c, g, kind, site, on, waitOn{})
}

// parkOn is park for one channel or lock, without memory for that.
func (c *cell) parkOn(kind waitKind, site int, on waitOn) (*wait, chan struct{}) {
	j, g := c.running()
	return j.park(c, g, kind, site, nil, on)
}

// running gives the job and the goroutine that is running, or the job whose
// code runs.
func (c *cell) running() (*job, *goroutine) {
	if j, g, ok := c.r.jobs.current(); ok {
		return j, g
	}
	return c.job, nil
}

func (j *job) park(c *cell, g *goroutine, kind waitKind, site int, on []waitOn, one waitOn) (*wait, chan struct{}) {
	ws := &j.waits
	var w *wait
	if g != nil && g.claim() {
		w = &g.wait
	} else {
		w = &wait{listed: true}
	}
	w.j, w.g, w.prog, w.site, w.kind, w.on, w.since = j, g, c.prog, site, kind, on, time.Now()
	if on == nil && kind != waitSelect && kind != waitSleep {
		w.one[0] = one
		w.on = w.one[:]
	}
	until, _ := j.r.untils.Get().(chan struct{})
	if until == nil {
		until = make(chan struct{})
	}
	w.until = address(reflect.ValueOf(until).Pointer())
	if w.listed {
		ws.mu.Lock()
		if w.next = ws.first; w.next != nil {
			w.next.prev = w
		}
		ws.first = w
	}
	ended := ws.ended.Load()
	if ended {
		w.until = 0
	}
	w.locker().Unlock()
	ws.epoch.Add(1)
	w.observed()
	if kind == waitSleep {
		ws.asleep.Add(1)
	} else {
		ws.parked.Add(1)
		j.suspect()
	}
	if ended {
		return w, j.until()
	}
	return w, until
}

// locker guards a wait while it stands.
func (w *wait) locker() *sync.Mutex {
	if w.listed {
		return &w.j.waits.mu
	}
	return &w.g.waitMu
}

// end lets everybody go who waits.
func (j *job) end() {
	j.waits.ended.Store(true)
	j.eachWait(func(w *wait) {
		if w.until != 0 {
			p := w.until.pointer()
			close(*(*chan struct{})(unsafe.Pointer(&p)))
			w.until = 0
		}
	})
}

// hold adds pointers to what would let everybody go.
func (j *job) hold(held []unsafe.Pointer) []unsafe.Pointer {
	j.eachWait(func(w *wait) { held = append(held, w.until.pointer()) })
	return held
}

// eachWait calls f with every wait, under its lock.
func (j *job) eachWait(f func(*wait)) {
	for _, g := range j.goroutines() {
		g.waitMu.Lock()
		if g.waiting {
			f(&g.wait)
		}
		g.waitMu.Unlock()
	}
	ws := &j.waits
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for w := ws.first; w != nil; w = w.next {
		f(w)
	}
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

// over ends the wait. What ended it must not be gone before it is out of the
// list, which knows its address alone.
func (w *wait) over(until chan struct{}) {
	ws := &w.j.waits
	if w.kind == waitSleep {
		ws.asleep.Add(-1)
	} else {
		ws.parked.Add(-1)
	}
	ws.epoch.Add(1)
	mu := w.locker()
	mu.Lock()
	defer mu.Unlock()
	if w.until != 0 { // nobody has closed it, and it is known to nobody any more
		w.until = 0
		w.j.r.untils.Put(until)
	}
	runtime.KeepAlive(until)
	if !w.listed {
		w.g.waiting = false
		w.on, w.one[0] = nil, waitOn{}
		return
	}
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
	j.eachWait(func(w *wait) {
		now := *w
		now.on = slices.Clone(w.on)
		out = append(out, &now)
	})
	slices.SortStableFunc(out, func(a, b *wait) int { return a.since.Compare(b.since) })
	return out
}

// chanOf names a channel that is waited for.
func chanOf(ch reflect.Value, send bool) waitOn {
	return waitOn{p: addressOf(ch.UnsafePointer()), elem: ch.Type().Elem(), send: send}
}

// calls gives the names that emitted programs know the blocking calls by.
var calls = map[waitKind][]string{
	waitLock:     {"(*sync.Mutex).Lock", "(*sync.RWMutex).Lock"},
	waitReadLock: {"(*sync.RWMutex).RLock"},
	waitGroup:    {"(*sync.WaitGroup).Wait"},
	waitErrGroup: {"(*golang.org/x/sync/errgroup.Group).Wait"},
	waitCond:     {"(*sync.Cond).Wait"},
	waitSleep:    {"time.Sleep"},
}

// places gives where the goroutine waits: one place, or all that it can be
// when the program makes the same call at several.
func (w *wait) places() []engine.Place {
	if p, ok := placeOf(w.prog, w.site, ""); ok {
		return []engine.Place{p}
	}
	var out []engine.Place
	seen := map[int]bool{}
	names := calls[w.kind]
	if w.kind == waitCompiled {
		names = []string{w.compiled, relative(w.compiled), w.compiled[strings.LastIndexByte(w.compiled, '.')+1:]}
	}
	find := func(called func(program.Call) bool) {
		for _, fn := range w.prog.Funcs {
			for _, call := range fn.Calls {
				if p, ok := placeOf(w.prog, call.Site, fn.Name); ok && called(call) && !seen[call.Site] {
					seen[call.Site] = true
					out = append(out, p)
				}
			}
		}
	}
	find(func(c program.Call) bool { return c.Name != "" && slices.Contains(names, c.Name) })
	if len(out) == 0 { // through a function value
		find(func(c program.Call) bool { return c.Name == "" && c.Func == 0 })
	}
	return out
}

// relative gives the name that emitted programs know a method by, which stacks
// call io.(*PipeReader).Read.
func relative(name string) string {
	pkg, method, ok := strings.Cut(name, ".(*")
	if !ok {
		return name
	}
	return "(*" + pkg + "." + method
}

// says tells what the goroutine waits for.
func (w *wait) says(n *names) string {
	name := "a channel"
	if len(w.on) == 1 && w.on[0].elem != nil {
		if w.on[0].p == 0 {
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
	case waitCompiled:
		return "waits in a call of " + w.compiled
	}
	return "sleeps"
}
