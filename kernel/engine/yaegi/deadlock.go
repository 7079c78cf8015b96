package yaegi

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"runnext/kernel/core/program"
)

// deadlocks finds running cells whose goroutines all wait for good, and
// goroutines of any cell that do. It looks while a cell runs and for a while
// after, and says nothing unless it can rule out everything that could still
// wake one of them.
type deadlocks struct {
	shared atomic.Bool // there is, or was, a second console
	mu     sync.Mutex
	armed  bool // a look is to come or under way
	again  bool // another one is wanted after that

	round atomic.Uint64 // of leaks: begins when a cell begins or ends
	left  atomic.Int64  // looks for leaks in this round
}

// scanEvery is the time between two looks at a job that seems to be stuck;
// scans is how many of them in a row must find that nothing has moved. Where
// something runs, and it is not known whether that is the job's own, it is
// busyScans. Of a job that only another console can help every toldScans-th look
// is at whether that is still so.
const (
	scanEvery = 100 * time.Millisecond
	scans     = 3
	busyScans = 50
	toldScans = 10
)

// The collector is asked seldom: not sooner after the last time than askPause;
// of a job that does not move at growing intervals up to askRarely, and of
// goroutines that may be leaks not sooner than askShare times what that took.
const (
	askPause  = 400 * time.Millisecond
	askShare  = 50
	askRarely = 8 * time.Second
)

// stable is what the looks at a job have found so far.
type stable struct {
	epoch uint64
	looks int
	told  bool   // the one line was printed
	round uint64 // of leaks, when it was
	next  time.Time
	pause time.Duration
}

// stuck tells whether all of the job's goroutines wait, and for nothing that is
// known to come.
func (j *job) stuck() bool {
	n := j.running.Load()
	return j.watched && n > 0 && j.waits.parked() >= n && j.pending.Load() == 0 && !j.stopping.Load()
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

// scan looks at all jobs and comes back while one of them runs.
func (d *deadlocks) scan(r *Runner) {
	jobs := r.jobs.all()
	quiet := nothingRuns()
	for _, j := range jobs {
		if !j.watched || j.isOver() {
			continue
		}
		d.arm(r)
		s := &j.stable
		stuck := j.stuck()
		if !stuck && !j.mayBeStuck() {
			s.looks = 0
			continue
		}
		if epoch := j.waits.epoch(); s.looks == 0 || s.epoch != epoch {
			*s = stable{epoch: epoch}
		}
		s.looks++
		patience := scans
		if !stuck && !quiet {
			patience = busyScans
		}
		if s.looks >= patience && (!s.told || s.looks%toldScans == 0) {
			d.judge(r, j, jobs, stuck)
		}
	}
	d.leaks(r, jobs)
}

// nothingRuns tells whether no goroutine of the process runs, but for the one
// that asks, and none is about to.
func nothingRuns() bool {
	s := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}, {Name: "/sched/goroutines/running:goroutines"}}
	metrics.Read(s)
	return s[0].Value.Kind() == metrics.KindUint64 && s[0].Value.Uint64() == 0 && s[1].Value.Uint64() <= 1
}

