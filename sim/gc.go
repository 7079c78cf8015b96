package sim

import "runnext/sim/event"

// collector is the garbage collector as far as the scheduler feels it: who
// marks and when, who has to help, when the world stops. What lives is for the
// host to say ([Config.Live]).
type collector struct {
	pacer
	marking bool   // gcBlackenEnabled: there is a mark phase, workers and assists run
	phase   bool   // a cycle is between its two stops, gcphase is _GCmark
	begun   bool   // a cycle has started and not ended
	cycles  uint32 // of sweep terminations
	done    uint32 // of mark terminations
	asked   uint32 // of those, how many runtime.GC has asked for
	lastEnd int64  // when the last cycle ended, 0 for never

	starting, forcing, stopping, ending uint32 // startSema, gcsema, worldsema, markDoneSema

	todo      int64 // bytes that nobody has begun to mark
	stacks    []*G  // whose stacks are to be scanned, when there are other Ps
	busy      int   // who marks: workers and assists
	dedicated int   // dedicated workers that are wanted
	idlers    int   // idle workers that run
	maxIdlers int
	workers   int  // there are
	pool      []*G // those that rest, the last one first
	assists   []*G // who waits until others have marked for them
	waiters   gList

	unswept int64 // spans
	held    bool  // the sweep cannot end: the cycle's end is flushing the Ps
	wanted  bool  // the scavenger is to be woken by sysmon
	found   int64 // bytes that lived when the cycle began
	safe    safePoint
}

func newCollector() collector {
	return collector{pacer: newPacer(), starting: 1, forcing: 1, stopping: 1, ending: 1}
}

// safePoint is a function that all Ps have to run once.
type safePoint struct {
	wait int
	by   *M
}

// trigger says why a cycle starts.
// go1.26.8 runtime/mgc.go:678 gcTrigger struct
type trigger struct {
	name string // heap, time or forced
	n    uint32 // the cycle that is forced
	now  int64  // of time
}

// Span is the unit of sweeping, in bytes.
const spanBytes = 8 << 10

// forceNS is how long it may be until a cycle starts by itself.
// go1.26.8 runtime/proc.go:6476 forcegcperiod
const forceNS = 120_000_000_000

// go1.26.8 runtime/mgc.go:706 test
func (s *Sched) triggers(t trigger) bool {
	c := &s.gc
	if c.phase {
		return false
	}
	switch t.name {
	case "heap":
		return c.live >= c.trigger()
	case "time":
		return c.percent >= 0 && c.lastEnd != 0 && t.now-c.lastEnd > forceNS
	}
	return int32(t.n-c.cycles) > 0
}

// Allocated says that g, which runs on m or has just parked there, has allocated
// so many bytes, of them scan that may hold pointers. While marking goes on the
// G may have to help for them; a heap that has reached its trigger starts a
// cycle. The host asks Next afterwards.
// go1.26.8 runtime/malloc.go:1847 deductAssistCredit
func (s *Sched) Allocated(m *M, g *G, bytes, scan int64) {
	c := &s.gc
	c.live += bytes
	if !c.marking {
		c.scan += scan
	} else {
		c.revise()
	}
	runs := m.Running(g) && g.status == event.Running
	if c.marking {
		if g.credit -= bytes; g.credit < 0 && runs {
			s.assist(m)
		}
		return
	}
	if !runs {
		return
	}
	if t := (trigger{name: "heap"}); s.triggers(t) {
		s.gcStart(m, t)
	}
}

// Room is how many bytes m's G may allocate before [Sched.Allocated] has to be
// told.
func (s *Sched) Room(m *M) int64 {
	c := &s.gc
	switch {
	case c.marking:
		return max(m.curg.credit, 0)
	case c.phase:
		return gcOverAssist
	}
	return max(c.trigger()-c.live, 0)
}

// Heap is the size of the heap: what lived at the end of the last collection,
// and what was allocated since; how many collections there were, and how many of them were asked for.
func (s *Sched) Heap() (bytes int64, cycles, forced uint32) {
	return s.gc.live, s.gc.done, s.gc.asked
}

// Cycles is how many collections have begun.
func (s *Sched) Cycles() uint32 { return s.gc.cycles }

// HeapGoal is the size of the heap at which the next collection ought to end.
func (s *Sched) HeapGoal() int64 {
	goal, _ := s.gc.goal()
	return goal
}

// then has m's G do f before it goes on: what was given last is done first, so
// that f may have others done before it returns.
func (m *M) then(f func(m *M)) { m.curg.then = append(m.curg.then, f) }

// acquire takes a semaphore of the collector's for m's G and then does f.
func (s *Sched) acquire(m *M, sem *uint32, f func(m *M)) {
	m.then(f)
	s.SemAcquire(m, sem, false, event.Semacquire)
}

// release gives one back.
func (s *Sched) release(m *M, sem *uint32) { s.SemRelease(m, sem, false) }

// GC is runtime.GC: it lets a cycle that runs end, runs another and helps to
// sweep. The host asks Next afterwards, and gets the G back when it is over.
// go1.26.8 runtime/mgc.go:522 GC
func (s *Sched) GC(m *M) {
	n := s.gc.cycles
	m.then(func(m *M) { s.sweepAll(m, n+1) })
	m.then(func(m *M) { s.waitOnMark(m, n+1) })
	m.then(func(m *M) { s.gcStart(m, trigger{name: "forced", n: n + 1}) })
	s.waitOnMark(m, n)
}

// waitOnMark parks m's G until mark phase n has ended.
// go1.26.8 runtime/mgc.go:645 gcWaitOnMark
func (s *Sched) waitOnMark(m *M, n uint32) {
	c := &s.gc
	marks := c.cycles
	if !c.phase {
		marks++
	}
	if int32(marks-n) > 0 {
		return
	}
	c.waiters.push(m.curg)
	m.then(func(m *M) { s.waitOnMark(m, n) })
	s.park(m, event.CycleWait, 0)
}

// sweepAll sweeps what cycle n has left, a span at a time.
func (s *Sched) sweepAll(m *M, n uint32) {
	c := &s.gc
	switch {
	case c.cycles != n || c.unswept == 0 && !c.held:
		return
	case c.unswept > 0:
		c.unswept--
		m.now += s.cost.Sweep
		s.swept()
	}
	m.then(func(m *M) { s.sweepAll(m, n) })
	s.Gosched(m)
}

// swept has sysmon wake the scavenger when there is nothing left to sweep.
// go1.26.8 runtime/mgcscavenge.go:429 ready
func (s *Sched) swept() { s.gc.wanted = s.gc.wanted || s.gc.unswept == 0 }

// SetGCPercent is debug.SetGCPercent; below 0 no heap is too large. The host
// asks Next afterwards.
// go1.26.8 runtime/mgcpacer.go:1352 setGCPercent
func (s *Sched) SetGCPercent(m *M, n int64) (old int64) {
	c := &s.gc
	old = c.setPercent(n)
	c.commit(c.unswept == 0)
	if c.marking {
		c.revise()
	}
	if n < 0 {
		s.waitOnMark(m, c.cycles)
	}
	return old
}
