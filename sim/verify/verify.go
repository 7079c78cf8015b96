// Package verify holds a log of runnext/sim/event against the invariants of
// Go's scheduler. It keeps a model of its own and shares no code with the
// simulator: who makes a log does not judge it. It says what a log must not
// contain; that a simulation is the one the real runtime would give is for
// the recorded states of real runs to show.
package verify

import (
	"fmt"
	"math"

	"runnext/sim/event"
)

// Violation is one broken invariant.
type Violation struct {
	Index int // of the event in the log
	Event event.Event
	Text  string
}

func (v Violation) Error() string {
	return fmt.Sprintf("event %d (%v): %s", v.Index, v.Event, v.Text)
}

// maxViolations bounds a report: after the first few the model and the log are
// about different worlds.
const maxViolations = 20

// Check reads a log from its start state to its end.
func Check(l *event.Log) []Violation {
	m := newModel(&l.Start)
	for i := range l.Events {
		m.index, m.cur = i, &l.Events[i]
		m.event(&l.Events[i])
		if len(m.found) >= maxViolations {
			break
		}
	}
	// The last event's time, not the latest: who is ahead of the others has shown
	// what it does until then, and they have not.
	for id, g := range m.gs {
		if m.cur != nil {
			m.forgotten(id, g, m.cur.Time)
		}
	}
	return m.found
}

// place is where the model has a G.
type place uint8

const (
	nowhere place = iota // runnable, on its way into a queue
	inRunNext
	inRing
	inGlobal
	running
	waiting
	inCall
	dead
)

var placeNames = [...]string{"between queues", "in runnext", "in a ring", "in the global queue",
	"running", "waiting", "in a system call", "dead"}

type gModel struct {
	at      place
	p       int32
	reason  event.Reason
	flagged bool
	must    event.Where // the queue its next move has to lead to
	locked  bool
	system  bool

	queuedAt int64 // when it came into a queue
}

type pModel struct {
	m       int32
	g       int64
	runnext int64
	ring    []int64
	tick    uint32
	batch   int // Gs fetched from the global queue since the last start
	globLen int // length of the global queue when the fetch began
	first   int64
	over    int // Gs that overflowed in this step
	inCall  bool
	calls   int   // system calls so far
	callAt  int64 // when its M entered the system call
	sliceAt int64 // when schedtick moved
	stays   []stay
}

type model struct {
	index      int
	cur        *event.Event
	found      []Violation
	gs         map[int64]*gModel
	ps         []*pModel
	global     []int64
	clock      map[int32]int64
	idleM      map[int32]bool
	queues     map[waitKey][]int64 // who waits on a channel, the oldest first
	loose      map[int64]int32     // Gs between queues, and the M that has them
	kicked     int64               // must move before the next step
	timers     map[uint64]int64    // when
	chanTimers int                 // of them, those that serve a channel

	idleP    map[int32]int64 // Ps without an M, and since when
	spinning map[int32]int64 // Ms that look for work, and since when
	owed     bool            // new work was put where an idle P could take it: an M has to be woken
	stopping bool            // the world stops, or has stopped
	spare    []*pModel       // Ps that are gone
	carried  int64           // a G on its way to another P with its M
	sent     int32           // the M that has just sent another to look, and so must start its G; -1 for none
	gc       gcModel
}

type waitKey struct {
	ch     int64
	reason event.Reason
}

func newModel(s *event.Snapshot) *model {
	m := &model{sent: -1, gc: gcModel{mode: map[int64]event.Rule{}}, gs: map[int64]*gModel{}, clock: map[int32]int64{}, idleM: map[int32]bool{},
		queues: map[waitKey][]int64{}, timers: map[uint64]int64{}, loose: map[int64]int32{}, idleP: map[int32]int64{}, spinning: map[int32]int64{}}
	for i := range s.Gs {
		g := &s.Gs[i]
		x := &gModel{reason: g.Reason, p: -1, system: g.System}
		switch g.Status {
		case event.Running:
			x.at = running
		case event.Waiting:
			x.at = waiting
		case event.InCall:
			x.at = inCall
		}
		m.gs[g.ID] = x
	}
	for i := range s.Ps {
		p := &s.Ps[i]
		m.ps = append(m.ps, &pModel{m: p.M, g: p.Curg, runnext: p.RunNext,
			ring: append([]int64(nil), p.Ring...), tick: p.Tick})
		if p.M < 0 {
			m.idleP[p.ID] = s.Time
		}
		if p.RunNext != 0 {
			m.at(p.RunNext, inRunNext, p.ID)
			m.ps[i].stays = []stay{{p.RunNext, s.Time, math.MaxInt64}}
		}
		for _, g := range p.Ring {
			m.at(g, inRing, p.ID)
		}
	}
	for _, g := range s.Global {
		m.global = append(m.global, g)
		m.at(g, inGlobal, -1)
	}
	return m
}

