package sim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"runnext/sim/event"
)

// Config says how a [Sched] starts. The zero value is one P, seed 0, and
// schedtick 4 at main.main.
type Config struct {
	P        int    // Ps; 0 means 1
	CPUs     int    // processors, which threads share; 0 is one for each thread
	Seed     uint64 // of every lottery
	BootTick uint32 // schedtick of P0 when main.main starts, 4 or 5; 0 means 4
	Spans    int    // of the heap when main.main starts, for the sweeper; 0 means 10
	Main     string // the function G1 runs; "" means main.main
	Costs    *Costs // nil means DefaultCosts

	// Sink receives each event as it happens; nil for none. The event must not
	// be kept by reference.
	Sink func(*event.Event)
	// Where tells where a G of the host stands; nil, or a nil result, is fine.
	Where func(*G) *event.Site

	// Live tells how many bytes of what was allocated are still in use, and how
	// many of them may hold pointers; nil for all of it. It is asked when a
	// collection starts.
	Live func() (bytes, scan int64)

	// Watch, if it is set, steers: nothing is drawn, and the host picks with
	// [Sched.Take] and [Sched.Fire].
	Watch Watcher

	Faults Faults
}

// Faults break the scheduler on purpose, so that tests can show that the
// judges notice. All false is the scheduler of Go.
type Faults struct {
	NoRunNext   bool // a new or woken G goes to the ring's tail
	LIFO        bool // the ring gives its newest G
	ReadyTail   bool // a woken G goes to the ring's tail
	No61        bool // the global queue is never looked at first
	CloseFIFO   bool // close readies its waiters in the order they came
	OverflowOne bool // a full ring hands over one G and not half
	GlobalHead  bool // a yielding G goes to the head of the global queue
	YieldLocal  bool // Gosched puts the G at the ring's tail
	TickAlways  bool // schedtick counts inherited slices too
	NoInherit   bool // runnext starts a slice of its own
	LoseKicked  bool // what is kicked out of runnext is forgotten
	WaitLIFO    bool // a channel wakes the waiter that came last

	NoWake       bool // new work wakes no M
	WakeMany     bool // new work wakes an M although another one looks already
	StealAll     bool // a thief takes the whole ring
	NextEarly    bool // a thief takes runnext at once and in its first round
	NoGrace      bool // a thief takes runnext at once
	RetakeAtOnce bool // sysmon takes a P at its first look at a system call

	ManyWorkers bool // every P gets a dedicated mark worker
	LoseAssist  bool // who waited for others to mark for it is forgotten
	RunStopped  bool // who stops the world does not wait until it has
}

// Fatal ends a run the way the runtime's fatal errors do: exit status 2.
type Fatal struct{ Text string }

func (f *Fatal) Error() string { return "fatal error: " + f.Text }

// ErrExited is what [Sched.Next] returns once main has returned or [Sched.Stop]
// has been called.
var ErrExited = errors.New("sim: the program has ended")

// ErrLater asks for another call of [Sched.Next].
var ErrLater = errors.New("sim: not yet")

// ErrStuck says that every M sleeps while a G could run. The rules of the
// runtime never lead there.
var ErrStuck = errors.New("sim: every M sleeps and nothing will wake one")

// Sched is the whole scheduler. It is owned by one goroutine.
// go1.26.8 runtime/runtime2.go:930 schedt struct
type Sched struct {
	cost   Costs
	faults Faults
	sink   func(*event.Event)
	locate func(*G) *event.Site
	watch  Watcher
	rand   lottery
	delays lottery // how late the operating system is
	count  int64   // events

	cpus     []processor
	cpuPhase uint32 // of the timer interrupts

	allp   []*P
	everyp []*P // those that are gone again as well
	world  world
	allm   []*M
	allg   []*G         // those that are not dead, in no order
	byID   map[int64]*G // the same by number; nil until somebody asks for one
	system int          // how many of them the runtime made: they never end
	runq   gQueue
	pidle  *P
	midle  []*M

	npidle, nmspinning  int32
	nmidle, nmlocked    int32
	needspinning        bool
	goidgen             int64
	nextM               int32
	pollInited          bool
	lastPoll, pollUntil int64 // lastPoll is 0 while an M is blocked in the netpoller
	poll                []pollWait
	order               stealOrder
	sysmon              sysmon
	stolen              []*G
	own                 []*G // the runtime's own that were there at the start
	gc                  collector
	alive               func() (bytes, scan int64)
	semas               map[any]*semaList
	dead                int         // Gs that are over, whose like is to be had cheaply
	gfree               []*G        // dead ones, to be used again
	sudogs              *sudog      // free ones
	told                event.Event // what the sink is shown
	chanID, timerID     uint64
	stacks              stackArena
	maxStack            uint64
	bootSpans           int64
	clock               int64 // the latest moment any M or sysmon acted at
	fatal               *Fatal
	exited              bool
}

