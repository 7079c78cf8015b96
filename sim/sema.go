package sim

import "runnext/sim/event"

// semaList holds the Gs that wait for one semaphore. The runtime keeps the
// lists in a treap by address; which tree they hang in changes no order.
// go1.26.8 runtime/sema.go:40 semaRoot struct
type semaList struct{ waitq }

// semaWait is what a G waits for at a semaphore.
type semaWait struct {
	key  any
	add  func(d int32) uint32
	lifo bool
	why  event.Reason
}

// SemAcquire waits until *addr is above zero and takes one away. lifo puts the
// G at the head of the queue. It reports whether the G was parked; it holds
// the semaphore when it runs again.
// go1.26.8 runtime/sema.go:146 semacquire1
func (s *Sched) SemAcquire(m *M, addr *uint32, lifo bool, why event.Reason) bool {
	return s.SemAcquireKey(m, addr, func(d int32) uint32 {
		*addr += uint32(d)
		return *addr
	}, lifo, why)
}

// SemAcquireKey is SemAcquire for a semaphore that the host keeps: key names
// it, add changes it by d and gives its new value.
// go1.26.8 runtime/sema.go:146 semacquire1
func (s *Sched) SemAcquireKey(m *M, key any, add func(d int32) uint32, lifo bool, why event.Reason) bool {
	m.now += s.cost.Chan
	if cansemacquire(add) {
		return false
	}
	sg := s.acquireSudog(m.curg)
	sg.sema = semaWait{key: key, add: add, lifo: lifo, why: why}
	s.semaQueue(m, sg)
	return true
}

func (s *Sched) semaQueue(m *M, sg *sudog) {
	w := &sg.sema
	l := s.semas[w.key]
	if l == nil {
		l = &semaList{}
		s.semas[w.key] = l
	}
	if w.lifo {
		l.enqueueFirst(sg)
	} else {
		l.enqueue(sg)
	}
	g := m.curg
	g.waiting = sg
	g.woken = semacquired
	s.park(m, w.why, 0)
}

// semacquired goes on with a G that waited for a semaphore; it may have to wait
// again.
func semacquired(s *Sched, m *M, g *G) {
	sg := g.waiting
	if sg.ticket != 0 || cansemacquire(sg.sema.add) {
		s.releaseSudog(g)
		return
	}
	s.semaQueue(m, sg)
}

// enqueueFirst puts sg at the head.
func (q *waitq) enqueueFirst(sg *sudog) {
	sg.prev, sg.next = nil, q.first
	if q.first == nil {
		q.last = sg
	} else {
		q.first.prev = sg
	}
	q.first = sg
}

// go1.26.8 runtime/sema.go:291 cansemacquire
func cansemacquire(add func(int32) uint32) bool {
	if add(0) > 0 {
		add(-1)
		return true
	}
	return false
}

// SemRelease adds one to *addr and wakes a waiter. With handoff the waiter
// gets it at once and the running G yields to it; the result tells whether it
// did.
// go1.26.8 runtime/sema.go:207 semrelease1
func (s *Sched) SemRelease(m *M, addr *uint32, handoff bool) bool {
	return s.SemReleaseKey(m, addr, func(d int32) uint32 {
		*addr += uint32(d)
		return *addr
	}, handoff)
}

// SemReleaseKey is SemRelease for a semaphore that the host keeps.
// go1.26.8 runtime/sema.go:207 semrelease1
func (s *Sched) SemReleaseKey(m *M, key any, add func(d int32) uint32, handoff bool) bool {
	m.now += s.cost.Chan
	add(1)
	l := s.semas[key]
	if l == nil {
		return false
	}
	sg := l.first
	if l.remove(sg); l.first == nil {
		delete(s.semas, key)
	}
	if handoff && cansemacquire(add) {
		sg.ticket = 1
	}
	s.ready(m, sg.g, event.ReadyNext, 0)
	if sg.ticket == 1 {
		if len(s.allp) == 1 {
			s.Yield(m)
		} else {
			// To wake an M may have taken a while: others act before it yields.
			m.then(s.Yield)
		}
		return true
	}
	return false
}

// NotifyList is what a sync.Cond waits on: tickets in the order of Wait.
// go1.26.8 runtime/sema.go:547 notifyList
type NotifyList struct {
	wait, notify uint32
	waiters      []*sudog
}

// Add takes a ticket.
// go1.26.8 runtime/sema.go:578 notifyListAdd
func (l *NotifyList) Add() uint32 {
	l.wait++
	return l.wait - 1
}

// NotifyWait parks the running G until its ticket is called, and reports
// whether it had to.
// go1.26.8 runtime/sema.go:588 notifyListWait
func (s *Sched) NotifyWait(m *M, l *NotifyList, ticket uint32) bool {
	if int32(ticket-l.notify) < 0 {
		return false
	}
	sg := &sudog{g: m.curg, ticket: ticket}
	m.curg.waiting = sg
	l.waiters = append(l.waiters, sg)
	s.park(m, event.CondWait, 0)
	return true
}

// NotifyAll wakes all waiters, the oldest first.
// go1.26.8 runtime/sema.go:631 notifyListNotifyAll
func (s *Sched) NotifyAll(m *M, l *NotifyList) {
	if l.wait == l.notify {
		return
	}
	list := l.waiters
	l.waiters = nil
	l.notify = l.wait
	for _, sg := range list {
		s.ready(m, sg.g, event.ReadyNext, 0)
	}
}

// NotifyOne wakes the waiter that took its ticket first.
// go1.26.8 runtime/sema.go:668 notifyListNotifyOne
func (s *Sched) NotifyOne(m *M, l *NotifyList) {
	if l.wait == l.notify {
		return
	}
	t := l.notify
	l.notify++
	for i, sg := range l.waiters {
		if sg.ticket == t {
			if i == 0 {
				l.waiters = l.waiters[1:]
			} else {
				l.waiters = append(l.waiters[:i:i], l.waiters[i+1:]...)
			}
			s.ready(m, sg.g, event.ReadyNext, 0)
			return
		}
	}
}
