package sim

import "slices"

// processor is one of the machine's, as far as threads have to share it: what
// an M feels of Linux's fair scheduler. Without any ([Config.CPUs] is 0) every M
// has a processor to itself.
//
// An M that is awake wants a processor. It goes to the one it was on last, and
// waits there while another M is on; who has had less than its share is let on
// at once, others when the timer interrupt finds the time slice over. sysmon
// and what is not the program's take nothing.
type processor struct {
	on    *M
	queue []*M  // who waits, in no order
	tick  int64 // the next timer interrupt that finds somebody waiting
	other int64 // when something else wants the processor for a moment
}

// What a thread gets at a time and how often the timer interrupts, of a Linux
// with CONFIG_HZ=250. In a trace of sched_switch on two processors threads that
// found theirs taken waited for 8,000 to 10,000 if they had run little, and else
// until the next multiple of 4,000,000.
const (
	turnNS = 700_000 // times 1 + log2 of the processors, 8 of them at most
	tickNS = 4_000_000
	hotNS  = 500_000 // how long a thread that has run is not taken elsewhere
)

// One in so many of the threads that are woken goes to an idle processor because
// its own is its waker's, or to its waker's from an idle one: that depends on
// whether the waker hands its P over and sleeps, or goes on. In traces of
// sched_switch on two processors 89 of 659, 88 of 13,961 and 17 of 404.
const (
	leaves      = 7
	drawnByHand = 160
	drawnByWake = 24
)

// seat is where an M that is awake stands.
type seat uint8

const (
	unseated seat = iota // it sleeps, or has just been woken
	queued               // it waits for its processor
	seated               // it is on it
)

// share is an M's place on a processor and how much it has had: v and until
// are its virtual run time and deadline among those that want the processor,
// lag what it was owed when it went to sleep.
type share struct {
	seat     seat
	cpu      int   // the processor it was on last
	due      bool  // its wait in a system call or in the netpoller is over
	v, until int64 // vruntime, deadline
	lag      int64 // vlag
	ranTo    int64 // until when its run time is counted
	nap      int64 // when it went to sleep although it looks for work, 0 if it did not
}

// awake tells whether the M wants a processor.
func (m *M) awake() bool {
	switch m.state {
	case mRunning, mSched:
		return m.share.nap == 0
	case mCall, mPolling:
		return m.share.due
	}
	return false
}

// turn is the time slice.
func (s *Sched) turn() int64 {
	n := int64(turnNS)
	for i := 2; i <= min(len(s.cpus), 8); i *= 2 {
		n += turnNS
	}
	return n
}

// vacate takes Ms that have gone to sleep off their processors.
func (s *Sched) vacate() {
	for i := range s.cpus {
		c := &s.cpus[i]
		c.queue = slices.DeleteFunc(c.queue, func(m *M) bool {
			if m.awake() {
				return false
			}
			m.share.seat = unseated // another has put it to sleep
			return true
		})
		m := c.on
		if m == nil || m.awake() {
			continue
		}
		slept := m.now
		if m.share.nap != 0 {
			slept = m.share.nap
		}
		c.charge(slept)
		// An M is owed no more than an interrupt brings, and owes no more.
		m.share.lag = min(max(c.average()-m.share.v, -tickNS), tickNS)
		m.share.seat, c.on = unseated, nil
		s.refill(c, slept)
	}
}

// refill gives a processor that is free to one that waits for it, or else to one
// that waits for another and has not run for a while.
// linux v6.18 kernel/sched/fair.c task_hot
func (s *Sched) refill(c *processor, at int64) {
	if len(c.queue) > 0 {
		m := c.pick()
		c.drop(m)
		s.give(c, m, at)
		return
	}
	for i := range s.cpus {
		x := &s.cpus[i]
		for _, m := range x.queue {
			if at-m.share.ranTo >= hotNS {
				x.drop(m)
				m.share.v, m.share.until = 0, s.turn()
				s.give(c, m, at)
				return
			}
		}
	}
}

// give lets m, which has waited until at, run on c.
func (s *Sched) give(c *processor, m *M, at int64) {
	m.now = max(m.now, at)
	m.share.seat, m.share.ranTo, m.share.nap = seated, m.now, 0
	for i := range s.cpus {
		if &s.cpus[i] == c {
			m.share.cpu = i
		}
	}
	c.on = m
}

// sit finds a processor for an M that wants one from at on.
func (s *Sched) sit(m *M, at int64) {
	m.share.nap, m.share.due = 0, true
	c := s.seatOf(&m.share.cpu)
	if c.on == nil {
		m.share.v, m.share.until = 0, s.turn()
		s.give(c, m, 0)
		return
	}
	c.charge(c.on.now)
	n := int64(1 + len(c.queue))
	m.share.v = c.average() - m.share.lag*(n+1)/n
	m.share.until = m.share.v + s.turn()
	m.share.seat = queued
	if len(c.queue) == 0 {
		c.tick = s.interrupt(at)
	}
	c.queue = append(c.queue, m)
	s.elect(c, at)
}

// interrupt is when the timer interrupts after at.
func (s *Sched) interrupt(at int64) int64 {
	phase := int64(s.cpuPhase) % tickNS
	return (at-phase+tickNS)/tickNS*tickNS + phase
}

