package sim

import "runnext/sim/event"

// Timer runs a function when its time has come. The zero value is not armed.
// go1.26.8 runtime/time.go:55 timer struct
type Timer struct {
	name   string
	f      func(m *M, seq uint64, delay int64)
	g      *G // the sleeper, for the log
	c      *Chan
	id     uint64
	when   int64 // 0: not armed
	period int64
	seq    uint64

	ts                       *timers
	heaped, modified, zombie bool
	blocked                  int // Gs blocked on c
}

const maxWhen = 1<<63 - 1

// NewTimer arms a timer at virtual time when, in nanoseconds since the
// program's start, and again every period nanoseconds unless that is 0. f runs
// in the scheduler, on an M that may have no G: it may call Go, Ready and
// TrySend and must not block. With a channel the timer is in a heap only while
// a G is blocked on it.
// go1.26.8 runtime/time.go:389 newTimer
func (s *Sched) NewTimer(m *M, when, period int64, c *Chan, f func(m *M, seq uint64, delay int64)) *Timer {
	t := &Timer{f: f, c: c, name: "func"}
	if c != nil {
		t.name = "chan"
		c.timer = t
	}
	s.modify(m, t, when, period)
	return t
}

// Sleep parks the running G for d nanoseconds; d <= 0 returns at once, without
// yielding. It reports whether the G was parked.
// go1.26.8 runtime/time.go:330 timeSleep
func (s *Sched) Sleep(m *M, d int64) bool {
	if d <= 0 {
		return false
	}
	g := m.curg
	if g.timer == nil {
		g.timer = &Timer{g: g, name: "sleep"}
		g.timer.f = func(m *M, _ uint64, _ int64) { s.ready(m, g, event.TimerRule, 0) }
	}
	g.wakeAt = m.now + d
	if g.wakeAt < 0 {
		g.wakeAt = maxWhen
	}
	s.park(m, event.Sleep, 0)
	s.modify(m, g.timer, g.wakeAt, 0)
	return true
}

// StopTimer disarms t; a stopped timer may stay in the heap for a while. It
// reports whether t was armed.
// go1.26.8 runtime/time.go:497 stop
func (s *Sched) StopTimer(m *M, t *Timer) bool {
	if t.heaped {
		t.modified = true
		if !t.zombie {
			t.zombie = true
			t.ts.zombies++
		}
	}
	pending := t.when > 0
	t.when = 0
	if pending {
		s.timerNote(event.TimerStop, m, t)
	}
	if t.c != nil {
		t.seq++
		if t.c.drain() {
			pending = true
		}
	}
	return pending
}

// ResetTimer arms t anew and reports whether it was armed before.
// go1.26.8 runtime/time.go:428 resetTimer
func (s *Sched) ResetTimer(m *M, t *Timer, when, period int64) bool {
	return s.modify(m, t, when, period)
}

// go1.26.8 runtime/time.go:572 modify
func (s *Sched) modify(m *M, t *Timer, when, period int64) bool {
	if when <= 0 {
		when = 1
	}
	t.period = period
	wake := false
	pending := t.when > 0
	t.when = when
	if t.heaped {
		t.modified = true
		if t.zombie {
			t.zombie = false
			t.ts.zombies--
		}
		if lo := t.ts.minModified; lo == 0 || when < lo {
			wake = true
			t.ts.updateMinModified(when)
		}
	}
	s.timerNote(event.TimerSet, m, t)
	add := s.watch == nil && t.needsAdd()
	if s.watch != nil {
		s.watch.Armed(t)
	}
	if t.c != nil {
		t.seq++
		if t.c.drain() {
			pending = true
		}
	}
	if add {
		s.maybeAdd(m, t)
	}
	if wake {
		s.wakeNetPoller(m, when)
	}
	return pending
}

func (s *Sched) timerNote(k event.Kind, m *M, t *Timer) {
	if t.id == 0 {
		s.timerID++
		t.id = s.timerID
	}
	e := s.about(k, event.NoRule, m, t.g)
	e.N, e.Name, e.Addr = t.when, t.name, t.id
	s.emit(e)
}

// needsAdd tells whether t belongs in a heap and is in none.
// go1.26.8 runtime/time.go:682 needsAdd
func (t *Timer) needsAdd() bool {
	return !t.heaped && t.when > 0 && (t.c == nil || t.blocked > 0)
}

// go1.26.8 runtime/time.go:711 maybeAdd
func (s *Sched) maybeAdd(m *M, t *Timer) {
	ts := &m.p.timers
	ts.cleanHead()
	if !t.needsAdd() {
		return
	}
	t.heaped = true
	wake := ts.wakeTime()
	if !s.pollInited {
		s.pollInited = true
		if s.lastPoll == 1 {
			s.lastPoll = max(m.now, 2)
		}
	}
	ts.addHeap(t)
	if wake == 0 || t.when < wake {
		s.wakeNetPoller(m, t.when)
	}
}

