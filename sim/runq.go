package sim

import "runnext/sim/event"

// runqput puts g on p's queue: in runnext, whose G is then kicked out to the
// ring's tail, or at the ring's tail. A full ring overflows to the global
// queue.
// go1.26.8 runtime/proc.go:7478 runqput
func (s *Sched) runqput(m *M, p *P, g *G, next bool, r event.Rule) {
	if next && !s.faults.NoRunNext {
		old := p.runnext
		p.runnext, p.nextAt = g, s.now(m)
		s.moved(m, p, g, r, event.Nowhere, event.RunNext)
		if old == nil {
			return
		}
		if s.faults.LoseKicked {
			return
		}
		g = old
		r = event.Kick
	} else if next {
		r = event.RingTail
	}
	from := event.Nowhere
	if r == event.Kick {
		from = event.RunNext
	}
	if p.tail-p.head < ringSize {
		p.ring[p.tail%ringSize] = g
		p.tail++
		s.moved(m, p, g, r, from, event.Ring)
		return
	}
	s.runqputslow(m, p, g, from)
}

// runqputslow moves the first half of the full ring and g to the tail of the
// global queue, in that order.
// go1.26.8 runtime/proc.go:7524 runqputslow
func (s *Sched) runqputslow(m *M, p *P, g *G, from event.Where) {
	n := (p.tail - p.head) / 2
	if s.faults.OverflowOne {
		n = 1
	}
	for ; n > 0; n-- {
		x := p.ring[p.head%ringSize]
		p.ring[p.head%ringSize] = nil
		p.head++
		s.runq.pushBack(x)
		s.moved(m, p, x, event.Overflow, event.Ring, event.Global)
	}
	s.runq.pushBack(g)
	s.moved(m, p, g, event.Overflow, from, event.Global)
}

// runqputbatch appends a queue to the ring's tail as far as there is room.
// go1.26.8 runtime/proc.go:7565 runqputbatch
func (s *Sched) runqputbatch(m *M, p *P, q *gQueue, r event.Rule, from event.Where) {
	for !q.empty() && p.tail-p.head < ringSize {
		g := q.pop()
		p.ring[p.tail%ringSize] = g
		p.tail++
		s.moved(m, p, g, r, from, event.Ring)
	}
}

// runqget takes the next G of p: runnext first, which inherits the slice.
// go1.26.8 runtime/proc.go:7598 runqget
func (s *Sched) runqget(p *P) (g *G, inherit bool) {
	if g = p.runnext; g != nil {
		p.runnext = nil
		return g, true
	}
	if p.head == p.tail {
		return nil, false
	}
	if s.faults.LIFO {
		p.tail--
		g = p.ring[p.tail%ringSize]
		p.ring[p.tail%ringSize] = nil
		return g, false
	}
	g = p.ring[p.head%ringSize]
	p.ring[p.head%ringSize] = nil
	p.head++
	return g, false
}

// runqgrab takes half of the victim's ring, rounded up, from its head; when
// the ring is empty and stealRunNext is set, its runnext.
// go1.26.8 runtime/proc.go:7662 runqgrab
func (s *Sched) runqgrab(m *M, victim *P, batch []*G, stealRunNext bool) []*G {
	n := victim.tail - victim.head
	if !s.faults.StealAll {
		n -= n / 2
	}
	if n == 0 {
		if g := victim.runnext; stealRunNext && g != nil {
			// The runtime calls usleep(3) before it takes it, because the victim
			// is likely to run it at once. The thief notes what it saw and comes
			// back after that time.
			if vm := victim.m; !s.faults.NoGrace && !s.faults.NextEarly && vm != nil && (vm.curg == nil || vm.curg.status != event.InCall) {
				if m.graceSeen != (seenNext{victim, g.ID}) || m.now < victim.nextAt {
					if m.grace.g == 0 {
						m.now = max(m.now, victim.nextAt)
						m.grace = seenNext{victim, g.ID}
					}
					return batch
				}
			}
			m.grace = seenNext{}
			victim.runnext = nil
			return append(batch, g)
		}
		return batch
	}
	for ; n > 0; n-- {
		batch = append(batch, victim.ring[victim.head%ringSize])
		victim.ring[victim.head%ringSize] = nil
		victim.head++
	}
	return batch
}

// runqsteal takes half of p2's ring: the last one grabbed is run, the others
// are put in p's ring.
// go1.26.8 runtime/proc.go:7730 runqsteal
func (s *Sched) runqsteal(m *M, p, p2 *P, stealRunNext bool) *G {
	s.stolen = s.runqgrab(m, p2, s.stolen[:0], stealRunNext)
	n := len(s.stolen)
	if n == 0 {
		return nil
	}
	g := s.stolen[n-1]
	for _, x := range s.stolen[:n-1] {
		p.ring[p.tail%ringSize] = x
		p.tail++
		e := event.New(event.Moved, event.StealHalf, m.now)
		e.M, e.P, e.P2, e.G, e.From, e.To = m.ID, p.ID, p2.ID, x.ID, event.Ring, event.Ring
		s.emit(e)
	}
	return g
}

// globrunqput appends g to the global queue.
// go1.26.8 runtime/proc.go:7249 globrunqput
func (s *Sched) globrunqput(m *M, g *G, from event.Where) {
	if s.faults.GlobalHead {
		s.runq.push(g)
	} else {
		s.runq.pushBack(g)
	}
	s.moved(m, nil, g, event.GlobalTail, from, event.Global)
}

// globrunqgetbatch takes at most n Gs and at most a P's share: the first is
// returned to be run, the others go to p's ring.
// go1.26.8 runtime/proc.go:7293 globrunqgetbatch
func (s *Sched) globrunqgetbatch(m *M, p *P, n int32) *G {
	if s.runq.size == 0 {
		return nil
	}
	n = min(n, s.runq.size, s.runq.size/int32(len(s.allp))+1)
	g := s.runq.pop()
	var q gQueue
	for n--; n > 0; n-- {
		q.pushBack(s.runq.pop())
	}
	s.runqputbatch(m, p, &q, event.GlobalBatch, event.Global)
	return g
}