func (m *model) at(g int64, where place, p int32) {
	if x := m.gs[g]; x != nil {
		x.at, x.p = where, p
	}
}

func (m *model) fail(format string, args ...any) {
	m.found = append(m.found, Violation{m.index, *m.cur, fmt.Sprintf(format, args...)})
}

// want requires that the event's G is known and at one of the places.
func (m *model) want(places ...place) *gModel {
	g := m.gs[m.cur.G]
	if g == nil {
		m.fail("G%d is not known", m.cur.G)
		return &gModel{at: dead}
	}
	for _, p := range places {
		if g.at == p {
			return g
		}
	}
	m.fail("G%d is %s", m.cur.G, placeNames[g.at])
	return g
}

func (m *model) p() *pModel {
	if p := m.cur.P; p >= 0 && int(p) < len(m.ps) {
		return m.ps[p]
	}
	return nil
}

func (m *model) event(e *event.Event) {
	if e.M >= 0 && e.Kind != event.MWoken && e.Kind != event.MStarted && e.Kind != event.Acquired &&
		e.Kind != event.Flagged && e.Kind != event.Retaken {
		if e.Time < m.clock[e.M] {
			m.fail("the clock of M%d runs backwards, from %d", e.M, m.clock[e.M])
		}
		m.clock[e.M] = e.Time
	}
	if e.Kind.Step() {
		m.settled(e)
	}
	m.holds(e)
	switch e.Kind {
	case event.Created:
		m.created(e)
	case event.Readied:
		m.readied(e)
	case event.Moved:
		m.moved(e)
	case event.Started:
		m.started(e)
	case event.Parked, event.Yielded, event.Preempted, event.Exited, event.Syscall, event.SysExit:
		m.left(e)
	case event.Locked, event.Unlocked:
		m.want(running).locked = e.Kind == event.Locked
	case event.Flagged:
		g := m.want(running)
		g.flagged = true
		if e.Rule == event.SliceRule && e.N < 10_000_000 {
			m.fail("G%d is asked to yield after %d ns of its slice, less than 10 ms", e.G, e.N)
		}
	case event.Acquired, event.Released, event.Retaken, event.Spinning, event.MParked, event.MWoken, event.MStarted:
		m.threads(e)
	case event.Timer, event.TimerSet, event.TimerStop:
		m.timer(e)
	case event.Fatal:
		m.fatal()
	case event.WorldStops:
		m.want(running)
		m.stopping = true
	case event.WorldStarts:
		m.worldStarts(e)
	case event.GCStarts, event.GCEnds, event.Assisted:
		m.collects(e)
	case event.Resized:
		m.resized(int(e.N))
	}
}

// settled requires, when a new step begins, that no runnable G is outside all
// queues.
func (m *model) settled(e *event.Event) {
	batch := e.Kind == event.Readied && injected(e.Rule)
	for id, holder := range m.loose {
		g := m.gs[id]
		switch {
		case g == nil || g.at != nowhere:
			delete(m.loose, id)
		case g.must == event.Nowhere && e.M != holder:
			// An M runs what it got from the netpoller without a queue; before
			// that it may send another M to look for work.
		case id != e.G && !batch:
			m.fail("G%d is runnable and in no queue", id)
			g.at = dead
		}
	}
	if m.kicked != 0 {
		m.fail("G%d was kicked out of runnext and went nowhere", m.kicked)
		m.kicked = 0
	}
	for _, p := range m.ps {
		if p.over != 0 && p.over != 129 {
			m.fail("a full ring handed over %d Gs, want half of it and the one being put: 129", p.over)
		}
		p.over = 0
	}
	if m.owed && e.Kind != event.MWoken && e.Kind != event.MStarted {
		m.fail("there is new work, %d Ps are idle and no M looks for it, but none is woken", len(m.idleP))
	}
	m.owed = false
}