// updateHeap brings the top of the heap up to date with its timer.
// go1.26.8 runtime/time.go:287 updateHeap
func (t *Timer) updateHeap() bool {
	ts := t.ts
	switch {
	case t.zombie:
		t.heaped, t.zombie, t.modified = false, false, false
		ts.zombies--
		ts.deleteMin()
		return true
	case t.modified:
		t.modified = false
		ts.heap[0].when = t.when
		ts.siftDown(0)
		ts.updateMinHeap()
		return true
	}
	return false
}

// checkTimers runs all expired timers of p on m. It returns the time it used,
// when the next one is due (0 for none), and whether any ran.
// go1.26.8 runtime/time.go:1009 check
func (s *Sched) checkTimers(m *M, p *P, now int64) (rnow, pollUntil int64, ran bool) {
	ts := &p.timers
	next := ts.wakeTime()
	if next == 0 {
		return now, 0, false
	}
	if now == 0 {
		now = m.now
	}
	force := p == m.p && ts.zombies > len(ts.heap)/4
	if now < next && !force {
		return now, next, false
	}
	if len(ts.heap) > 0 {
		ts.adjust(now, false)
		for len(ts.heap) > 0 {
			if tw := s.runTimer(m, ts, now); tw != 0 {
				if tw > 0 {
					pollUntil = tw
				}
				break
			}
			ran = true
		}
		if p == m.p && ts.zombies > len(ts.heap)/4 {
			ts.adjust(now, true)
		}
	}
	return now, pollUntil, ran
}

// runTimer runs the first timer if it is due and returns 0; otherwise when it
// is due, or -1 for an empty heap.
// go1.26.8 runtime/time.go:1074 run
func (s *Sched) runTimer(m *M, ts *timers, now int64) int64 {
	for {
		if len(ts.heap) == 0 {
			return -1
		}
		tw := ts.heap[0]
		t := tw.t
		if !t.modified && !t.zombie && tw.when > now {
			return tw.when
		}
		if t.updateHeap() {
			continue
		}
		if t.when > now {
			return t.when
		}
		s.fire(m, t, now)
		return 0
	}
}

// fire runs a timer's function; a periodic one is set again, another leaves
// its heap.
// go1.26.8 runtime/time.go:1119 unlockAndRun
func (s *Sched) fire(m *M, t *Timer, now int64) {
	delay := now - t.when
	e := s.about(event.Timer, event.TimerRule, m, t.g)
	e.N, e.Name, e.Addr = t.when, t.name, t.id
	next := int64(0)
	if t.period > 0 {
		next = t.when + t.period*(1+delay/t.period)
		if next < 0 {
			next = maxWhen
		}
	}
	t.when = next
	if t.heaped {
		t.modified = true
		if next == 0 {
			t.zombie = true
			t.ts.zombies++
		}
		t.updateHeap()
	}
	s.emit(e)
	if next != 0 {
		s.timerNote(event.TimerSet, m, t)
	}
	m.now += s.cost.Publish
	t.f(m, t.seq, delay)
}

// maybeRunChan lets an expired timer that is in no heap send now, before its
// channel is looked at.
// go1.26.8 runtime/time.go:1442 maybeRunChan
func (s *Sched) maybeRunChan(m *M, t *Timer) {
	if s.watch != nil || t.heaped || t.when == 0 || t.when > m.now {
		return
	}
	s.fire(m, t, m.now)
}

// blockTimerChan puts the timer in the heap for a G that blocks on its channel.
// go1.26.8 runtime/time.go:1474 blockTimerChan
func (s *Sched) blockTimerChan(m *M, t *Timer) {
	t.blocked++
	if s.watch != nil {
		return
	}
	if t.heaped && t.zombie && t.when > 0 {
		t.zombie = false
		t.ts.zombies--
	}
	if t.needsAdd() {
		s.maybeAdd(m, t)
	}
}

// go1.26.8 runtime/time.go:1516 unblockTimerChan
func (t *Timer) unblock() {
	t.blocked--
	if t.blocked == 0 && t.heaped && !t.zombie {
		t.zombie = true
		t.ts.zombies++
	}
}

// earliest is when any P's next timer is due, or until if that is earlier; 0
// is never.
// go1.26.8 runtime/proc.go:3924 checkTimersNoP
func (s *Sched) earliest(until int64) int64 {
	for _, p := range s.allp {
		if w := p.timers.wakeTime(); w != 0 && (until == 0 || w < until) {
			until = w
		}
	}
	return until
}
