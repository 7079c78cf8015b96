package event

import (
	"slices"
	"strings"
)

// stackGuard is how far above its low end a stack may still be used by a
// function that asks for no more: stackNosplit and StackSmall.
// go1.26.8 runtime/stack.go:102 stackGuard
const stackGuard = 928

// Clone copies s so deeply that [Snapshot.Apply] on the copy leaves s alone.
func (s *Snapshot) Clone() Snapshot {
	c := *s
	c.Ps = slices.Clone(s.Ps)
	for i := range c.Ps {
		c.Ps[i].Ring = slices.Clone(c.Ps[i].Ring)
		c.Ps[i].Timers = slices.Clone(c.Ps[i].Timers)
	}
	c.Ms = slices.Clone(s.Ms)
	c.Global = slices.Clone(s.Global)
	c.IdlePs, c.IdleMs = slices.Clone(s.IdlePs), slices.Clone(s.IdleMs)
	c.Poller = slices.Clone(s.Poller)
	c.Gs = slices.Clone(s.Gs)
	return c
}

// Apply brings the snapshot to the state after e. It trusts the event: whether
// e may happen in this state is for runnext/sim/verify to say. What a log does
// not tell, such as the order inside a timer heap, is left sorted.
func (s *Snapshot) Apply(e *Event) {
	s.Seq++
	s.Time = max(s.Time, e.Time)
	g := s.applyG(e)
	switch e.Kind {
	case Moved:
		s.take(e.G)
		s.put(e)
	case Started:
		s.take(e.G)
		s.Poller = slices.DeleteFunc(s.Poller, func(w PollWait) bool { return w.G == e.G })
		if p := s.p(e.P); p != nil {
			p.Curg, p.Tick, p.Status, p.Spinning = e.G, uint32(e.N), "running", false
		}
		s.m(e.M, func(m *M) { m.Curg, m.State = e.G, "running" })
	case Parked, Yielded, Preempted, Exited:
		s.dropped(e)
		if e.Kind == Exited {
			s.Gs = slices.DeleteFunc(s.Gs, func(x G) bool { return x.ID == e.G })
			if p := s.p(e.P); p != nil && e.Rule == MainReturns {
				p.Status = "ended"
			}
		}
	case Syscall:
		s.m(e.M, func(m *M) { m.State = "syscall" })
		if p := s.p(e.P); p != nil {
			p.Status = "syscall"
		}
	case SysExit:
		s.m(e.M, func(m *M) { m.State = "running" })
		if p := s.p(e.P); p != nil {
			p.Status, p.Curg = "running", e.G
		}
		if e.P < 0 {
			s.m(e.M, func(m *M) { m.Curg = 0 })
		}
	case Locked, Unlocked:
		if g != nil {
			g.Locked = e.Kind == Locked
		}
		s.m(e.M, func(m *M) {
			if m.Locked = 0; e.Kind == Locked {
				m.Locked = e.G
			}
		})
	case Timer, TimerSet, TimerStop:
		s.applyTimer(e)
	case Fatal:
		s.Fatal = e.Name
	case Resized:
		s.resize(int(e.N))
	case GCStarts, GCEnds, WorldStops, WorldStarts:
		s.applyGC(e)
	default:
		s.applyM(e)
	}
}

func (s *Snapshot) applyG(e *Event) *G {
	if e.Kind == Created {
		s.Gs = append(s.Gs, G{ID: e.G, Status: Runnable, M: -1, Entry: e.Name, Created: e.By,
			System: strings.HasPrefix(e.Name, "runtime."),
			Stack:  Stack{Lo: e.Addr, Hi: e.Addr + 2048, Guard: e.Addr + stackGuard, SP: e.Addr + 2008},
			Buf:    Gobuf{SP: e.Addr + 2008, Ctxt: e.Name}})
		slices.SortFunc(s.Gs, func(a, b G) int { return int(a.ID - b.ID) })
		if by, ok := s.G(e.By); ok && e.Site != nil {
			by.Site = e.Site
		}
		g, _ := s.G(e.G)
		if e.Rule == CoroNew {
			g.Status, g.Reason = Waiting, Coroutine
		}
		return g
	}
	g, ok := s.G(e.G)
	if !ok {
		return nil
	}
	saved := func() { g.M, g.Buf = -1, Gobuf{SP: e.Addr, BP: e.Addr + 8, PC: e.Site} }
	switch e.Kind {
	case Readied:
		g.Status, g.Reason, g.On, g.Holder = Runnable, NoReason, 0, 0
		if by, ok := s.G(e.By); ok && e.Site != nil {
			by.Site = e.Site
		}
		return g
	case Started:
		g.Status, g.M, g.Preempt, g.Reason = Running, e.M, false, NoReason
		g.Buf = Gobuf{}
	case Parked:
		g.Status, g.Reason, g.On = Waiting, e.Reason, e.N
		saved()
		if e.Reason == IOWait {
			s.Poller = append(s.Poller, PollWait{G: e.G})
		}
	case Yielded, Preempted:
		g.Status = Runnable
		g.Preempt = g.Preempt && e.Kind == Yielded
		saved()
	case Syscall:
		g.Status = InCall
	case SysExit:
		if g.Status = Running; e.P < 0 {
			g.Status, g.M = Runnable, -1
		}
	case Flagged:
		g.Preempt = true
	case StackGrown:
		// What is used moves along with the copy. How much that is the log does
		// not tell: as much as reaches down to the guard.
		used := max(g.Stack.Hi-g.Stack.SP, g.Stack.Hi-g.Stack.Lo-stackGuard)
		g.Stack = Stack{Lo: e.Addr, Hi: e.Addr + uint64(e.N), Guard: e.Addr + stackGuard}
		g.Stack.SP = g.Stack.Hi - used
		if e.Site != nil {
			g.Site = e.Site
		}
		return g
	default:
		return g
	}
	if e.Site != nil {
		g.Site = e.Site
	}
	g.Stack.SP = e.Addr
	return g
}

