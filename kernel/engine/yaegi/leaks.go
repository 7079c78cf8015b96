package yaegi

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"
)

// leaks asks the garbage collector which goroutines nothing can ever wake:
// those that wait for channels and locks which cannot be reached from any
// goroutine that can still run (go1.26.8 runtime/mgc.go:1296
// findGoroutineLeaks). A build without that profile knows none.
//
// The answer is exact because this package keeps nothing alive of what a cell
// holds: jobs, goroutines and waits know addresses, not pointers, and what an
// interrupt closes is reachable from its waiter alone.
type leaks struct {
	*Collector
	mu    sync.Mutex    // one question at a time
	cost  time.Duration // of the last question
	asked time.Time
}

// Collector is what the runners of one process share: there is one garbage
// collector. Its methods are not for use by others.
type Collector struct {
	// awake is held for writing while the collector's mark is on goroutines: who
	// wakes one then ends the process (go1.26.8 runtime/proc.go:1120 ready).
	awake   sync.RWMutex
	mu      sync.Mutex
	runners []weak.Pointer[Runner]
}

func (c *Collector) add(r *Runner) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runners = append(c.runners, weak.Make(r))
}

// all gives the runners that are still there.
func (c *Collector) all() []*Runner {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []*Runner
	c.runners = slices.DeleteFunc(c.runners, func(w weak.Pointer[Runner]) bool {
		r := w.Value()
		if r != nil {
			out = append(out, r)
		}
		return r == nil
	})
	return out
}

// leakProfile is the name of the profile; the build has it when GOEXPERIMENT
// says goroutineleakprofile.
const leakProfile = "goroutineleak"

// maxLeakHeap bounds the heap that is searched: an interrupt waits meanwhile.
// maxNumbered bounds the goroutines that are told apart.
const (
	maxLeakHeap = 256 << 20
	maxNumbered = 5000
)

// proof is what the collector said: goroutines by their labels, all of them
// and those that can never go on, with the latter's stacks.
type proof struct {
	all, leaked map[string]int
	stacks      map[string]string
}

// leaked asks. Without the notebook's variables what only they lead to counts
// as out of reach: that is right while no cell can come that uses them.
func (r *Runner) leaked(withVariables bool) (p proof, ok bool) {
	profile := pprof.Lookup(leakProfile)
	if profile == nil || heapSize() > maxLeakHeap {
		return p, false
	}
	r.leaks.mu.Lock()
	defer r.leaks.mu.Unlock()
	start := time.Now()
	defer func() { r.leaks.cost, r.leaks.asked = time.Since(start), time.Now() }()
	defer r.numbered()()
	runtime.GC() // what pools keep for reuse is gone after two
	const tries = 5
	for try := range tries {
		var found bool
		p, found = r.ask(profile, withVariables)
		if found {
			return p, true
		}
		time.Sleep(time.Millisecond << try) // what hides the variables was not asleep yet
	}
	return p, false
}

// ask does what leaked says once; found is false when the variables could be
// seen after all.
func (r *Runner) ask(profile *pprof.Profile, withVariables bool) (p proof, found bool) {
	r.leaks.awake.Lock()
	defer r.leaks.awake.Unlock()
	var keeper address
	if !withVariables {
		r.vars.mu.Lock()
		defer r.vars.mu.Unlock()
		keeper = r.vars.hide(keeperLabel(r))
	}
	var text bytes.Buffer
	err := profile.WriteTo(&text, 1)
	if err == nil {
		p.leaked, p.stacks = counted(text.Bytes())
		p.all = labelled()
	}
	r.unmark(profile, keeper)
	if !withVariables {
		r.vars.show(keeper)
	}
	return p, err == nil && (withVariables || p.leaked[keeperLabel(r)] == 1)
}

// unmark takes the mark from goroutines that this package can wake: the mark
// goes with the next search, which finds in reach what is held here meanwhile.
func (r *Runner) unmark(profile *pprof.Profile, keeper address) {
	held := []unsafe.Pointer{keeper.pointer()}
	for _, of := range r.leaks.all() {
		for _, j := range of.jobs.all() {
			held = j.hold(held)
		}
	}
	profile.WriteTo(io.Discard, 1)
	runtime.KeepAlive(held)
}

// last is when the collector was asked, pause how long it is to be left alone
// after that.
func (l *leaks) last() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

func (l *leaks) pause() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(askPause, askShare*l.cost)
}

