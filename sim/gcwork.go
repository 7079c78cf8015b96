package sim

import "runnext/sim/event"

// markMode is how a mark worker was started.
// go1.26.8 runtime/mgc.go:268 gcMarkWorkerMode
type markMode uint8

const (
	atRest markMode = iota
	dedicated
	fractional
	idling
)

// markWorker is what a G that marks knows of itself.
type markWorker struct {
	ready *Chan // where it says that it is there, nil once it has
	mode  markMode
	busy  bool  // it marks: nothing but itself stops it
	whole bool  // it does not stop for the G's that wait any more
	start int64 // ns
}

// chunk is how much a worker marks before it looks around, in bytes, and how
// much while somebody waits for what it marks.
// go1.26.8 runtime/mgcpacer.go:47 gcCreditSlack
const (
	markChunk  = 16 << 10
	markCredit = 2000
)

// workToMark tells whether another worker would find something to do.
// go1.26.8 runtime/mgc.go:1919 gcShouldScheduleWorker
func (s *Sched) workToMark() bool { return s.gc.todo > 0 || len(s.gc.stacks) > 0 }

// assignWorker takes a worker for p out of the pool if one should run there:
// a dedicated one, or one for the share that p still owes; nil for none.
// go1.26.8 runtime/mgcpacer.go:764 assignWaitingGCWorker
func (s *Sched) assignWorker(p *P, now int64) *G {
	c := &s.gc
	if !s.workToMark() || len(c.pool) == 0 {
		return nil
	}
	mode := dedicated
	switch {
	case c.dedicated > 0 || s.faults.ManyWorkers:
		c.dedicated--
	case c.fraction == 0:
		return nil
	default:
		if since := now - c.markStart; since > 0 && float64(p.fractional)/float64(since) > c.fraction {
			return nil
		}
		mode = fractional
	}
	return s.takeWorker(mode)
}

// meantFor has an idle P run a mark worker when the world starts.
func (s *Sched) meantFor(m *M, p *P) bool {
	p.worker = s.assignWorker(p, m.now)
	return p.worker != nil
}

func (s *Sched) takeWorker(mode markMode) *G {
	c := &s.gc
	last := len(c.pool) - 1
	g := c.pool[last]
	c.pool = c.pool[:last]
	g.worker.mode = mode
	return g
}

// findWorker is the mark worker that p has to run now, if any.
// go1.26.8 runtime/mgcpacer.go:861 findRunnableGCWorker
func (s *Sched) findWorker(m *M, p *P) found {
	g := p.worker
	if p.worker = nil; g == nil {
		g = s.assignWorker(p, m.now)
	}
	if g == nil {
		return found{}
	}
	r := event.DedicatedRule
	if g.worker.mode == fractional {
		r = event.FractionalRule
	}
	return found{g: g, rule: r, from: event.Direct, wake: true}
}

// idleWorker is a mark worker for a P that has nothing else to do.
// go1.26.8 runtime/mgcpacer.go:1439 addIdleMarkWorker
func (s *Sched) idleWorker() found {
	c := &s.gc
	if !c.marking || !s.workToMark() || c.idlers >= c.maxIdlers || len(c.pool) == 0 {
		return found{}
	}
	c.idlers++
	return found{g: s.takeWorker(idling), rule: event.IdleWorkerRule, from: event.Direct}
}

// releaseWorker takes back a worker that was meant for p.
// go1.26.8 runtime/mgcpacer.go:901 releaseNextGCMarkWorker
func (s *Sched) releaseWorker(p *P) {
	if g := p.worker; g != nil {
		p.worker = nil
		s.workerStops(g.worker, 0)
		s.gc.pool = append(s.gc.pool, g)
	}
}

// workerStops accounts for a worker that stops after d nanoseconds.
// go1.26.8 runtime/mgcpacer.go:939 markWorkerStop
func (s *Sched) workerStops(w *markWorker, d int64) {
	c := &s.gc
	switch w.mode {
	case dedicated:
		c.dedicatedTime += d
		c.dedicated++
	case fractional:
		c.fractionalTime += d
	case idling:
		c.idleTime += d
		c.idlers--
	}
	w.mode = atRest
}

// markWorker is what a worker's G does: it marks until nothing is left or it
// has to stop, and rests in the pool.
// go1.26.8 runtime/mgc.go:1750 gcBgMarkWorker
func (s *Sched) markWorker(m *M) {
	g := m.curg
	w := g.worker
	switch {
	case w.busy:
		s.drain(m, w)
	case w.ready != nil:
		ready := w.ready
		w.ready = nil
		s.Send(m, ready, Word{}, true)
		s.rest(m)
	case w.mode != atRest:
		w.busy, w.whole, w.start = true, false, m.now
		s.gc.busy++
		s.drain(m, w)
	default:
		s.rest(m)
	}
}