func (s *Snapshot) applyM(e *Event) {
	switch e.Kind {
	case Acquired:
		s.IdlePs = slices.DeleteFunc(s.IdlePs, func(p int32) bool { return p == e.P })
		if p := s.p(e.P); p != nil {
			p.M, p.Status, p.Curg = e.M, "running", 0
			if e.Rule == StartRule {
				s.m(e.M, func(m *M) { p.Curg = m.Curg })
			}
		}
		s.m(e.M, func(m *M) { m.P, m.State = e.P, "scheduling" })
	case Released, Retaken:
		if p := s.p(e.P); p != nil {
			p.M, p.Curg, p.Spinning, p.Status = -1, 0, false, "idle"
			s.IdlePs = append([]int32{e.P}, s.IdlePs...)
		}
		s.m(e.M, func(m *M) { m.P = -1 })
	case Spinning:
		s.m(e.M, func(m *M) { m.State = "spinning" })
		if p := s.p(e.P); p != nil {
			p.Spinning = true
		}
	case MStarted:
		s.Ms = append(s.Ms, M{ID: e.M, P: -1, State: "scheduling"})
	case MParked:
		s.m(e.M, func(m *M) {
			if m.State = "idle"; m.Locked != 0 {
				m.State = "locked"
			}
		})
		s.IdleMs = append([]int32{e.M}, s.IdleMs...)
	case MWoken, PollDone:
		s.m(e.M, func(m *M) { m.State = "scheduling" })
		s.IdleMs = slices.DeleteFunc(s.IdleMs, func(m int32) bool { return m == e.M })
	case Polling:
		s.m(e.M, func(m *M) { m.State = "polling" })
	}
}

func (s *Snapshot) applyGC(e *Event) {
	switch {
	case e.Kind == GCStarts:
		s.GC = "starting"
	case e.Kind == GCEnds:
		s.GC = ""
	case e.Kind == WorldStops:
		s.Stopped = true
	default:
		s.Stopped = false
		if s.GC != "" {
			s.GC = "marking"
		}
	}
}

func (s *Snapshot) applyTimer(e *Event) {
	for i := range s.Ps {
		s.Ps[i].Timers = slices.DeleteFunc(s.Ps[i].Timers, func(t TimerAt) bool { return t.ID == e.Addr })
	}
	p := s.p(e.P)
	if e.Kind != TimerSet || p == nil {
		return
	}
	p.Timers = append(p.Timers, TimerAt{When: e.N, G: e.G, Name: e.Name, ID: e.Addr})
	slices.SortStableFunc(p.Timers, func(a, b TimerAt) int { return int(a.When - b.When) })
}

func (s *Snapshot) p(id int32) *P {
	if id >= 0 && int(id) < len(s.Ps) {
		return &s.Ps[id]
	}
	return nil
}

func (s *Snapshot) m(id int32, f func(*M)) {
	for i := range s.Ms {
		if s.Ms[i].ID == id {
			f(&s.Ms[i])
		}
	}
}

func (s *Snapshot) dropped(e *Event) {
	if p := s.p(e.P); p != nil {
		p.Curg = 0
	}
	s.m(e.M, func(m *M) { m.Curg, m.State = 0, "scheduling" })
}

// take removes a G from every queue.
func (s *Snapshot) take(g int64) {
	is := func(x int64) bool { return x == g }
	for i := range s.Ps {
		p := &s.Ps[i]
		if p.RunNext == g {
			p.RunNext = 0
		}
		p.Ring = slices.DeleteFunc(p.Ring, is)
	}
	s.Global = slices.DeleteFunc(s.Global, is)
}

func (s *Snapshot) put(e *Event) {
	p := s.p(e.P)
	switch {
	case e.To == Global && e.Rule == DestroyRule:
		s.Global = append([]int64{e.G}, s.Global...)
	case e.To == Global:
		s.Global = append(s.Global, e.G)
	case p == nil:
	case e.To == RunNext:
		p.RunNext = e.G
	case e.To == Ring:
		p.Ring = append(p.Ring, e.G)
	}
}

// resize makes it n Ps. One that was there before comes back with its counts.
func (s *Snapshot) resize(n int) {
	all := slices.Concat(s.Ps, s.gone)
	for id := len(s.Ps); id < n; id++ {
		if id == len(all) {
			all = append(all, P{ID: int32(id)})
		}
		all[id] = P{ID: int32(id), Status: "idle", M: -1, Tick: all[id].Tick, SysTick: all[id].SysTick}
		s.IdlePs = append(s.IdlePs, int32(id))
	}
	s.Ps, s.gone = all[:n:n], all[n:]
	s.IdlePs = slices.DeleteFunc(s.IdlePs, func(p int32) bool { return int(p) >= n })
}
