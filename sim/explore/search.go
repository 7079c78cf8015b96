package explore

import (
	"context"
	"time"
	"unsafe"

	"runnext/sim/machine"
)

// search walks through the tree of schedules of one program, one execution
// after the other, each from the program's start. Of the schedules that differ
// in the order of independent operations alone it runs one: source sets and
// sleep sets, after P. Abdulla, S. Aronis, B. Jonsson and K. Sagonas, "Optimal
// Dynamic Partial Order Reduction" (POPL 2014).
type search struct {
	s     *machine.Steered
	bound int  // preemptions allowed, -1 for any number
	brute bool // try everything
	limit limits
	found *findings

	nodes  []*node
	fresh  int // nodes below this depth have been looked at by an execution before
	depth  int
	events []action
	procs  []proc
	ids    map[unsafe.Pointer]int
	objs   []object
	ptrs   []unsafe.Pointer // of the objects
	mem    memory
	states states
	marked bool // an instruction was marked: the tree is another one

	schedules int
	tries     int
	late      bool // the time was up, or so many executions were made
	cut       bool // something was left out: by the bound
	long      bool // an execution had to be given up
	drawn     bool // the seed has decided something the program sees
}

// limits bound a search.
type limits struct {
	steps    int // of one execution
	tries    int // executions, 0 for no limit
	deadline time.Time
}

// The objects that all programs have: what is printed, and the clock.
const (
	prints   = 0
	clockObj = 1
)

func newSearch(s *machine.Steered, found *findings) *search {
	x := &search{s: s, found: found}
	x.mem.found = x.race
	return x
}

// all executes what the bound allows. It reports whether it came to the end of
// it.
func (x *search) all(ctx context.Context, bound int) (bool, error) {
	x.bound = bound
	x.nodes, x.fresh, x.cut = nil, 0, false
	x.states.forget()
	if !x.brute {
		x.states.pic = x.s.NewPicture()
		defer func() { x.states.pic = nil }()
	}
	for {
		if ctx.Err() != nil || x.limit.tries > 0 && x.tries >= x.limit.tries || time.Now().After(x.limit.deadline) {
			return false, nil
		}
		if err := x.execute(); err != nil {
			return false, err
		}
		if x.marked || x.s.Again {
			x.marked, x.s.Again = false, false
			x.nodes, x.fresh = nil, 0
			x.states.forget()
			continue
		}
		if !x.next() {
			return true, nil
		}
	}
}

// next goes back to the deepest node with something left to try.
func (x *search) next() bool {
	for len(x.nodes) > 0 {
		n := x.nodes[len(x.nodes)-1]
		if n.choice+1 < n.choices {
			n.choice++
			x.fresh = len(x.nodes) - 1
			return true
		}
		n.done.add(n.proc)
		for p := range n.backtrack {
			if !n.backtrack[p] || n.done.has(p) || x.bound < 0 && n.sleep.has(p) {
				continue
			}
			if x.over(n, p) {
				x.cut = true
				n.done.add(p)
				continue
			}
			n.proc, n.choice, n.choices = p, 0, 1
			x.fresh = len(x.nodes) - 1
			return true
		}
		x.leave(n)
		x.nodes = x.nodes[:len(x.nodes)-1]
	}
	return false
}

// preempts is how many preemptions there are once p goes on from n.
func (n *node) preempted(p int) int {
	if n.free || p == n.last || n.last < 0 {
		return n.preempts
	}
	return n.preempts + 1
}

// over tells whether it would take too many preemptions to go on with p.
func (x *search) over(n *node, p int) bool {
	return x.bound >= 0 && n.preempted(p) > x.bound
}

func (x *search) reset() {
	x.depth, x.events, x.procs = 0, x.events[:0], x.procs[:0:0]
	x.ids, x.objs = map[unsafe.Pointer]int{}, make([]object, 2, 16)
	x.ptrs = append(x.ptrs[:0], nil, nil)
	x.mem.reset()
}

// execute runs the program once: along the nodes, and from the last one on as
// it comes.
func (x *search) execute() error {
	x.reset()
	x.tries++
	if err := x.s.Start(); err != nil {
		return err
	}
	last := -1
	for !x.s.Ended {
		if x.s.Cut || x.depth >= x.limit.steps {
			x.long = true
			x.pending()
			return nil
		}
		n := x.node(last)
		if n == nil {
			return nil // somebody has been here
		}
		if n.proc < 0 {
			x.nodes = x.nodes[:x.depth]
			x.pending()
			x.schedules++
			x.stuck()
			return nil
		}
		if err := x.step(n); err != nil {
			return err
		}
		last = n.proc
	}
	x.drawn = x.drawn || x.s.Drawn
	x.schedules++
	x.pending()
	x.ended()
	return nil
}

