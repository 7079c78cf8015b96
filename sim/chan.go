package sim

import "runnext/sim/event"

// Chan is a channel. A nil *Chan is a nil channel.
// go1.26.8 runtime/chan.go:34 hchan struct
type Chan struct {
	ID   uint64 // in order of creation; stands for the address in lock order
	Host any    // the host's own record

	buf          []Word // ring, sendx to recvx
	count        int
	sendx, recvx int
	closed       bool
	timer        *Timer
	recvq, sendq waitq
}

// sudog is a G in a wait queue.
// go1.26.8 runtime/runtime2.go:406 sudog struct
type sudog struct {
	g          *G
	c          *Chan
	elem       Word
	next, prev *sudog
	waitlink   *sudog // the next one of the same G, or of the same semaphore
	isSelect   bool
	success    bool
	ticket     uint32
	sema       semaWait
}

// waitq is a list of waiting Gs, the oldest first.
// go1.26.8 runtime/chan.go:57 waitq struct
type waitq struct{ first, last *sudog }

// go1.26.8 runtime/chan.go:872 enqueue
func (q *waitq) enqueue(sg *sudog) {
	sg.next = nil
	sg.prev = q.last
	if q.last == nil {
		q.first = sg
	} else {
		q.last.next = sg
	}
	q.last = sg
}

// dequeue takes the oldest waiter that no other case of its select has won.
// go1.26.8 runtime/chan.go:886 dequeue
func (q *waitq) dequeue(lifo bool) *sudog {
	for {
		sg := q.first
		if lifo {
			sg = q.last
		}
		if sg == nil {
			return nil
		}
		q.remove(sg)
		if sg.isSelect {
			if sg.g.selDone {
				continue
			}
			sg.g.selDone = true
		}
		return sg
	}
}

// remove takes sg out if it is in q.
// go1.26.8 runtime/select.go:627 dequeueSudoG
func (q *waitq) remove(sg *sudog) {
	if sg.prev == nil && sg.next == nil && q.first != sg {
		return
	}
	if sg.prev != nil {
		sg.prev.next = sg.next
	} else {
		q.first = sg.next
	}
	if sg.next != nil {
		sg.next.prev = sg.prev
	} else {
		q.last = sg.prev
	}
	sg.next, sg.prev = nil, nil
}

// Outcome is what a channel operation came to.
type Outcome uint8

// The outcomes.
const (
	Done       Outcome = iota
	Parked             // the G waits; its Got, Ok and Index are set when it runs again
	WouldBlock         // a non-blocking operation that did nothing
	SentClosed         // a send on a closed channel: the host panics
)

// MakeChan makes a channel with room for size values.
// go1.26.8 runtime/chan.go:75 makechan
func (s *Sched) MakeChan(size int) *Chan {
	s.chanID++
	c := &Chan{ID: s.chanID}
	if size > 0 {
		c.buf = make([]Word, size)
	}
	return c
}

// Len is what len gives: a timer's channel looks unbuffered.
// go1.26.8 runtime/chan.go:818 chanlen
func (s *Sched) Len(m *M, c *Chan) int {
	if c == nil {
		return 0
	}
	if c.timer != nil {
		s.maybeRunChan(m, c.timer)
		return 0
	}
	return c.count
}

// Cap is what cap gives.
// go1.26.8 runtime/chan.go:835 chancap
func (c *Chan) Cap() int {
	if c == nil || c.timer != nil {
		return 0
	}
	return len(c.buf)
}

func (c *Chan) put(w Word) {
	c.buf[c.sendx] = w
	if c.sendx++; c.sendx == len(c.buf) {
		c.sendx = 0
	}
	c.count++
}

func (c *Chan) take() Word {
	w := c.buf[c.recvx]
	c.buf[c.recvx] = Word{}
	if c.recvx++; c.recvx == len(c.buf) {
		c.recvx = 0
	}
	c.count--
	return w
}

// drain empties a timer's channel.
// go1.26.8 runtime/chan.go:358 timerchandrain
func (c *Chan) drain() bool {
	some := c.count > 0
	for c.count > 0 {
		c.take()
	}
	return some
}

// Send sends w: straight to a waiting receiver, into the buffer, or by waiting.
// It never yields by itself: the receiver it wakes sits in runnext.
// go1.26.8 runtime/chan.go:176 chansend
func (s *Sched) Send(m *M, c *Chan, w Word, block bool) Outcome {
	m.now += s.cost.Chan
	if c == nil {
		if !block {
			return WouldBlock
		}
		s.park(m, event.ChanSendNil, 0)
		return Parked
	}
	if c.closed {
		return SentClosed
	}
	if sg := c.recvq.dequeue(s.faults.WaitLIFO); sg != nil {
		s.pass(m, sg, w)
		return Done
	}
	if c.count < len(c.buf) {
		s.slot(c, m.curg, c.sendx)
		c.put(w)
		return Done
	}
	if !block {
		return WouldBlock
	}
	g := m.curg
	sg := s.acquireSudog(g)
	sg.c, sg.elem = c, w
	g.waiting, g.param = sg, nil
	c.sendq.enqueue(sg)
	g.woken = sent
	s.park(m, event.ChanSend, c.ID)
	return Parked
}