// heapSize gives the bytes of objects on the heap.
func heapSize() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// numbered lets profiles tell goroutines of a job apart; what it returns takes
// that back.
func (r *Runner) numbered() (undo func()) {
	var gs []*goroutine
	for _, j := range r.jobs.all() {
		if j.running.Load() > maxNumbered {
			continue
		}
		gs = append(gs, j.goroutines()...)
	}
	if len(gs) > maxNumbered {
		return func() {}
	}
	length := func(g *goroutine) *int64 { // of the list, which is a slice header
		return (*int64)(unsafe.Add(unsafe.Pointer(&g.labels.list), unsafe.Sizeof(uintptr(0))))
	}
	for _, g := range gs {
		g.pair[1] = label{"number", itoa(g.number)}
		atomic.StoreInt64(length(g), 2)
	}
	return func() {
		for _, g := range gs {
			atomic.StoreInt64(length(g), 1)
		}
	}
}

// hide takes the variables out of sight: they lie on the stack of a goroutine
// that waits for a channel whose address is all that is left.
//
//go:noinline
func (vs *variables) hide(text string) address {
	wake := make(chan chan<- map[string]reflect.Value)
	ready := make(chan struct{})
	byID := vs.byID
	vs.byID = nil
	go keep(text, byID, wake, ready)
	<-ready
	return address(reflect.ValueOf(wake).Pointer())
}

func keep(text string, byID map[string]reflect.Value, wake <-chan chan<- map[string]reflect.Value, ready chan<- struct{}) {
	own := &labels{list: []label{{"job", text}}}
	setProfLabel(unsafe.Pointer(own))
	close(ready)
	back := <-wake
	back <- byID
}

// show undoes hide.
func (vs *variables) show(wake address) {
	p := wake.pointer()
	back := make(chan map[string]reflect.Value)
	*(*chan chan<- map[string]reflect.Value)(unsafe.Pointer(&p)) <- back
	vs.byID = <-back
}

func keeperLabel(r *Runner) string { return fmt.Sprintf("variables@%p", r) }

var labelLine = regexp.MustCompile(`(?m)^(\d+) @.*\n# labels: \{"job":"([^"]+)"(?:, "number":"(\d+)")?\}\n((?:#.*\n)*)`)

// counted reads a profile's text: goroutines by labels, and one stack of each.
func counted(text []byte) (counts map[string]int, stacks map[string]string) {
	counts, stacks = map[string]int{}, map[string]string{}
	for _, m := range labelLine.FindAllSubmatch(text, -1) {
		key := string(m[2])
		if len(m[3]) > 0 {
			key += "/" + string(m[3])
		}
		if n, err := strconv.Atoi(string(m[1])); err == nil {
			counts[key] += n
			if s := string(m[4]); stacks[key] == "" || !strings.Contains(s, "runnext/kernel/engine/yaegi.") {
				stacks[key] = s
			}
		}
	}
	return counts, stacks
}

// labelled counts the goroutines of the process by the job and, while they are
// numbered, the goroutine whose labels they have, compiled code's included.
func labelled() map[string]int {
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		return nil
	}
	counts, _ := counted(b.Bytes())
	return counts
}

func (g *goroutine) key() string { return g.j.labelText + "/" + itoa(g.number) }

// goroutine tells whether g, and all that compiled code runs for it, can never
// go on.
func (p proof) goroutine(g *goroutine) bool {
	return g != nil && p.leaked[g.key()] > 0 && p.leaked[g.key()] == p.all[g.key()]
}

// job tells the same of all goroutines of a job.
func (p proof) job(j *job) bool {
	all, leaked := 0, 0
	for key, n := range p.all {
		if text, _, _ := strings.Cut(key, "/"); text == j.labelText {
			all += n
			leaked += p.leaked[key]
		}
	}
	return all > 0 && all == leaked
}

// compiledWait describes a goroutine that waits inside of compiled code.
func (p proof) compiledWait(g *goroutine) *wait {
	w := &wait{j: g.j, g: g, prog: g.j.prog, kind: waitCompiled, compiled: calledFunction(p.stacks[g.key()])}
	if g.prog != nil {
		w.prog = g.prog
	}
	return w
}

// calledFunction gives the function of a stack that the cell's code called:
// the last one of a carried package before the interpreter's.
func calledFunction(stack string) string {
	name := ""
	for line := range strings.Lines(stack) {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		fn, _, _ := strings.Cut(f[2], "+0x")
		switch {
		case strings.HasPrefix(fn, "runtime."), strings.HasPrefix(fn, "reflect."), strings.HasPrefix(fn, "internal/"):
			continue
		case strings.HasPrefix(fn, "github.com/traefik/yaegi"), strings.HasPrefix(fn, "runnext/"):
			return name
		}
		name = fn
	}
	return name
}
