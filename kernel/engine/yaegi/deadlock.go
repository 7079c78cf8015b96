package yaegi

import (
	"bytes"
	"cmp"
	"fmt"
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

	"runnext/kernel/engine"
)

// deadlocks finds running cells whose goroutines all wait for good. It rests
// until some job has no goroutine that could go on, and says nothing unless it
// can rule out everything that could still wake one of them.
type deadlocks struct {
	shared atomic.Bool // there is, or was, a second console
	mu     sync.Mutex
	armed  bool // a look is to come or under way
	again  bool // another one is wanted after that
}

// scanEvery is the time between two looks at a job that seems to be stuck;
// scans is how many of them in a row must find that nothing has moved.
const (
	scanEvery = 100 * time.Millisecond
	scans     = 3
)

// stable is what the looks at a job have found so far.
type stable struct {
	epoch uint64
	looks int
	told  bool // the one line was printed
}

// suspect is called when one of the job's goroutines has begun to wait or has
// ended.
func (j *job) suspect() {
	if j.stuck() {
		j.r.dead.arm(j.r)
	}
}

// stuck tells whether all of the job's goroutines wait, and for nothing that is
// known to come.
func (j *job) stuck() bool {
	n := j.running.Load()
	return j.watched && n > 0 && j.waits.parked.Load() >= n && j.pending.Load() == 0 && !j.stopping.Load()
}

func (d *deadlocks) arm(r *Runner) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.armed {
		d.again = true
		return
	}
	d.armed = true
	time.AfterFunc(scanEvery, func() { d.look(r) })
}

// look scans once. Looks never overlap and lie scanEvery apart.
func (d *deadlocks) look(r *Runner) {
	d.mu.Lock()
	d.again = false // who asked until now is served by this one
	d.mu.Unlock()
	d.scan(r)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.armed = d.again
	if d.again {
		time.AfterFunc(scanEvery, func() { d.look(r) })
	}
}

// scan looks at all jobs and comes back while one of them seems to be stuck.
func (d *deadlocks) scan(r *Runner) {
	jobs := r.jobs.all()
	for _, j := range jobs {
		if !j.stuck() || j.isOver() {
			j.stable.looks = 0
			continue
		}
		s := &j.stable
		if epoch := j.waits.epoch.Load(); s.looks == 0 || s.epoch != epoch {
			*s = stable{epoch: epoch}
		}
		s.looks++
		if !s.told {
			d.arm(r)
		}
		if s.looks >= scans && !s.told {
			d.judge(r, j, jobs)
		}
	}
}

// isOver tells whether the job's own goroutine has ended: what is left of it
// then may wait for later cells.
func (j *job) isOver() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.ended
}

// judge ends a job that nobody can wake. With a second console somebody could
// who is not there yet, if he can reach what is waited for.
func (d *deadlocks) judge(r *Runner, j *job, jobs []*job) {
	alone := true // nothing else runs, so the notebook's variables can be read
	group := []*job{}
	for _, k := range jobs {
		if k == j || r.links.connected(j, k) {
			group = append(group, k)
		} else if !k.stuck() {
			alone = false
		}
	}
	epochs := make([]uint64, len(group))
	for i, k := range group {
		epochs[i] = k.waits.epoch.Load()
		if !k.stuck() || k.main.callsBack() || !k.closed() {
			return
		}
	}
	counts := labelled()
	for _, k := range group {
		if int64(counts[k.labelText()]) != k.waits.parked.Load()+k.helpers.Load() {
			return // compiled code runs goroutines of its own for the cell
		}
	}
	if !nobodyWoken() {
		return
	}
	waits := j.waitList()
	for i, k := range group {
		if k.waits.epoch.Load() != epochs[i] || !k.stuck() {
			return
		}
	}
	if d.shared.Load() && (!alone || r.reachable(waits)) {
		j.stable.told = true
		fmt.Fprintln(j.io.Stderr(), j.oneLine(waits))
		return
	}
	if !j.isOver() {
		j.fail(j.deadlock(waits))
	}
}

// closed tells whether only emitted code can end what the job's goroutines
// wait for.
func (j *job) closed() bool {
	for _, w := range j.waitList() {
		if w.kind == waitSleep || slices.ContainsFunc(w.on, j.r.foreign) {
			return false
		}
	}
	return true
}

// callsBack tells whether the cell hands functions to the collector, which
// calls them whenever it likes.
func (c *cell) callsBack() bool {
	for _, h := range c.prog.Helpers {
		if h.Path == "runtime" && (h.Name == "SetFinalizer" || h.Op == "addcleanup") {
			return true
		}
	}
	return false
}

var labelLine = regexp.MustCompile(`(?m)^(\d+) @.*\n# labels: \{"job":"([^"]+)"\}`)

// labelled counts the goroutines of the process by the job whose labels they
// have, compiled code's included.
func labelled() map[string]int {
	var b bytes.Buffer
	counts := map[string]int{}
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		return counts
	}
	for _, m := range labelLine.FindAllSubmatch(b.Bytes(), -1) {
		if n, err := strconv.Atoi(string(m[1])); err == nil {
			counts[string(m[2])] += n
		}
	}
	return counts
}