// sent goes on with a G that waited to send.
func sent(s *Sched, _ *M, g *G) {
	g.Ok = g.waiting.success
	s.releaseSudog(g)
}

// acquireSudog gives a sudog for g, one that was used before if there is one.
// go1.26.8 runtime/proc.go:488 acquireSudog
func (s *Sched) acquireSudog(g *G) *sudog {
	sg := s.sudogs
	if sg == nil {
		return &sudog{g: g}
	}
	s.sudogs = sg.next
	*sg = sudog{g: g}
	return sg
}

// releaseSudog takes back the only one that g has waited with.
// go1.26.8 runtime/proc.go:526 releaseSudog
func (s *Sched) releaseSudog(g *G) {
	sg := g.waiting
	g.waiting, g.param = nil, nil
	*sg = sudog{next: s.sudogs}
	s.sudogs = sg
}

// pass hands a value to a waiting receiver.
// go1.26.8 runtime/chan.go:318 send
func (s *Sched) pass(m *M, sg *sudog, w Word) {
	sg.elem = w
	if s.watch != nil {
		s.watch.Passed(sg.c, m.curg, sg.g)
	}
	s.complete(m, sg, true)
}

func (s *Sched) complete(m *M, sg *sudog, success bool) {
	sg.success = success
	sg.g.param = sg
	s.wake(m, sg, event.ReadyNext)
}

func (s *Sched) wake(m *M, sg *sudog, r event.Rule) {
	on := uint64(0)
	if sg.c != nil && !sg.isSelect {
		on = sg.c.ID
	}
	s.ready(m, sg.g, r, on)
}

// TrySend sends without blocking, also from a timer's function.
// go1.26.8 runtime/chan.go:784 selectnbsend
func (s *Sched) TrySend(m *M, c *Chan, w Word) bool {
	return s.Send(m, c, w, false) == Done
}

// Recv receives into the running G's Got and Ok.
// go1.26.8 runtime/chan.go:524 chanrecv
func (s *Sched) Recv(m *M, c *Chan, block bool) Outcome {
	m.now += s.cost.Chan
	g := m.curg
	if c == nil {
		if !block {
			return WouldBlock
		}
		s.park(m, event.ChanReceiveNil, 0)
		return Parked
	}
	if c.timer != nil {
		s.maybeRunChan(m, c.timer)
	}
	if c.closed {
		if c.count == 0 {
			g.Got, g.Ok = Word{}, false
			s.sawClosed(c, g)
			return Done
		}
	} else if sg := c.sendq.dequeue(s.faults.WaitLIFO); sg != nil {
		g.Got, g.Ok = s.recvFrom(m, c, sg), true
		return Done
	}
	if c.count > 0 {
		s.slot(c, g, c.recvx)
		g.Got, g.Ok = c.take(), true
		return Done
	}
	if !block {
		return WouldBlock
	}
	sg := s.acquireSudog(g)
	sg.c = c
	g.waiting, g.param = sg, nil
	c.recvq.enqueue(sg)
	if c.timer != nil {
		s.blockTimerChan(m, c.timer)
	}
	g.woken = received
	s.park(m, event.ChanReceive, c.ID)
	return Parked
}

// received goes on with a G that waited to receive.
func received(s *Sched, _ *M, g *G) {
	sg := g.waiting
	if sg.c.timer != nil {
		sg.c.timer.unblock()
	}
	g.Got, g.Ok = sg.elem, sg.success
	s.releaseSudog(g)
}

// recvFrom receives from a waiting sender: its value, or with a buffer, which
// is full then, the buffer's head, while the sender's value takes the tail.
// go1.26.8 runtime/chan.go:702 recv
func (s *Sched) recvFrom(m *M, c *Chan, sg *sudog) Word {
	w := sg.elem
	switch {
	case s.watch == nil:
	case len(c.buf) > 0:
		s.watch.Slot(c, m.curg, c.recvx)
		s.watch.Slot(c, sg.g, c.recvx)
	default:
		s.watch.Passed(c, m.curg, sg.g)
	}
	if len(c.buf) > 0 {
		w = c.take()
		c.put(sg.elem)
	}
	s.complete(m, sg, true)
	return w
}

// Close closes c. It returns Go's text of the panic when that is not allowed,
// "" otherwise. The waiters are pushed on a list that is popped from the other
// end, so they are readied in reverse.
// go1.26.8 runtime/chan.go:414 closechan
func (s *Sched) Close(m *M, c *Chan) string {
	if c == nil {
		return "close of nil channel"
	}
	if c.closed {
		return "close of closed channel"
	}
	m.now += s.cost.Chan
	if s.watch != nil {
		s.watch.Closed(c, m.curg)
	}
	c.closed = true
	var list []*sudog
	for sg := c.recvq.dequeue(false); sg != nil; sg = c.recvq.dequeue(false) {
		sg.elem = Word{}
		list = append(list, sg)
	}
	for sg := c.sendq.dequeue(false); sg != nil; sg = c.sendq.dequeue(false) {
		list = append(list, sg)
	}
	for i := range list {
		sg := list[len(list)-1-i]
		if s.faults.CloseFIFO {
			sg = list[i]
		}
		sg.success = false
		sg.g.param = sg
		s.sawClosed(sg.c, sg.g)
		s.wake(m, sg, event.CloseRule)
	}
	return ""
}
