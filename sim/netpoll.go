package sim

import "runnext/sim/event"

// pollWait is a G in the netpoller and when its descriptor becomes ready.
type pollWait struct {
	g    *G
	when int64
}

// NetWait parks the running G in the netpoller; what it waits for comes after
// d nanoseconds.
// go1.26.8 runtime/netpoll.go:548 netpollblock
func (s *Sched) NetWait(m *M, d int64) {
	s.pollInited = true
	if s.lastPoll == 1 {
		s.lastPoll = max(m.now, 2)
	}
	g := s.park(m, event.IOWait, 0)
	s.poll = append(s.poll, pollWait{g, m.now + max(d, 0)})
}

// netpoll collects the Gs whose descriptors are ready; the one that became
// ready last stands first.
// go1.26.8 runtime/netpoll_epoll.go:99 netpoll
func (s *Sched) netpoll(now int64) (list gList) {
	for {
		first := -1
		for i, w := range s.poll {
			if w.when <= now && (first < 0 || w.when < s.poll[first].when) {
				first = i
			}
		}
		if first < 0 {
			return list
		}
		list.push(s.poll[first].g)
		s.poll = append(s.poll[:first], s.poll[first+1:]...)
	}
}

// blockInPoll lets m wait in the netpoller until pollUntil, 0 for no limit.
// The kernel counts in milliseconds: a wait shorter than one is rounded up, a
// longer one down, so that the last stretch is waited for again.
// go1.26.8 runtime/netpoll_epoll.go:99 netpoll
func (s *Sched) blockInPoll(m *M, pollUntil int64, wasSpinning bool) {
	const forever = 1<<63 - 1
	m.until = forever
	if pollUntil != 0 {
		const ms = 1_000_000
		switch delay := pollUntil - m.now; {
		case delay <= 0:
			m.until = m.now
		case delay < ms:
			m.until = m.now + ms
		default:
			m.until = m.now + delay/ms*ms
		}
	}
	for _, w := range s.poll {
		m.until = min(m.until, max(w.when, m.now))
	}
	m.state = mPolling
	m.wasSpin = wasSpinning
	e := s.about(event.Polling, event.PollBlock, m, nil)
	e.N = pollUntil
	s.emit(e)
}

// pollReturn continues findRunnable after the netpoller has returned.
// go1.26.8 runtime/proc.go:3732 netpollinited
func (s *Sched) pollReturn(m *M) {
	if m.until > m.now {
		m.now = m.until + s.late(s.cost.Poll+(m.until-m.now)/1000)
	}
	list := s.netpoll(m.now)
	s.pollUntil = 0
	s.lastPoll = max(m.now, 2)
	s.note(event.PollDone, event.PollBlock, m, nil)
	p := s.pidleGet()
	if p == nil {
		s.injectglist(m, &list, event.PollReady)
		s.stopm(m)
		return
	}
	s.acquirep(m, p, event.PollBlock)
	m.state = mSched
	if g := list.pop(); g != nil {
		s.injectglist(m, &list, event.PollReady)
		s.execute(m, s.polled(m, g))
		return
	}
	if m.wasSpin {
		s.becomeSpinning(m)
	}
}

// netpollBreak wakes the M that is blocked in the netpoller.
// go1.26.8 runtime/netpoll_epoll.go:67 netpollBreak
func (s *Sched) netpollBreak(m *M) {
	for _, x := range s.allm {
		if x.state == mPolling {
			x.until = min(x.until, max(s.now(m), x.now))
			_, rouse := s.stir(m, x, drawnByWake)
			s.roused(m, rouse)
		}
	}
}

// wakeNetPoller makes sure that somebody notices a new earliest timer: the M
// in the netpoller, or a new one that looks for work.
// go1.26.8 runtime/proc.go:4002 wakeNetPoller
func (s *Sched) wakeNetPoller(m *M, when int64) {
	if s.lastPoll == 0 {
		if s.pollUntil == 0 || s.pollUntil > when {
			s.netpollBreak(m)
		}
		return
	}
	s.wakep(m)
}
