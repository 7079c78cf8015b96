package explore

import (
	"cmp"
	"slices"

	"runnext/sim/machine"
)

// states remembers the states below which all was tried. A schedule that comes
// to one of them again need not go on: what could follow is known. It may have
// to be tried elsewhere, though: what was done below is held against what this
// schedule has done before, as in Y. Yang, X. Chen, G. Gopalakrishnan and
// R. Kirby, "Efficient Stateful Dynamic Partial Order Reduction" (SPIN 2008).
type states struct {
	pic   *machine.Picture
	known map[[2]uint64][]*state
	size  int
	blind int // pictures that could not be taken, in succession
}

// Bounds of what is remembered, and how often in succession a program may have
// something that cannot be looked into.
const (
	maxRemembered = 4 << 20
	maxBlind      = 200
)

// state is one that was left. Processes and objects are numbered by the
// picture of it.
type state struct {
	sleep    []int
	preempts int
	below    []act
	touched  []int32 // the objects that had been touched on the way to it
}

// act is something that was done below a state.
type act struct {
	proc  int
	obj   int32
	write bool
	ends  bool
	need  uint8 // as in machine.Op
	text  string
}

// untouched is an object that nobody had touched on the way.
const untouched = -1 << 20

// scene is what a node keeps of its state until it is left.
type scene struct {
	key   [2]uint64
	known bool // there is a picture
	at    []int
	objs  []int32 // the number of each object in the picture
	count int     // of objects
	below map[act]bool
}

// recall looks whether the state of a new node is known. If so it has tried
// elsewhere what must be.
func (x *search) recall(n *node) bool {
	s := &x.states
	n.scene.count = len(x.objs)
	if s.pic == nil || s.blind > maxBlind || n.enabled.count() < 2 {
		return false
	}
	if !s.pic.Take(x.mem.rank) {
		s.blind++
		return false
	}
	s.blind = 0
	x.mem.show(s.pic)
	if x.bound >= 0 {
		last := -1
		if n.last >= 0 {
			last = s.pic.At[n.last]
		}
		s.pic.Add(uint64(last))
		if n.free {
			s.pic.Add(1)
		}
	}
	c := &n.scene
	c.key, c.known = s.pic.Sum(), true
	c.at = append([]int(nil), s.pic.At...)
	c.objs = make([]int32, len(x.objs))
	ids := map[int32]int32{}
	for id, p := range x.ptrs {
		if c.objs[id] = untouched; p == nil {
			c.objs[id] = int32(-1<<10 - id) // what is printed, and the clock
			ids[c.objs[id]] = int32(id)
		} else if t, ok := s.pic.Thing(p); ok {
			c.objs[id], ids[t] = t, int32(id)
		}
	}
	for _, k := range s.known[c.key] {
		if k.preempts > n.preempts || !k.covers(n, c) {
			continue
		}
		x.again(n, k, ids)
		return true
	}
	return false
}

// covers tells whether all that is not asleep at n was tried at k.
func (k *state) covers(n *node, c *scene) bool {
	for _, at := range k.sleep {
		if p := slices.Index(c.at, at); p < 0 || !n.sleep.has(p) {
			return false
		}
	}
	return true
}

// again holds what was done below k against what was done on the way to n.
func (x *search) again(n *node, k *state, ids map[int32]int32) {
	var strange []int32 // objects nobody had touched on the way to k
	for id, t := range n.scene.objs {
		if t != untouched && len(x.objs[id].events) > 0 && !slices.Contains(k.touched, t) {
			strange = append(strange, int32(id))
		}
	}
	n.scene.below = map[act]bool{}
	var who set // whoever does something below
	for _, a := range k.below {
		who.add(x.states.pic.Order[a.proc])
	}
	for _, a := range k.below {
		p := x.states.pic.Order[a.proc]
		id, ok := ids[a.obj]
		if a.proc = p; ok {
			a.obj = id
			x.foresee(a, id, who)
		} else {
			a.obj = untouched
			for _, id := range strange {
				x.foresee(a, id, who)
			}
		}
		n.scene.below[a] = true
	}
	x.tell(n)
	if x.bound < 0 {
		return
	}
	// What would have taken a preemption too many below may take none where
	// it is done before.
	for _, at := range x.nodes[:x.depth] {
		if at.free || at.proc != at.last {
			for q := range who {
				if who[q] {
					x.offer(at, q)
				}
			}
		}
	}
}

