package event

import "slices"

// Status is the state of a G.
// go1.26.8 runtime/runtime2.go:41 _Grunnable
type Status uint8

// The states, with the runtime's numbers.
const (
	Idle     Status = 0
	Runnable Status = 1
	Running  Status = 2
	InCall   Status = 3 // in a system call
	Waiting  Status = 4
	Dead     Status = 6
)

// String is the runtime's word for the state.
func (s Status) String() string {
	switch s {
	case Idle:
		return "idle"
	case Runnable:
		return "runnable"
	case Running:
		return "running"
	case InCall:
		return "syscall"
	case Waiting:
		return "waiting"
	case Dead:
		return "dead"
	}
	return "unknown"
}

// G is one goroutine in a snapshot.
type G struct {
	ID      int64
	Status  Status
	Reason  Reason // of a waiting G
	On      int64  // the channel it waits on, 0 for none or several
	Holder  int64  // who held the lock when it began to wait for it, 0 for unknown
	M       int32  // the M it runs on, -1 for none
	Entry   string // the function it started with
	Site    *Site  // where it stands
	Created int64  // the G that made it
	System  bool   // one of the runtime's own
	Locked  bool   // wired to its M
	Preempt bool   // asked to yield
	Stack   Stack
	Buf     Gobuf
	Frames  []string // the calls on its stack, innermost first, where the log tells; shared
}

// Stack is the simulated stack of a G, in bytes and in addresses.
type Stack struct {
	Lo, Hi, Guard, SP uint64
}

// Gobuf is what a G that does not run has saved; a running G has it in
// registers and shows zeroes here.
// go1.26.8 runtime/runtime2.go:303 gobuf
type Gobuf struct {
	SP, BP uint64
	PC     *Site
	Ctxt   string // the closure it enters, for a G that has not run yet
}

// P is one scheduling context in a snapshot.
type P struct {
	ID       int32
	Status   string // idle, running, syscall
	M        int32  // -1 for none
	Curg     int64  // 0 for none
	RunNext  int64  // 0 for none
	Ring     []int64
	Tick     uint32 // schedtick
	SysTick  uint32 // syscalltick
	Timers   []TimerAt
	Spinning bool
}

// TimerAt is an entry of a P's timer heap, in heap order.
type TimerAt struct {
	When int64  // virtual nanoseconds
	G    int64  // the sleeping G, 0 for other timers
	Name string // sleep, chan or func
	ID   uint64
	Dead bool // stopped, and still in the heap
}

// M is one thread in a snapshot.
type M struct {
	ID     int32
	P      int32 // -1 for none
	Curg   int64
	State  string // running, scheduling, spinning, idle, syscall, polling, locked
	Clock  int64
	Locked int64 // the G wired to it
}

// PollWait is a G in the netpoller.
type PollWait struct {
	G    int64
	When int64
}

// Snapshot is everything a table shows of one moment.
type Snapshot struct {
	Seq    int // events before it
	Time   int64
	Ps     []P
	Ms     []M
	Global []int64
	IdlePs []int32 // the one that is taken first stands first
	IdleMs []int32
	Poller []PollWait
	Gs     []G // by ID, the dead ones left out

	GC      string // the phase of the collector: "", starting, marking
	Stopped bool   // the world stops, or has stopped

	Fatal string

	gone []P // Ps that a smaller GOMAXPROCS has left out
}

// G finds a goroutine by its number.
func (s *Snapshot) G(id int64) (*G, bool) {
	i, ok := slices.BinarySearchFunc(s.Gs, id, func(g G, id int64) int { return int(g.ID - id) })
	if !ok {
		return nil, false
	}
	return &s.Gs[i], true
}