func (s *Sched) rest(m *M) {
	s.gc.pool = append(s.gc.pool, m.curg)
	s.park(m, event.GCWorkerIdle, 0)
}

// drain marks one chunk, or ends the worker's turn. A dedicated worker that is
// asked to yield sends the Gs that wait behind it away instead.
// go1.26.8 runtime/mgcmark.go:1248 gcDrain
func (s *Sched) drain(m *M, w *markWorker) {
	c, g := &s.gc, m.curg
	if g.preempt {
		switch {
		case w.mode != dedicated || s.world.stopping || m.p.safePoint:
			s.undrain(m, w)
			return
		case !w.whole:
			w.whole = true
			s.runqdrain(m)
		}
		g.preempt = false
	}
	if s.scanStack(m) {
		return
	}
	n := min(c.todo, markChunk)
	if len(c.assists) > 0 {
		n = min(n, markCredit)
	}
	if n == 0 {
		s.undrain(m, w)
		return
	}
	s.mark(m, n)
	s.flushCredit(m, n)
	switch {
	case w.mode == idling && (!s.runq.empty() || !m.p.empty()):
		s.undrain(m, w)
	case w.mode == fractional && s.fractionDone(m, w):
		s.undrain(m, w)
	case c.todo > 0 && s.npidle > 0 && s.nmspinning == 0 && (c.dedicated > 0 || c.idlers < c.maxIdlers):
		// go1.26.8 runtime/mgcpacer.go:697 enlistWorker
		s.wakep(m)
	}
}

// mark takes n bytes off what there is to mark.
func (s *Sched) mark(m *M, n int64) {
	c := &s.gc
	c.todo -= n
	c.work += n
	m.now += n * s.cost.MarkKB / 1024
}

// go1.26.8 runtime/mgc.go:310 pollFractionalWorkerExit
func (s *Sched) fractionDone(m *M, w *markWorker) bool {
	c := &s.gc
	since := m.now - c.markStart
	return since <= 0 || float64(m.p.fractional+m.now-w.start)/float64(since) > 1.2*c.fraction
}

// undrain ends a worker's turn; the last one that finds nothing left ends the
// mark phase.
func (s *Sched) undrain(m *M, w *markWorker) {
	c := &s.gc
	took := m.now - w.start
	if w.mode == fractional {
		m.p.fractional += took
	}
	s.workerStops(w, took)
	w.busy = false
	m.curg.preempt = false
	if c.busy--; s.marked() {
		m.then(s.markDone)
	}
}

// scanStack has the stacks of Gs scanned. One that runs has to stop for it, and
// goes on in runnext of m's P; until then m waits.
// go1.26.8 runtime/preempt.go:106 suspendG
func (s *Sched) scanStack(m *M) (waits bool) {
	c := &s.gc
	for n := len(c.stacks); n > 0; n = len(c.stacks) {
		g := c.stacks[n-1]
		c.stacks = c.stacks[:n-1]
		if g.status != event.Running || g.m == nil || g.m == m || g.m.state != mRunning || g.worker != nil || g.preempt {
			continue
		}
		g.scanBy = m
		g.preempt, g.stack.Guard = true, stackPreempt
		g.m.now = max(g.m.now, m.now+s.late(s.cost.Signal))
		m.state = mScanning
		e := event.New(event.Flagged, event.ScanRule, m.now)
		e.M, e.P, e.G = g.m.ID, g.m.P(), g.ID
		s.emit(e)
		return true
	}
	return false
}

// preemptPark stops m's G for its stack to be scanned; who asked for it makes
// it runnable again.
// go1.26.8 runtime/proc.go:4368 preemptPark
func (s *Sched) preemptPark(m *M) {
	g := m.curg
	by := g.scanBy
	g.scanBy, g.preempt = nil, false
	s.park(m, event.PreemptedWait, 0)
	by.now = max(by.now, m.now)
	by.state = mRunning
	s.ready(by, g, event.ReadyNext, 0)
}

// runqdrain sends all Gs that wait on m's P to the global queue.
// go1.26.8 runtime/proc.go:7623 runqdrain
func (s *Sched) runqdrain(m *M) {
	p := m.p
	if g := p.runnext; g != nil {
		p.runnext = nil
		s.runq.pushBack(g)
		s.moved(m, p, g, event.DrainRule, event.RunNext, event.Global)
	}
	for p.head != p.tail {
		g := p.ring[p.head%ringSize]
		p.ring[p.head%ringSize] = nil
		p.head++
		s.runq.pushBack(g)
		s.moved(m, p, g, event.DrainRule, event.Ring, event.Global)
	}
}
