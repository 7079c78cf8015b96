package sim

// Look shows what a channel holds to the host of a steered scheduler: where its
// ring stands, each value in it from the oldest on, and each G that waits, with
// the value it sends.
func (c *Chan) Look(at func(next, count int, closed bool, t *Timer), held func(Word), waits func(g *G, sends, selects bool, elem Word)) {
	at(c.sendx, c.count, c.closed, c.timer)
	for i := range c.count {
		held(c.buf[(c.recvx+i)%len(c.buf)])
	}
	for sg := c.recvq.first; sg != nil; sg = sg.next {
		waits(sg.g, false, sg.isSelect, Word{})
	}
	for sg := c.sendq.first; sg != nil; sg = sg.next {
		waits(sg.g, true, sg.isSelect, sg.elem)
	}
}

// Look shows the Gs that wait for a condition, the oldest first, and how many
// tickets are out.
func (l *NotifyList) Look(waits func(g *G, ticket uint32)) (out uint32) {
	for _, sg := range l.waiters {
		waits(sg.g, sg.ticket-l.notify)
	}
	return l.wait - l.notify
}

// Period is how often t fires, 0 for once.
func (t *Timer) Period() int64 { return t.period }