// nobodyWoken tells whether no goroutine that waited has been woken and not run
// yet. Behind a thousand goroutines that spin that takes seconds. When some
// goroutine is ready the stacks say which.
func nobodyWoken() bool {
	s := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}
	metrics.Read(s)
	if s[0].Value.Kind() == metrics.KindUint64 && s[0].Value.Uint64() == 0 {
		return true
	}
	const most = 16 << 20
	for size := 1 << 20; size <= most; size *= 4 {
		buf := make([]byte, size)
		if n := runtime.Stack(buf, true); n < size {
			return !woken(string(buf[:n]))
		}
	}
	return false
}

// woken tells whether a goroutine of a dump is ready to go on after a wait of
// [cell.park]: its first frame that is not the runtime's is of this package.
func woken(dump string) bool {
	for _, g := range strings.Split(dump, "\n\n") {
		head, frames, _ := strings.Cut(g, "\n")
		if !strings.Contains(head, "[runnable") {
			continue
		}
		for line := range strings.Lines(frames) {
			switch {
			case strings.HasPrefix(line, "\t"), strings.HasPrefix(line, "runtime."), strings.HasPrefix(line, "reflect."),
				strings.HasPrefix(line, "sync."), strings.HasPrefix(line, "internal/"):
				continue
			case strings.HasPrefix(line, "runnext/kernel/engine/yaegi."):
				return true
			}
			break
		}
	}
	return false
}

// deadlockText is Go's (go1.26.8 runtime/proc.go checkdead).
const deadlockText = "fatal error: all goroutines are asleep - deadlock!"

// most is how many goroutines a report shows.
const most = 12

// deadlock tells who waits for what, the cell's own goroutine first.
func (j *job) deadlock(waits []*wait) *engine.Failure {
	f := &engine.Failure{
		Kind: engine.KindDeadlock, Text: deadlockText,
		Why: "every goroutine of the cell waits for another one, and nothing that could wake them is left: no timer, no read, no goroutine that runs",
		Try: "follow the arrows above: somebody has to send, receive, close, unlock or call Done before he waits himself",
	}
	n := j.named()
	slices.SortStableFunc(waits, func(a, b *wait) int { return cmp.Compare(a.number(), b.number()) })
	var said, picture []string
	width := 0
	for _, w := range waits[:min(len(waits), most)] {
		width = max(width, len(w.g.short()))
	}
	for i, w := range waits[:min(len(waits), most)] {
		ps := w.places()
		where := ""
		if len(ps) > 0 {
			p := ps[0]
			if i > 0 {
				p.Text = w.g.name() + " " + w.says(n)
			}
			if i == 0 || len(ps) == 1 {
				f.Places = append(f.Places, p)
			}
			where = " at " + at(p, j.cell)
			if len(ps) > 1 {
				where += " or another line that makes the same call"
			}
		}
		said = append(said, w.g.name()+" "+w.says(n)+where)
		picture = append(picture, fmt.Sprintf("    %-*s %s", width, w.g.short(), w.arrow(n)))
	}
	f.Detail = append(f.Detail, said...)
	if more := len(waits) - most; more > 0 {
		f.Detail = append(f.Detail, fmt.Sprintf("and %d goroutines more", more))
	}
	f.Detail = append(f.Detail, "Who waits for whom:")
	f.Detail = append(f.Detail, picture...)
	return f
}

// oneLine tells the same where the cell goes on.
func (j *job) oneLine(waits []*wait) string {
	n := j.named()
	slices.SortStableFunc(waits, func(a, b *wait) int { return cmp.Compare(a.number(), b.number()) })
	var parts []string
	for _, w := range waits[:min(len(waits), 3)] {
		text := w.g.name() + " " + w.says(n)
		if ps := w.places(); len(ps) == 1 {
			text += " at " + at(ps[0], j.cell)
		}
		parts = append(parts, text)
	}
	if more := len(waits) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more wait", more))
	}
	return fmt.Sprintf("cell %d: all goroutines wait, and only another console can wake them: %s", j.cell, strings.Join(parts, "; "))
}

func (w *wait) number() int {
	if w.g == nil {
		return 1 << 30
	}
	return w.g.number
}

// arrow draws a wait as a line of the picture.
func (w *wait) arrow(n *names) string {
	kind := [...]string{
		waitSend: "send", waitReceive: "receive", waitSelect: "select", waitLock: "lock", waitReadLock: "rlock",
		waitGroup: "wait", waitErrGroup: "wait", waitCond: "wait", waitOnce: "do", waitSleep: "sleep",
	}[w.kind]
	missing := [...]string{
		waitSend: "nobody is left to receive", waitReceive: "nobody is left to send or close", waitSelect: "nobody is left at the other end",
		waitLock: "nobody is left to unlock it", waitReadLock: "nobody is left to unlock it", waitGroup: "nobody is left to call Done",
		waitErrGroup: "its functions wait themselves", waitCond: "nobody is left to signal", waitOnce: "its function waits itself", waitSleep: "",
	}[w.kind]
	var on []string
	for _, o := range w.on {
		on = append(on, n.of(o.p))
	}
	if len(on) == 0 {
		on = []string{"nothing"}
	}
	return fmt.Sprintf("--%s--> %s  (%s)", kind, strings.Join(on, ", "), missing)
}
