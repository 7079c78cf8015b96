package worker

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"runnext/kernel/engine"
	"runnext/kernel/stream"
)

// errEnded says that a process takes no more jobs.
var errEnded = errors.New("the worker has ended")

// errSlots says that every slot belongs to a cell that still runs.
var errSlots = errors.New("too many cells run at the same time")

// slotWait is how long the worker's collector may take to free a slot.
const slotWait = 50 * time.Millisecond

// reclaim takes the slots of the oldest jobs that have ended without leaving a
// goroutine, though the worker still holds on to them: a function of such a
// cell may live on in a variable. It reports whether it found one.
func (p *process) reclaim() bool {
	p.mu.Lock()
	var old []*job
	for _, j := range p.jobs {
		if j.report != nil && j.report.Running == 0 {
			old = append(old, j)
		}
	}
	p.mu.Unlock()
	slices.SortFunc(old, func(a, b *job) int { return cmp.Compare(a.id, b.id) })
	for _, j := range old[:(len(old)+7)/8] {
		p.command(frame{kind: kindForget, job: j.id})
		p.release(j)
	}
	return len(old) > 0
}

// begin gives a job a slot and sends it.
func (p *process) begin(ctx context.Context, ej engine.Job, out engine.Output) (*job, error) {
	for {
		p.mu.Lock()
		if p.ended {
			p.mu.Unlock()
			return nil, errEnded
		}
		if len(p.free) > 0 {
			break
		}
		// Slots come back when the worker's collector finds that nothing of a
		// job is left.
		slotted := p.slotted
		p.mu.Unlock()
		p.command(frame{kind: kindGC})
		wait, t := after(p.c.Clock, slotWait)
		select {
		case <-slotted:
			t.Stop()
		case <-wait:
			if !p.reclaim() {
				return nil, errSlots
			}
		case <-p.dead:
			t.Stop()
			return nil, errEnded
		case <-ctx.Done():
			t.Stop()
			return nil, ctx.Err()
		}
	}
	defer p.mu.Unlock()
	slot := p.free[0]
	p.free = p.free[1:]
	atomic.StoreUint32(p.shared.word(slot), 0)
	atomic.StoreUint64(p.shared.taken(slot), 0)
	j := newJob(p, ej.ID, slot, out)
	p.jobs[ej.ID] = j
	p.last = j
	p.running++
	p.wg.Add(1) // run takes it back
	if p.watch == nil && p.c.MemoryLimit > 0 {
		p.watch = p.c.Clock.AfterFunc(watchEvery, p.look)
	}
	p.command(frame{kindJob, j.id, encodeJob(ej, slot)})
	return j, nil
}

// run runs one job to its ending.
func (p *process) run(ctx context.Context, ej engine.Job, out engine.Output) (Ending, error) {
	j, err := p.begin(ctx, ej, out)
	if err != nil {
		return Ending{}, err
	}
	defer p.wg.Done()
	w := waiter{ctx: ctx, p: p, j: j}
	defer w.stop()
	finished := w.wait(j.ended) && w.wait(p.settled(j))
	if w.interrupted() {
		// From here on nothing of the job is to be seen.
		j.mute()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leave(j)
	switch {
	case j.death != nil:
		return Ending{Report: engine.Report{Failure: j.death.Failure()}, Died: j.death}, nil
	case j.report != nil:
		return Ending{Report: *j.report, Abandoned: !finished}, nil
	}
	return Ending{Report: interruptedReport(), Abandoned: true}, nil
}

// settled returns a channel that is closed when what the job has written, on
// its own streams or on fd 1 and 2, has been given to its output.
func (p *process) settled(j *job) <-chan struct{} {
	done := make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	dead := j.death != nil // reap has drained
	p.wg.Go(func() {
		if !dead {
			p.out.drain()
			p.err.drain()
		}
		j.idle()
		close(done)
	})
	return done
}

// waiter waits for the stages of one job. The first sign of ctx interrupts the
// job and starts its time of grace; when that is over it waits no more.
type waiter struct {
	ctx   context.Context
	p     *process
	j     *job
	grace <-chan struct{}
	timer stream.Timer
}

// wait reports whether c was closed in time.
func (w *waiter) wait(c <-chan struct{}) bool {
	for {
		done := w.ctx.Done()
		if w.interrupted() {
			done = nil
		}
		select {
		case <-c:
			return true
		case <-done:
			w.grace, w.timer = after(w.p.c.Clock, w.p.c.Grace)
			w.p.interrupt(w.j)
		case <-w.grace:
			return false
		}
	}
}

func (w *waiter) interrupted() bool { return w.grace != nil }

func (w *waiter) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
}