// mayBeStuck tells whether the job's goroutines that do not wait where it is
// known could wait inside of compiled code.
func (j *job) mayBeStuck() bool {
	return j.running.Load() > 0 && j.waits.asleep.Load() == 0 && j.pending.Load() == 0 && !j.stopping.Load()
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
func (d *deadlocks) judge(r *Runner, j *job, jobs []*job, stuck bool) {
	if stuck {
		if waits, alone := d.known(r, j, jobs); waits != nil {
			if !d.shared.Load() || alone && !r.reachable(waits) {
				j.fail(j.deadlock(waits))
			} else if d.prove(r, j) {
				d.tell(j, waits)
			}
			return
		}
	}
	if !d.prove(r, j) || j.stopping.Load() || !d.shared.Load() || !stuck {
		return
	}
	if p, ok := r.leaked(false); ok && p.job(j) {
		d.tell(j, j.waitList())
	}
}

// tell prints the one line where the cell goes on, unless it has been ended.
func (d *deadlocks) tell(j *job, waits []*wait) {
	if j.stopping.Load() {
		return
	}
	s := &j.stable
	s.round = d.round.Load()
	if !s.told {
		s.told = true
		fmt.Fprintln(j.io.Stderr(), j.oneLine(waits))
	}
}

// prove asks the collector, ends a job none of whose goroutines can go on, and
// tells whether there was an answer: not while it is not time to ask, or when the
// job has moved.
func (d *deadlocks) prove(r *Runner, j *job) (answered bool) {
	s := &j.stable
	if now := time.Now(); now.Before(s.next) || now.Sub(r.leaks.last()) < askPause {
		return false
	}
	if s.told && s.round == d.round.Load() { // no cell has begun or ended since
		return false
	}
	shared := d.shared.Load()
	epoch := j.waits.epoch()
	p, ok := r.leaked(shared)
	s.pause = min(max(2*s.pause, askPause), askRarely)
	s.next = time.Now().Add(s.pause)
	if j.waits.epoch() != epoch || d.shared.Load() != shared || j.isOver() {
		return false
	}
	if ok && p.job(j) {
		j.fail(j.deadlock(j.withCompiled(p)))
	}
	return true
}

// withCompiled gives the waits of all of the job's goroutines.
func (j *job) withCompiled(p proof) []*wait {
	waits := j.waitList()
	known := map[*goroutine]bool{}
	for _, w := range waits {
		known[w.g] = true
	}
	for _, g := range j.goroutines() {
		if !known[g] {
			waits = append(waits, p.compiledWait(g))
		}
	}
	return waits
}

// known gives the waits of a job of which it is known without the collector
// that nobody can end them. alone says that nothing else runs, so that the
// notebook's variables can be read.
func (d *deadlocks) known(r *Runner, j *job, jobs []*job) (waits []*wait, alone bool) {
	alone = true
	group := []*job{}
	for _, k := range jobs {
		if k == j || r.links.connected(j.id, k.id) {
			group = append(group, k)
		} else if !k.stuck() {
			alone = false
		}
	}
	epochs := make([]uint64, len(group))
	for i, k := range group {
		epochs[i] = k.waits.epoch()
		if !k.stuck() || callsBack(k.prog) || !k.closed() {
			return nil, false
		}
	}
	counts := labelled()
	for _, k := range group {
		if int64(counts[k.labelText]) != k.waits.parked()+k.helpers.Load() {
			return nil, false // compiled code runs goroutines of its own for the cell
		}
		delete(counts, k.labelText)
	}
	for text := range counts {
		if id, ok := r.jobOf(text); ok && r.links.connected(j.id, id) {
			return nil, false // and for a cell that is over
		}
	}
	if !nobodyWoken() {
		return nil, false
	}
	waits = j.waitList()
	for i, k := range group {
		if k.waits.epoch() != epochs[i] || !k.stuck() {
			return nil, false
		}
	}
	return waits, alone
}

// jobOf gives the number of a job of this runner from its label.
func (r *Runner) jobOf(label string) (id uint64, ok bool) {
	text, of, _ := strings.Cut(label, "@")
	id, err := strconv.ParseUint(text, 10, 64)
	return id, err == nil && of == fmt.Sprintf("%p", r)
}

// closed tells whether only emitted code can end what the job's goroutines
// wait for.
func (j *job) closed() bool {
	for _, w := range j.waitList() {
		if w.kind == waitSleep || slices.ContainsFunc(w.on, foreign) {
			return false
		}
	}
	return true
}

// callsBack tells whether the cell hands functions to the collector, which
// calls them whenever it likes.
func callsBack(p *program.Program) bool {
	for _, h := range p.Helpers {
		if h.Path == "runtime" && (h.Name == "SetFinalizer" || h.Op == "addcleanup") {
			return true
		}
	}
	return false
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
