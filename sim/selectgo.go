package sim

import (
	"slices"

	"runnext/sim/event"
)

// Case is one case of a select.
// go1.26.8 runtime/select.go:20 scase struct
type Case struct {
	C    *Chan
	Send bool
	Elem Word // what is sent
}

// Select runs a select statement. The case it takes is left in the running G's
// Index, what was received in Got and Ok. Cases are tried in a drawn order; a
// G that has to wait is enqueued on all channels in lock order.
// go1.26.8 runtime/select.go:122 selectgo
func (s *Sched) Select(m *M, cases []Case, block bool) Outcome {
	g := m.curg
	m.now += s.cost.Chan * int64(1+len(cases))
	if len(cases) == 0 && block {
		s.park(m, event.SelectNoCases, 0)
		return Parked
	}
	// A select with one case is compiled to a plain operation.
	if len(cases) == 1 {
		g.Index = 0
		var o Outcome
		if cases[0].Send {
			o = s.Send(m, cases[0].C, cases[0].Elem, block)
		} else {
			o = s.Recv(m, cases[0].C, block)
		}
		if o == WouldBlock {
			g.Index = -1
		}
		return o
	}
	order := make([]int, 0, len(cases))
	for i := range cases {
		c := cases[i].C
		if c == nil {
			continue
		}
		if c.timer != nil {
			s.maybeRunChan(m, c.timer)
		}
		j := int(s.rand.n(uint32(len(order) + 1)))
		order = append(order, i)
		order[len(order)-1] = order[j]
		order[j] = i
	}
	if s.watch != nil {
		order = s.steered(cases, order)
	}
	for _, i := range order {
		if o := s.tryCase(m, &cases[i]); o != WouldBlock {
			g.Index = i
			return o
		}
	}
	if !block {
		g.Index = -1
		return WouldBlock
	}
	s.parkSelect(m, cases, lockOrder(cases, order))
	return Parked
}

// tryCase does the case if it can be done now.
func (s *Sched) tryCase(m *M, k *Case) Outcome {
	g, c := m.curg, k.C
	if k.Send {
		switch {
		case c.closed:
			return SentClosed
		case c.recvq.first != nil:
			if sg := c.recvq.dequeue(s.faults.WaitLIFO); sg != nil {
				s.pass(m, sg, k.Elem)
				return Done
			}
		}
		if c.count < len(c.buf) {
			s.slot(c, g, c.sendx)
			c.put(k.Elem)
			return Done
		}
		return WouldBlock
	}
	if sg := c.sendq.dequeue(s.faults.WaitLIFO); sg != nil {
		g.Got, g.Ok = s.recvFrom(m, c, sg), true
		return Done
	}
	if c.count > 0 {
		s.slot(c, g, c.recvx)
		g.Got, g.Ok = c.take(), true
		return Done
	}
	if c.closed {
		g.Got, g.Ok = Word{}, false
		s.sawClosed(c, g)
		return Done
	}
	return WouldBlock
}

// steered puts the case that the watcher picks among those that are ready to
// the front of the order.
func (s *Sched) steered(cases []Case, order []int) []int {
	slices.Sort(order)
	var ready []int
	for _, i := range order {
		if cases[i].ready() {
			ready = append(ready, i)
		}
	}
	if len(ready) < 2 {
		return order
	}
	return append([]int{ready[s.watch.Choose(len(ready))]}, order...)
}

// ready tells whether the case can be done now.
func (k *Case) ready() bool {
	waits := func(q *waitq) bool {
		for sg := q.first; sg != nil; sg = sg.next {
			if !sg.isSelect || !sg.g.selDone {
				return true
			}
		}
		return false
	}
	if k.Send {
		return k.C.closed || waits(&k.C.recvq) || k.C.count < len(k.C.buf)
	}
	return waits(&k.C.sendq) || k.C.count > 0 || k.C.closed
}

func (s *Sched) parkSelect(m *M, cases []Case, order []int) {
	g := m.curg
	g.param, g.selDone, g.waiting = nil, false, nil
	list := make([]*sudog, len(order))
	for n, i := range order {
		k := &cases[i]
		sg := &sudog{g: g, c: k.C, elem: k.Elem, isSelect: true}
		list[n] = sg
		if n > 0 {
			list[n-1].waitlink = sg
		} else {
			g.waiting = sg
		}
		if k.Send {
			k.C.sendq.enqueue(sg)
		} else {
			k.C.recvq.enqueue(sg)
		}
		if k.C.timer != nil {
			s.blockTimerChan(m, k.C.timer)
		}
	}
	kept := append([]Case(nil), cases...)
	g.resume = func(m *M) {
		won := g.param
		g.param, g.waiting, g.selDone = nil, nil, false
		for n, i := range order {
			k, sg := &kept[i], list[n]
			if k.C.timer != nil {
				k.C.timer.unblock()
			}
			if sg == won {
				g.Index, g.Ok = i, sg.success
				g.Got = Word{}
				if !k.Send && sg.success {
					g.Got = sg.elem
				}
			} else if k.Send {
				k.C.sendq.remove(sg)
			} else {
				k.C.recvq.remove(sg)
			}
		}
	}
	s.park(m, event.Select, 0)
}

// lockOrder sorts the cases by their channel's address with the runtime's heap
// sort, which is not stable.
// go1.26.8 runtime/select.go:545 sortkey
func lockOrder(cases []Case, poll []int) []int {
	key := func(i int) uint64 { return cases[i].C.ID }
	order := make([]int, len(poll))
	for i := range order {
		j := i
		for j > 0 && key(order[(j-1)/2]) < key(poll[i]) {
			k := (j - 1) / 2
			order[j] = order[k]
			j = k
		}
		order[j] = poll[i]
	}
	for i := len(order) - 1; i >= 0; i-- {
		o := order[i]
		order[i] = order[0]
		j := 0
		for {
			k := j*2 + 1
			if k >= i {
				break
			}
			if k+1 < i && key(order[k]) < key(order[k+1]) {
				k++
			}
			if key(o) < key(order[k]) {
				order[j] = order[k]
				j = k
				continue
			}
			break
		}
		order[j] = o
	}
	return order
}