// node gives the node at this depth, a new one where no execution has been.
// Its proc is -1 when nobody can go on; it is nil when all who can are asleep.
func (x *search) node(last int) *node {
	x.look()
	if x.depth < len(x.nodes) {
		return x.nodes[x.depth]
	}
	n := &node{proc: -1, choices: 1, last: last, free: true}
	if last >= 0 {
		up := x.nodes[x.depth-1]
		n.preempts = up.preempted(last)
		n.sleep = x.asleep(up)
	}
	any := false
	n.feet = make([]footprint, len(x.s.Procs))
	for i, p := range x.s.Procs {
		n.feet[i] = x.procs[i].foot
		if p.Op != nil {
			n.stands.add(i)
		}
		if !x.ready(i) {
			continue
		}
		n.enabled.add(i)
		any = true
		if i == last && !p.Op.Yield && p.T == nil {
			n.free = false
		}
	}
	x.nodes = append(x.nodes, n)
	if !any {
		return n
	}
	if x.recall(n) {
		x.nodes = x.nodes[:x.depth]
		return nil
	}
	if n.proc = x.pick(n); n.proc < 0 {
		x.nodes = x.nodes[:x.depth]
		return nil
	}
	n.backtrack.add(n.proc)
	if x.brute {
		x.everybody(n)
	}
	return n
}

// pick chooses who goes on when nothing is prescribed: who has done so before,
// else the next goroutine around, else a timer.
func (x *search) pick(n *node) int {
	may := func(p int) bool {
		return n.enabled.has(p) && !(x.bound < 0 && n.sleep.has(p)) && !x.over(n, p)
	}
	if !n.free && may(n.last) {
		return n.last
	}
	count, timer := len(n.enabled), -1
	for i := range count {
		switch p := (n.last + 1 + i) % count; {
		case !may(p):
		case x.s.Procs[p].T == nil:
			return p
		case timer < 0:
			timer = p
		}
	}
	return timer
}

// asleep gives those whose next operation needs no trying after what was done
// at up: it was tried before, and is independent of that.
func (x *search) asleep(up *node) set {
	var out set
	e := &x.events[x.depth-1]
	for p, foot := range up.feet {
		if !x.brute && p != up.proc && (up.sleep.has(p) || up.done.has(p)) && independent(&foot, &e.foot) {
			out.add(p)
		}
	}
	return out
}

func independent(a, b *footprint) bool {
	if a.ends || b.ends {
		return false
	}
	for _, s := range a.on {
		for _, t := range b.on {
			if s.obj != t.obj || !s.write && !t.write {
				continue
			}
			if s.obj == prints && a.text == b.text {
				continue
			}
			return false
		}
	}
	return true
}

// look brings what is known of the processes' next operations up to date.
func (x *search) look() {
	for i, p := range x.s.Procs {
		x.proc(i)
		k := &x.procs[i]
		if k.op == p.Op {
			continue
		}
		k.op, k.foot = p.Op, footprint{}
		if p.Op == nil {
			continue
		}
		k.foot = footprint{text: p.Op.Text, ends: p.Op.Ends, need: p.Op.Need}
		if p.Op.Ends {
			k.foot.on = append(k.foot.on, touch{prints, true})
		}
		for _, t := range p.Op.On {
			id := clockObj
			switch {
			case p.Op.Kind == "print":
				id = prints
			case !x.s.Clock(t.P):
				id = x.id(t.P)
			}
			k.foot.on = append(k.foot.on, touch{id, t.Write})
		}
		x.turns(i)
	}
}

func (x *search) id(p unsafe.Pointer) int {
	id, ok := x.ids[p]
	if !ok {
		id = len(x.objs)
		x.ids[p] = id
		x.objs = append(x.objs, object{})
		x.ptrs = append(x.ptrs, p)
	}
	return id
}

func (x *search) proc(i int) *proc {
	for len(x.procs) <= i {
		x.procs = append(x.procs, proc{last: -1})
	}
	return &x.procs[i]
}

// step lets the node's process do its operation.
func (x *search) step(n *node) error {
	k := x.proc(n.proc)
	k.seq++
	e := action{proc: n.proc, seq: k.seq, foot: k.foot}
	if k.op.State != nil {
		e.before, e.state = k.op.State(), true
	}
	if x.depth >= x.fresh && !x.brute {
		x.races(n.proc)
	}
	if x.states.pic != nil {
		n.did(n.proc, &k.foot)
	}
	e.clock = x.after(n.proc)
	e.clock.set(n.proc, k.seq)
	k.order = e.clock.clone()
	kind, last := k.op.Kind, k.op
	at := int32(len(x.events))
	x.events = append(x.events, e)
	for _, t := range e.foot.on {
		o := &x.objs[t.obj]
		o.events = append(o.events, at)
		if t.write {
			o.write, o.reads = e.clock, nil
		} else {
			o.reads.join(e.clock)
		}
	}
	x.depth++
	p := x.s.Procs[n.proc]
	k.last, k.spin.on = int(at), nil
	err := x.s.Step(p)
	k = &x.procs[n.proc]
	if k.op == last {
		k.op = nil // look again, even if it stands before the same one
	}
	x.calm(k, p, &x.events[at], kind)
	return err
}

// after is the clock of what p does next.
func (x *search) after(p int) clock {
	k := &x.procs[p]
	c := k.order.clone()
	for _, t := range k.foot.on {
		o := &x.objs[t.obj]
		if t.obj == prints {
			for _, i := range o.events {
				if e := &x.events[i]; e.foot.text != k.foot.text || e.foot.ends || k.foot.ends {
					c.join(e.clock)
				}
			}
			continue
		}
		c.join(o.write)
		if t.write {
			c.join(o.reads)
		}
	}
	return c
}
