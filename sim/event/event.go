// Package event is the log of the simulated scheduler: one typed [Event] for
// each transition, a [Snapshot] of everything a table shows, a text form that
// parses back, and a running hash. It holds data and decides nothing: events
// are made by runnext/sim, judged by runnext/sim/verify and drawn by
// runnext/sim/render, and neither of those two needs to know the simulator.
package event

// Kind says what happened.
type Kind uint8

// The kinds of events. Moved tells how a runnable G changes queues; it follows
// the event that caused it.
const (
	None        Kind = iota
	Created          // a go statement made G; Name is the function it starts with
	Readied          // By, or the scheduler, made the waiting G runnable; N as for Parked
	Moved            // G went from one queue to another
	Started          // G runs on P; N is schedtick after it
	Parked           // G waits for Reason; N is the number of the channel, 0 for none or several
	Yielded          // G gave its P up by itself
	Preempted        // G lost its P at the end of its slice
	Syscall          // G entered a system call; its P stays
	SysExit          // G left its system call
	Exited           // G is dead
	Locked           // G is wired to its M
	Unlocked         // G is no longer wired to its M
	Acquired         // M took P
	Released         // M gave P up; it is idle
	Retaken          // sysmon took P from the M in a system call
	Spinning         // M looks for work with P
	MStarted         // a new thread M; N is 1 when it is to look for work
	MParked          // M sleeps on the list of idle Ms
	MWoken           // M leaves that list; N as for MStarted
	Polling          // M, without a P, waits in the netpoller; N is its deadline, 0 for none
	PollDone         // M came back from the netpoller
	Timer            // a timer of P expired; N is the time it was set to
	TimerSet         // a timer was armed for N; Addr names it, G is the sleeper, if any
	TimerStop        // a timer was disarmed
	Flagged          // sysmon asks G to yield
	StackGrown       // G's stack was copied to a bigger one; N is the new size in bytes
	Label            // a mark of the program; Name is its text
	Fatal            // the program cannot go on; Name is Go's text
	WorldStops       // G stops the world: N Ps besides its own have to stop
	WorldStarts      // the world goes on with N Ps
	Resized          // there are N Ps now; the world is stopped
	GCStarts         // G starts a collection of a heap of N bytes; Name says why: heap, time or forced
	GCEnds           // G has ended it; N bytes are in use
	Assisted         // G, which allocates, has marked N bytes itself
	kinds
)

var kindNames = [kinds]string{"none", "created", "readied", "moved", "started",
	"parked", "yielded", "preempted", "syscall", "sysexit", "exited", "locked",
	"unlocked", "acquired", "released", "retaken", "spinning", "mstarted",
	"mparked", "mwoken", "polling", "polldone", "timer", "timerset", "timerstop",
	"flagged", "stackgrown", "label", "fatal", "worldstops", "worldstarts", "resized", "gcstarts", "gcends", "assisted"}

// String is the word the text form uses.
func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return "none"
}

// Step tells whether the event is a step of its own. The others are
// consequences and belong to the step before them.
func (k Kind) Step() bool {
	switch k {
	case None, Moved, Acquired, Released, Spinning, TimerSet, TimerStop, Resized:
		return false
	}
	return true
}

// Where names a place a runnable G can be in.
type Where uint8

// The places.
const (
	Nowhere Where = iota
	RunNext       // the runnext slot of a P
	Ring          // the ring of a P, runq
	Global        // the global queue, sched.runq
	Poller        // the list a netpoll returned
	Direct        // handed to a P without a queue
	wheres
)

var whereNames = [wheres]string{"-", "runnext", "ring", "global", "netpoll", "direct"}

// String is the word the text form uses.
func (w Where) String() string {
	if w < wheres {
		return whereNames[w]
	}
	return "-"
}

// Site is a place in a source file. Sites are shared between events and must
// not be changed.
type Site struct {
	Func string
	File string
	Line int
	Col  int // in bytes from 1, 0 when it is not known
}

// Event is one transition. The zero value of M, P and P2 means M0 or P0; -1
// means none. A G of 0 is none.
type Event struct {
	Time   int64 // virtual nanoseconds since the program's start
	N      int64 // see the kind
	G      int64
	By     int64  // the G that caused it; 0 for the scheduler itself
	Addr   uint64 // G's stack pointer; of Created and StackGrown the low end of its stack
	M      int32
	P      int32
	P2     int32 // where a moved or stolen G came from
	Kind   Kind
	Rule   Rule
	From   Where
	To     Where
	Reason Reason
	Name   string
	Site   *Site // where the acting G stands; nil when unknown
}

// New gives an event about no P, no M and no G.
func New(k Kind, r Rule, at int64) Event {
	return Event{Kind: k, Rule: r, Time: at, M: -1, P: -1, P2: -1}
}
