package explore

// races looks at p's next operation and at what it depends on, and has the
// other order tried of each pair that could have come in it.
func (x *search) races(p int) {
	k := &x.procs[p]
	if k.op == nil {
		return
	}
	for _, t := range k.foot.on {
		list := x.objs[t.obj].events
		for i := len(list) - 1; i >= 0; i-- {
			e := &x.events[list[i]]
			writes := wrote(e, t.obj)
			if !t.write && !writes || e.proc == p {
				continue
			}
			if t.obj == prints && e.foot.text == k.foot.text && !e.foot.ends && !k.foot.ends {
				continue
			}
			if k.order.at(e.proc) >= e.seq {
				if writes && t.obj != prints {
					break // what is before e is before p as well
				}
				continue
			}
			if !x.reversible(e, int(list[i]), p) {
				continue
			}
			x.reverse(int(list[i]), p)
			if writes && t.obj != prints {
				break
			}
		}
	}
}

func wrote(e *action, obj int) bool {
	for _, t := range e.foot.on {
		if t.obj == obj && t.write {
			return true
		}
	}
	return false
}

// reversible tells whether p's next operation could have been done in the place
// of e: not when e has made it possible.
func (x *search) reversible(e *action, at, p int) bool {
	op := x.procs[p].op
	if op.Need != 0 && e.state && e.before&op.Need == 0 {
		return false
	}
	n := x.nodes[at]
	return n.enabled.has(p) || !n.stands.has(p) || x.procs[p].last >= at
}

// reverse has p's next operation tried before event i, with what it needs of
// what came between.
func (x *search) reverse(i, p int) {
	n := x.nodes[i]
	e := &x.events[i]
	first := map[int]int32{}
	var initial []int
	heads := func(q int, c clock) bool {
		for r, seq := range first {
			if r != q && c.at(r) >= seq {
				return false
			}
		}
		return true
	}
	for j := i + 1; j < len(x.events); j++ {
		f := &x.events[j]
		if f.clock.at(e.proc) >= e.seq {
			continue
		}
		if _, ok := first[f.proc]; ok {
			continue
		}
		if heads(f.proc, f.clock) {
			initial = append(initial, f.proc)
		}
		first[f.proc] = f.seq
	}
	if _, ok := first[p]; !ok && heads(p, x.after(p)) {
		initial = append([]int{p}, initial...)
	}
	for _, q := range initial {
		if n.backtrack.has(q) || x.bound < 0 && n.sleep.has(q) {
			if x.bound < 0 {
				return
			}
		}
	}
	x.plan(i, initial)
}

// plan has one of the processes tried at node i. With a bound, where that might
// take a preemption too many, all of them are tried there and wherever before
// it costs none, and where somebody else was preempted.
func (x *search) plan(i int, want []int) {
	n := x.nodes[i]
	if x.bound < 0 {
		for _, q := range want {
			if n.enabled.has(q) {
				n.backtrack.add(q)
				return
			}
		}
		x.everybody(n)
		return
	}
	x.everybody(n)
	for j := i - 1; j >= 0; j-- {
		at := x.nodes[j]
		if at.free || at.proc != at.last {
			for _, q := range want {
				x.offer(at, q)
			}
		}
	}
}

// offer has q tried at a node, or whoever may set it going.
func (x *search) offer(at *node, q int) {
	if at.enabled.has(q) {
		at.backtrack.add(q)
		return
	}
	x.everybody(at)
}

func (x *search) everybody(n *node) {
	for q := range n.enabled {
		if n.enabled[q] {
			n.backtrack.add(q)
		}
	}
}

// pending looks at the operations that were not done any more: they could have
// been, before others.
func (x *search) pending() {
	x.look()
	ended := len(x.events) > 0 && x.events[len(x.events)-1].foot.ends
	for i, p := range x.s.Procs {
		if p.Op == nil || p.Over {
			continue
		}
		if ended {
			at := len(x.events) - 1
			if n := x.nodes[at]; n.enabled.has(i) && i != n.proc {
				x.plan(at, []int{i})
			}
		}
		x.races(i)
		if x.states.pic != nil && len(x.nodes) > 0 {
			x.nodes[len(x.nodes)-1].did(i, &x.procs[i].foot)
		}
	}
}
