package explore

import "runnext/sim/machine"

// A goroutine that asks the same again and again, without changing anything,
// goes on only when somebody else changes what it asks for. Until then it is
// taken to wait, so that a spin loop is one schedule and not a thousand.

// spin is what is known of a process that may be going round.
type spin struct {
	seen  map[uint64]int // its state before an operation, to how many had been done
	dirty bool           // it has written memory
	held  int            // locks
	on    []int          // the objects it waits for a change of; nil when it does not
	from  int            // the first action that may be that change
}

// calm notes what k's process has done. An action that changes nothing, or
// takes a lock and gives it back, leaves it where it was.
func (x *search) calm(k *proc, p *machine.Proc, e *action, kind string) {
	s := &k.spin
	e.changed = !p.Calm || s.dirty
	switch kind {
	case "lock", "read-lock":
		s.held++
	case "unlock", "read-unlock":
		s.held = max(s.held-1, 0)
	}
	if s.held == 0 {
		s.dirty = false
	}
	if e.changed {
		s.seen = nil
	}
}

// turns looks whether process i has come back to where it was, and nobody has
// changed what it has looked at.
func (x *search) turns(i int) {
	k := &x.procs[i]
	s := &k.spin
	s.on = nil
	p := x.s.Procs[i]
	if p.G == nil || p.Op == nil || p.Op.Ends || k.seq < 2 || !p.Calm {
		return
	}
	if s.dirty && s.held == 0 {
		s.seen = nil
		return
	}
	if s.seen == nil {
		s.seen = map[uint64]int{}
	}
	state := x.s.State(p)
	from, ok := s.seen[state]
	s.seen[state] = len(x.events)
	if !ok {
		return
	}
	var on []int
	for _, e := range x.events[from:] {
		if e.proc != i {
			continue
		}
		for _, t := range e.foot.on {
			if t.obj != clockObj {
				on = append(on, t.obj)
			}
		}
	}
	if s.on, s.from = on, from; on == nil {
		s.on = []int{clockObj}
	}
	x.goesOn(i)
}

// goesOn tells whether process i does not go round and round.
func (x *search) goesOn(i int) bool {
	s := &x.procs[i].spin
	if s.on == nil {
		return true
	}
	for ; s.from < len(x.events); s.from++ {
		e := &x.events[s.from]
		if e.proc == i || !e.changed {
			continue
		}
		for _, o := range s.on {
			if wrote(e, o) {
				s.on, s.seen = nil, nil
				return true
			}
		}
	}
	return false
}

// ready tells whether process i can go on.
func (x *search) ready(i int) bool { return x.s.Ready(x.s.Procs[i]) && x.goesOn(i) }