// foresee has the other order tried of what will be done to an object and of
// what was done to it.
func (x *search) foresee(a act, obj int32, who set) {
	order := x.procs[a.proc].order
	list := x.objs[obj].events
	for i := len(list) - 1; i >= 0; i-- {
		at := int(list[i])
		e := &x.events[at]
		writes := wrote(e, int(obj))
		if !a.write && !writes || e.proc == a.proc || order.at(e.proc) >= e.seq {
			if writes && e.proc != a.proc && obj != prints {
				break
			}
			continue
		}
		if obj == prints && e.foot.text == a.text && !e.foot.ends && !a.ends {
			continue
		}
		if a.need != 0 && e.state && e.before&a.need == 0 {
			continue // e has made it possible
		}
		want := []int{a.proc}
		for j := at + 1; j < len(x.events); j++ {
			if f := &x.events[j]; x.bound >= 0 || order.at(f.proc) >= f.seq {
				want = append(want, f.proc)
			}
		}
		for q := range who {
			if x.bound >= 0 && who[q] {
				want = append(want, q) // may have to go before it
			}
		}
		x.plan(at, want)
		if writes && obj != prints {
			break
		}
	}
}

// did notes what is done at a node, or could be done behind it.
func (n *node) did(p int, foot *footprint) {
	for _, t := range foot.on {
		n.add(act{p, int32(t.obj), t.write, foot.ends, foot.need, foot.text})
	}
}

// add notes what is done at n or below it. Who was started in between does what
// its starter does, and an object that was not known at n is one that nobody
// had touched.
func (n *node) add(a act) {
	if n.scene.below == nil {
		n.scene.below = map[act]bool{}
	}
	if a.proc >= len(n.feet) {
		a.proc = n.proc
	}
	if int(a.obj) >= n.scene.count {
		a.obj = untouched
	}
	n.scene.below[a] = true
}

// tell passes on to the node above what was done at n and below it.
func (x *search) tell(n *node) {
	if x.depth == 0 || x.states.pic == nil {
		return
	}
	up := x.nodes[x.depth-1]
	for a := range n.scene.below {
		up.add(a)
	}
}

// leave remembers the state of a node of which all was tried.
func (x *search) leave(n *node) {
	x.depth = len(x.nodes) - 1
	x.tell(n)
	c := &n.scene
	if !c.known || x.states.size > maxRemembered {
		return
	}
	k := &state{preempts: n.preempts}
	for p := range n.sleep {
		if n.sleep[p] && c.at[p] >= 0 {
			k.sleep = append(k.sleep, c.at[p])
		}
	}
	for a := range c.below {
		if a.proc = c.at[a.proc]; a.proc < 0 {
			continue
		}
		if a.obj != untouched {
			a.obj = c.objs[a.obj]
		}
		k.below = append(k.below, a)
	}
	slices.SortFunc(k.below, func(a, b act) int {
		return cmp.Or(cmp.Compare(a.proc, b.proc), cmp.Compare(a.obj, b.obj), cmp.Compare(a.need, b.need), cmp.Compare(a.text, b.text))
	})
	k.below = slices.Compact(k.below)
	for _, t := range c.objs {
		if t != untouched {
			k.touched = append(k.touched, t)
		}
	}
	x.states.size += len(k.below) + len(k.touched) + 8
	x.states.known[c.key] = append(x.states.known[c.key], k)
}

// forget begins anew.
func (s *states) forget() {
	s.known, s.size, s.blind = map[[2]uint64][]*state{}, 0, 0
}
