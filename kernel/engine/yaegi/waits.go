package yaegi

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
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
	until address       // of a channel that nobody else has; 0 once it is closed
	plain bool          // for on alone, see rescues
	since time.Duration // of the runner's clock
	turn  uint64        // tells it from all others of its job

	compiled string // the function of a waitCompiled

	state  atomic.Uint32
	one    [1]waitOn     // on's memory, where it is one
	many   []waitOn      // where it is more
	spare  chan struct{} // for until, while nobody waits
	listed bool          // in the job's list, which has what is not a goroutine's own

	prev, next *wait
}

// waitList gives the waits as they are now, the longest first.
func (j *job) waitList() []*wait {
	var out []*wait
	j.eachWait(func(w *wait) {
		now := &wait{j: w.j, g: w.g, prog: w.prog, site: w.site, kind: w.kind, on: slices.Clone(w.on), since: w.since, turn: w.turn}
		out = append(out, now)
	})
	slices.SortFunc(out, func(a, b *wait) int { return cmp.Compare(a.turn, b.turn) })
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