// seatOf is the processor for a thread that was on prev and wakes. An idle virtual
// one has halted, and the kernel takes a halted one for busy
// (available_idle_cpu): of some 1,900 wake-ups beside an idle processor 17 went there.
// linux v6.18 kernel/sched/fair.c select_task_rq_fair
func (s *Sched) seatOf(prev *int) *processor {
	if c := &s.cpus[*prev]; c.on != nil && s.delays.n(100) == 0 {
		if best := s.emptiest(); s.cpus[best].on == nil {
			*prev = best
		}
	}
	return &s.cpus[*prev]
}

func (s *Sched) emptiest() (best int) {
	for i := range s.cpus {
		if s.cpus[i].load() < s.cpus[best].load() {
			best = i
		}
	}
	return best
}

// elect lets the one on c that ought to run.
func (s *Sched) elect(c *processor, at int64) {
	next := c.pick()
	if next == c.on {
		return
	}
	old := c.on
	c.drop(next)
	old.share.seat = queued
	c.queue = append(c.queue, old)
	s.give(c, next, at)
}

// stir is how long it takes until m, which by wakes, wants its processor, and
// what that costs by: a processor at rest has to be fetched out of it. The
// kernel decides then where m is to run: where it ran last, mostly.
// linux v6.18 kernel/sched/fair.c select_task_rq_fair
func (s *Sched) stir(by, m *M, drawn uint32) (delay, rouse int64) {
	if s.cpus == nil || by == nil {
		return s.cost.Wake, s.cost.Rouse
	}
	c := &s.cpus[m.share.cpu]
	switch {
	case c.on == by && s.delays.n(leaves) == 0:
		m.share.cpu = s.emptiest()
	case c.on == nil && s.delays.n(drawn) == 0:
		m.share.cpu = by.share.cpu
	}
	switch c = &s.cpus[m.share.cpu]; c.on {
	case nil:
		return s.cost.Wake, s.cost.Rouse
	case by:
		return s.cost.Turn, s.cost.Turn
	}
	return s.cost.Wake, s.cost.Turn
}

// interrupted has sysmon, which has run little, look from the processor it was
// on last at once: the M there waits meanwhile.
func (s *Sched) interrupted(now int64) {
	if s.cpus == nil {
		return
	}
	c := s.seatOf(&s.sysmon.cpu)
	if m := c.on; m != nil {
		c.charge(m.now)
		m.now = max(m.now, now) + s.late(s.cost.Look)
		m.share.ranTo = m.now
		if len(c.queue) > 0 {
			s.elect(c, m.now)
		}
	}
}

// disturbed takes the processor from m for a moment if something that is not
// the program's wants it: interrupts, the kernel's threads, the host of a
// virtual machine.
func (s *Sched) disturbed(m *M) bool {
	c := &s.cpus[m.share.cpu]
	if m.now < c.other {
		return false
	}
	c.charge(m.now)
	m.now += s.late(s.cost.Hiccup)
	m.share.ranTo = m.now
	gap := s.cost.Calm / 4
	c.other = m.now + gap + int64(s.delays.n(uint32(6*gap)))
	return true
}

// nextTick is the processor whose timer interrupts first while somebody waits.
func (s *Sched) nextTick() (first *processor) {
	for i := range s.cpus {
		if c := &s.cpus[i]; len(c.queue) > 0 && (first == nil || c.tick < first.tick) {
			first = c
		}
	}
	return first
}

// ticked ends the turn of who has had it; an idle processor takes one that
// waits.
// linux v6.18 kernel/sched/fair.c update_deadline
func (s *Sched) ticked(c *processor) {
	at := c.tick
	s.clock = max(s.clock, at)
	c.tick += tickNS
	c.charge(max(at, c.on.now))
	if on := &c.on.share; on.v >= on.until {
		on.until = on.v + s.turn()
		s.elect(c, at)
	}
	for i := range s.cpus {
		if x := &s.cpus[i]; x.on == nil {
			s.refill(x, at)
		}
	}
}

// charge counts what the M on c has run until now.
func (c *processor) charge(now int64) {
	if m := c.on; now > m.share.ranTo {
		m.share.v += now - m.share.ranTo
		m.share.ranTo = now
	}
}

func (c *processor) load() int {
	n := len(c.queue)
	if c.on != nil {
		n++
	}
	return n
}

// linux v6.18 kernel/sched/fair.c avg_vruntime
func (c *processor) average() int64 {
	sum, n := int64(0), int64(len(c.queue))
	for _, m := range c.queue {
		sum += m.share.v
	}
	if c.on != nil {
		sum += c.on.share.v
		n++
	}
	return sum / max(n, 1)
}

// pick is who of those that have not had more than their share has the first
// deadline; who is on stays if that is as early.
// linux v6.18 kernel/sched/fair.c pick_eevdf
func (c *processor) pick() *M {
	avg := c.average()
	best := c.on
	if best != nil && best.share.v > avg {
		best = nil
	}
	for _, m := range c.queue {
		if m.share.v <= avg && (best == nil || m.share.until < best.share.until) {
			best = m
		}
	}
	return best
}

func (c *processor) drop(m *M) {
	if i := slices.Index(c.queue, m); i >= 0 {
		c.queue = slices.Delete(c.queue, i, i+1)
	}
}
