package sim

// Costs are the virtual nanoseconds that the scheduler's own work takes. They
// are a model: rounded medians of one machine (a shared virtual one with two
// cores, Linux 6, go1.26.8), each measured by a loop that does little else.
// `make oracle` measures them anew, prints them beside these, and simulates with
// what it has measured.
type Costs struct {
	Switch  int64 // park or yield, and pick the next G
	Create  int64 // a go statement
	Malg    int64 // what it takes besides when no dead G is there to be used again
	Ready   int64 // wake a G
	Chan    int64 // a channel or semaphore operation that does not block
	Call    int64 // enter and leave a system call
	Wake    int64 // from the wake-up of a sleeping M until it runs
	Rouse   int64 // what such a wake-up, or the creation of an M, costs who does it
	Turn    int64 // either of them, when the M that wakes shares the processor of the one that is woken
	Thread  int64 // from the creation of an M until it runs
	Poll    int64 // from the end of a wait in the netpoller until the M runs
	Nap     int64 // by how much a short sleep of a thread is too long
	Look    int64 // what a look of sysmon's takes from the M whose processor it is on
	Hiccup  int64 // what something else takes of a processor now and then
	Calm    int64 // between two of those
	Spin    int64 // one search through all Ps
	Visit   int64 // and so much more for each of them
	System  int64 // one round of a runtime goroutine
	Grow    int64 // copy a stack
	Grace   int64 // how long a thief leaves runnext alone
	Signal  int64 // from a request to stop until a G that computes has stopped
	Publish int64 // a timer function
	MarkKB  int64 // mark a KiB
	Sweep   int64 // sweep a span of 8 KiB
	Phase   int64 // what a collection does while the world stands, in each of its two stops
}

// DefaultCosts are the measured ones.
func DefaultCosts() Costs {
	return Costs{
		// Two Gs that call Gosched in turn: 135 to 180 a switch.
		Switch: 150,
		// 200 go statements in a row: 120 to 320 when 200 Gs have ended before, else
		// 1,250 to 1,750: g and stack are memory that was never touched.
		Create: 250,
		Malg:   1_200,
		// An unbuffered ping-pong takes 230 to 320 for a send that wakes, a
		// receive that parks and a switch: 60 and twice 40 besides the switch.
		Ready: 60,
		Chan:  40,
		// write(2) of two bytes to /dev/null 150, getppid(2) 85; to a pipe more.
		Call: 300,
		// Two Gs wired to their Ms in a ping-pong, a round of which wakes four
		// sleeping threads: 23,000 to 35,000 a wake-up on one machine, 90,000 under
		// runtime/trace when a processor was at rest, 5,000 to 7,000 on another.
		Wake: 28_000,
		// A send that readies a G while a P is idle and its M sleeps: 2,000 more than
		// one that does not, 7,000 to 8,000 and 17,000 to 20,000 on other machines: a
		// futex(2) that has to reach another processor.
		Rouse: 10_000,
		// The same ping-pong with all threads on one processor: 4,500 to 6,500 a
		// wake-up, 1,500 to 2,000 on the other machine.
		Turn: 5_000,
		// A goroutine that wires itself to a new M and waits: 15,000 to 60,000.
		Thread: 30_000,
		// time.Sleep(1ms) alone returns after 1,080,000 to 1,100,000. A longer wait
		// is late by a thousandth more: epoll_wait(2) of 10 ms by 124,000, of 59 ms
		// by 116,000 to 156,000.
		Poll: 80_000,
		// nanosleep(2) of 20,000 takes 92,000, of 10,000,000 takes 10,100,000:
		// the kernel's timer slack of 50,000 and a wake-up.
		Nap: 70_000,
		// In a trace of sched_switch, from an M to sysmon and back: 9,000 to 12,000.
		Look: 10_000,
		// A loop that looks at the clock is away for 400 and more 750 to 970 times a
		// second, for 12,000 to 16,000 of them by the median.
		Hiccup: 14_000,
		Calm:   1_100_000,
		// What a search of two Ps takes cannot be told apart from the switch; 400
		// spreads a pipeline as in reality, where 20 spreads it five times as much.
		Spin: 400,
		// A ping-pong of two wired Gs on 1,024 Ps, most of them idle, takes 2,000 to
		// 11,000 more for each search than on 2.
		Visit: 4,
		// GOMAXPROCS's updater 192, the finalizer 256, the scavenger 260 from start
		// to park, in a trace.
		System: 250,
		// A goroutine that calls a function of 3 KiB, less one that does not: 260 to
		// 340.
		Grow: 300,
		// usleep(3), which is a nanosleep(2) of 3,000 and takes 70,000.
		Grace: 70_000,
		// To stop the world beside a G that computes takes 13,000 to 22,000 more than
		// alone, of which most is until the one who waits for it has woken.
		Signal: 2_000,
		// A timer set to now and received from, less a send and a receive: 214, the
		// setting of it included.
		Publish: 150,
		// A collection with a list of 16 MiB, less one without, on one P: 550 to
		// 1,100.
		MarkKB: 700,
		// A collection with 4,096 spans of 8 KiB without pointers, less one without:
		// 16 to 160; in traces ten spans of small objects 1,000 to 1,200.
		Sweep: 60,
		// Half of what MemStats calls a pause, of a heap of nothing: 3,800 to 10,000.
		Phase: 5_000,
	}
}
