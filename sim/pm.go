package sim

import "runnext/sim/event"

// ringSize is the room of a P's ring.
// go1.26.8 runtime/runtime2.go:805 runq
const ringSize = 256

// P is a scheduling context: the right to run Go code, with its own queue.
// go1.26.8 runtime/runtime2.go:772 type p struct
type P struct {
	ID int32

	idle    bool
	m       *M
	tick    uint32 // schedtick, one up for each execute that does not inherit
	sysTick uint32 // syscalltick
	seen    sysmonTick
	head    uint32 // the ring, runqhead to runqtail modulo its size
	tail    uint32
	ring    [ringSize]*G
	runnext *G
	timers  timers
	idNext  int64 // goidcache
	idEnd   int64 // goidcacheend
	link    *P    // list of idle Ps
	oldm    *M    // who had it when the world stopped
	preempt bool

	// When schedtick, runnext, the system call of its M and the G that runs came
	// to be what they are. Clocks are not even: who looks earlier has not seen it
	// yet.
	tickAt, nextAt, callAt, startAt int64

	safePoint  bool  // runSafePointFn
	worker     *G    // the mark worker it has to run next
	fractional int64 // ns of this cycle in which it has marked for its share
}

// sysmonTick is what sysmon saw of a P when it looked last.
// go1.26.8 runtime/proc.go:6619 sysmontick
type sysmonTick struct {
	sched, sys         uint32
	schedWhen, sysWhen int64
}

type mState uint8

const (
	mRunning  mState = iota // has a P and a G
	mSched                  // has a P and looks for a G
	mIdle                   // sleeps on the list of idle Ms
	mCall                   // blocked in a system call until m.until
	mPolling                // blocked in the netpoller, without a P
	mLocked                 // waits for its locked G to become runnable
	mGone                   // its locked G has exited
	mStopping               // has a P and a G, and waits until all other Ps have stopped
	mScanning               // has a P and a mark worker, which waits for a G to stop
)

var mStates = [...]string{"running", "scheduling", "idle", "syscall", "polling", "locked", "gone", "stopping", "scanning"}

// M is a thread with a clock of its own.
// go1.26.8 runtime/runtime2.go:618 type m struct
type M struct {
	ID int32

	state    mState
	now      int64 // virtual ns since the program's start
	until    int64 // end of the system call or of the poll
	p        *P
	oldp     *P
	curg     *G
	lockedG  *G
	spinning bool
	wasSpin  bool
	sysTick  uint32
	grace    seenNext // the runnext it sees and leaves alone for a while
	// graceSeen is the one of the search before: one that is gone since must
	// not keep M searching.
	graceSeen seenNext
	pos       int
	share     share // of a processor
}

// seenNext is a G, by its number, that was seen in runnext of p.
type seenNext struct {
	p *P
	g int64
}

// Curg is the G that runs on the M, nil when none does.
func (m *M) Curg() *G { return m.curg }

// Now is the M's clock in virtual nanoseconds since the program's start.
func (m *M) Now() int64 { return m.now }

// P is the number of the M's P, -1 when it has none.
func (m *M) P() int32 {
	if m == nil || m.p == nil {
		return -1
	}
	return m.p.ID
}

func (m *M) id() int32 {
	if m == nil {
		return -1
	}
	return m.ID
}

// Tick is the schedtick of the M's P; the M must have one.
func (m *M) Tick() uint32 { return m.p.tick }

func (p *P) empty() bool { return p.head == p.tail && p.runnext == nil }

func (p *P) ringIDs() []int64 {
	ids := make([]int64, 0, p.tail-p.head)
	for i := p.head; i != p.tail; i++ {
		ids = append(ids, p.ring[i%ringSize].ID)
	}
	return ids
}

// moved reports a G's way into a queue of p.
func (s *Sched) moved(m *M, p *P, g *G, r event.Rule, from, to event.Where) {
	if s.sink == nil {
		s.count++
		return
	}
	e := event.New(event.Moved, r, s.now(m))
	e.G, e.From, e.To = g.ID, from, to
	e.M = m.id()
	if p != nil {
		e.P = p.ID
	}
	s.emit(e)
}
