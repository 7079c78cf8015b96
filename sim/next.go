package sim

import (
	"math"

	"runnext/sim/event"
)

// patience is how many things Next does by itself before it comes back.
const patience = 1 << 12

// Next lets the scheduler work until an M can go on with a G of the host, and
// returns that M: the one whose clock is furthest behind. It fails with
// [ErrExited] after [Sched.Stop], with a [*Fatal] after a deadlock, and with
// [ErrLater] when there is much to do until then.
func (s *Sched) Next() (*M, error) {
	for n := 0; ; n++ {
		if n == patience {
			return nil, ErrLater
		}
		if s.fatal != nil {
			return nil, s.fatal
		}
		if s.exited {
			return nil, ErrExited
		}
		if s.cpus != nil {
			s.vacate()
		}
		m, at := s.earliestM()
		if c := s.nextTick(); c != nil && c.tick <= min(at, s.sysmon.next) {
			s.ticked(c)
			continue
		}
		if s.sysmon.next <= at {
			if m == nil && s.sysmon.asleep && s.earliest(0) == 0 && len(s.poll) == 0 {
				return nil, ErrStuck
			}
			s.sysmonStep()
			continue
		}
		s.clock = max(s.clock, at)
		if s.cpus != nil && m.share.seat != seated {
			if s.sit(m, at); m.share.seat != seated {
				continue
			}
		}
		if s.cpus != nil && s.disturbed(m) {
			continue
		}
		m.share.due = false
		switch m.state {
		case mSched:
			s.schedule(m)
		case mCall:
			s.exitsyscall(m)
		case mPolling:
			s.pollReturn(m)
		case mRunning:
			g := m.curg
			switch last := len(g.then) - 1; {
			case g.worker != nil && g.worker.busy:
				s.markWorker(m)
			case last >= 0 && g.helping:
				s.goOn(m)
			case g.scanBy != nil:
				s.preemptPark(m)
			case g.preempt:
				s.preempt(m)
			case g.resume != nil:
				f := g.resume
				g.resume = nil
				f(m)
			case g.woken != nil:
				f := g.woken
				g.woken = nil
				f(s, m, g)
			case last >= 0:
				s.goOn(m)
			case g.code != nil:
				g.code(m)
			case g.System():
				m.now += s.cost.System
				s.park(m, g.system, 0)
			default:
				return m, nil
			}
		}
	}
}

// goOn does what m's G was last told to do before it goes on.
func (s *Sched) goOn(m *M) {
	g := m.curg
	last := len(g.then) - 1
	f := g.then[last]
	g.then[last] = nil
	g.then = g.then[:last]
	f(m)
}

// earliestM finds the M that acts next and when; at is the far future when
// none does.
func (s *Sched) earliestM() (m *M, at int64) {
	at = math.MaxInt64
	for _, x := range s.allm {
		if x.share.seat == queued {
			continue
		}
		t := x.now
		switch x.state {
		case mRunning, mSched:
		case mCall, mPolling:
			t = max(t, x.until)
		default:
			continue
		}
		if t < at {
			m, at = x, t
		}
	}
	return m, at
}

// skewNS is how far an M may run ahead of the others. What one thread does is
// not seen by another at once on a real machine either.
const skewNS = 1_000

// workNS is how far a G that only computes may run ahead of other Ms, which do
// not notice.
const workNS = 50_000

// Budget is the virtual time in nanoseconds that m's G may run before Next must
// be asked again: until sysmon looks, or until another M's clock is behind.
func (s *Sched) Budget(m *M) int64 { return s.budget(m, skewNS) }

// WorkBudget is Budget for a G that touches nothing another one could see.
func (s *Sched) WorkBudget(m *M) int64 { return s.budget(m, workNS) }

func (s *Sched) budget(m *M, skew int64) int64 {
	limit := s.sysmon.next
	if c := s.nextTick(); c != nil {
		limit = min(limit, c.tick)
	}
	if len(s.allm) > 1 {
		for _, x := range s.allm {
			if x == m || x.share.seat == queued {
				continue
			}
			switch x.state {
			case mRunning, mSched:
				limit = min(limit, x.now+skew)
			case mCall, mPolling:
				limit = min(limit, max(x.now, x.until)+skew)
			}
		}
	}
	return max(limit-m.now, 1)
}

// Charge moves m's clock forward; a steered scheduler's moves with its timers
// alone.
func (s *Sched) Charge(m *M, ns int64) {
	if s.watch == nil {
		m.now += ns
	}
}

// Running tells whether m still runs g: it does not once a call has parked it.
func (m *M) Running(g *G) bool { return m.curg == g && m.state == mRunning }

// checkdead reports a deadlock when no M can ever run anything again.
// go1.26.8 runtime/proc.go:6367 checkdead
func (s *Sched) checkdead() {
	if s.exited || s.fatal != nil {
		return
	}
	gone := int32(0)
	for _, m := range s.allm {
		if m.state == mGone {
			gone++
		}
	}
	if int32(len(s.allm))-s.nmidle-s.nmlocked-gone > 0 {
		return
	}
	waiting := 0
	for _, g := range s.allg {
		switch {
		case g.System():
		case g.status == event.Waiting:
			waiting++
		default:
			return // an M is on its way to it
		}
	}
	if waiting == 0 {
		s.die("no goroutines (main called runtime.Goexit) - deadlock!", event.CheckdeadRule)
		return
	}
	for _, p := range s.allp {
		if len(p.timers.heap) > 0 {
			return
		}
	}
	s.die("all goroutines are asleep - deadlock!", event.CheckdeadRule)
}

func (s *Sched) die(text string, r event.Rule) {
	s.fatal = &Fatal{Text: text}
	e := event.New(event.Fatal, r, s.clock)
	e.Name = text
	s.emit(e)
}