// New boots a scheduler to the first instruction of main.main: G1 runs on P0,
// G2 to G4 wait, and with one P G5 is in the ring and G6 in runnext, as in a
// real process. With more Ps those two have been taken and have parked.
func New(cfg Config) (*Sched, error) {
	if cfg.P == 0 {
		cfg.P = 1
	}
	if cfg.P < 0 || cfg.P > 1<<10 {
		return nil, fmt.Errorf("sim: %d Ps: want 1 to 1024", cfg.P)
	}
	if cfg.CPUs < 0 || cfg.CPUs > 1<<10 {
		return nil, fmt.Errorf("sim: %d processors: want 0 to 1024", cfg.CPUs)
	}
	if cfg.BootTick == 0 {
		cfg.BootTick = 4
	}
	if cfg.Spans == 0 {
		cfg.Spans = bootSpans
	}
	if cfg.Main == "" {
		cfg.Main = "main.main"
	}
	s := &Sched{cost: DefaultCosts(), faults: cfg.Faults, locate: cfg.Where,
		gc: newCollector(), alive: cfg.Live, rand: lottery{cfg.Seed}, delays: lottery{^cfg.Seed}, nextM: 0, lastPoll: 1, semas: map[any]*semaList{}, maxStack: stackMax, bootSpans: int64(cfg.Spans)}
	if cfg.Costs != nil {
		s.cost = *cfg.Costs
	}
	if cfg.CPUs > 0 {
		s.cpus = make([]processor, cfg.CPUs)
		s.cpuPhase = s.delays.uint32()
		s.sysmon.cpu = int(s.delays.n(uint32(cfg.CPUs)))
	}
	for i := range cfg.P {
		s.allp = append(s.allp, &P{ID: int32(i)})
	}
	s.everyp = s.allp
	s.order.reset(uint32(cfg.P))
	m := s.newM()
	m.state = mSched
	m.p, s.allp[0].m = s.allp[0], m
	for i := cfg.P - 1; i > 0; i-- {
		s.pidlePut(s.allp[i])
	}
	s.boot(m, &cfg)
	s.sink, s.watch = cfg.Sink, cfg.Watch
	s.count = 0
	return s, nil
}

// boot makes the goroutines that exist before main.main does.
func (s *Sched) boot(m *M, cfg *Config) {
	p := m.p
	main := s.newG(p, cfg.Main)
	main.status, main.m, m.curg, m.state = event.Running, m, main, mRunning
	for _, sys := range []struct {
		entry string
		wait  event.Reason
		code  func(*M)
	}{
		{"runtime.forcegchelper", event.ForceGCIdle, s.forceGC},
		{"runtime.bgsweep", event.GCSweepWait, s.bgsweep},
		{"runtime.bgscavenge", event.GCScavengeWait, nil},
		{"runtime.updateMaxProcsGoroutine", event.UpdaterIdle, nil},
		{"runtime.runFinalizers", event.FinalizerWait, nil},
	} {
		g := s.newG(p, sys.entry)
		g.system, g.code = sys.wait, sys.code
		s.own = append(s.own, g)
		s.system++
		g.Creator = 1
		if g.ID < 5 || cfg.P > 1 {
			g.status, g.reason = event.Waiting, sys.wait
			continue
		}
		g.status = event.Runnable
		s.runqput(m, p, g, true, event.NewProc)
	}
	p.tick = cfg.BootTick
	s.sysmon.delay = 20_000
	s.sysmon.idle = int(bootNS / (s.sysmon.delay + max(s.cost.Nap, 1)))
	s.sysmon.next = s.sysmon.delay + s.cost.Nap
}

// Main is the goroutine that runs main.main.
func (s *Sched) Main() *G {
	for _, g := range s.allg {
		if g.ID == 1 {
			return g
		}
	}
	return nil
}

// Events counts the events so far.
func (s *Sched) Events() int64 { return s.count }

// Now is the latest virtual time at which anything has happened.
func (s *Sched) Now() int64 { return s.clock }

// Procs is the number of Ps.
func (s *Sched) Procs() int { return len(s.allp) }

// Threads is the number of Ms, without sysmon's.
func (s *Sched) Threads() int { return len(s.allm) }

// Goroutines counts the program's Gs that are not dead.
// go1.26.8 runtime/proc.go:5699 gcount
func (s *Sched) Goroutines() int {
	return len(s.allg) - s.system
}

// All gives all Gs that are not dead, the oldest first.
func (s *Sched) All() []*G {
	return slices.SortedFunc(slices.Values(s.allg), func(a, b *G) int { return cmp.Compare(a.ID, b.ID) })
}

// Live counts all Gs that are not dead, the runtime's own included; it costs
// nothing.
func (s *Sched) Live() int { return len(s.allg) }

// Rand draws from 0 to n-1 with the scheduler's seed.
func (s *Sched) Rand(n uint32) uint32 { return s.rand.n(n) }

// Rand64 draws a random word with the scheduler's seed.
func (s *Sched) Rand64() uint64 { return s.rand.next() }

func (s *Sched) now(m *M) int64 {
	if m == nil {
		return s.clock
	}
	return m.now
}

func (s *Sched) emit(e event.Event) {
	s.count++
	if e.Time > s.clock {
		s.clock = e.Time
	}
	if s.sink != nil {
		s.told = e // on the heap once, not for each event
		s.sink(&s.told)
	}
}

// note reports an event of m about g.
func (s *Sched) note(k event.Kind, r event.Rule, m *M, g *G) {
	if s.sink == nil {
		s.count++
		return
	}
	s.emit(s.about(k, r, m, g))
}

func (s *Sched) about(k event.Kind, r event.Rule, m *M, g *G) event.Event {
	e := event.New(k, r, s.now(m))
	if m != nil {
		e.M = m.ID
		if m.p != nil {
			e.P = m.p.ID
		}
	}
	if g != nil {
		e.G = g.ID
		e.Addr = g.stack.SP
	}
	return e
}

// site asks the host where g stands.
func (s *Sched) site(g *G) *event.Site {
	if s.locate == nil || g == nil || g.System() {
		return nil
	}
	return s.locate(g)
}

// G finds a goroutine that is not dead.
func (s *Sched) G(id int64) *G {
	if s.byID == nil {
		s.byID = make(map[int64]*G, len(s.allg))
		for _, g := range s.allg {
			s.byID[g.ID] = g
		}
	}
	return s.byID[id]
}
