package sim

// Constants of the pacer.
// go1.26.8 runtime/mgcpacer.go:23 gcGoalUtilization
const (
	gcUtilization  = 0.25
	gcOverAssist   = 64 << 10 // what an assist marks at least, in bytes
	heapMinimum    = 4 << 20  // of GOGC=100
	sweepDistance  = 1 << 20  // sweepMinHeapDistance
	minRunway      = 64 << 10
	noTrigger      = 1<<63 - 1
	huge           = 1 << 62
	triggerParts   = 64
	triggerAtLeast = 45
	triggerAtMost  = 61
)

// What a process holds before main.main: bytes of the heap, and of the
// variables of the runtime and the standard library that are scanned in each
// cycle. A program of go1.26.8 that does nothing shows them with
// GODEBUG=gctrace=1,gcpacertrace=1.
//
// bootSpans are the spans in which that heap lies, some for each size of objects,
// without those in the cache of a P: what is swept after a collection.
const (
	bootHeap    = 160 << 10
	bootSpans   = 10
	globalBytes = 110 << 10
)

// pacer decides when a collection starts and how much those who allocate have
// to help. Sizes are bytes.
// go1.26.8 runtime/mgcpacer.go:92 gcControllerState struct
type pacer struct {
	percent int64 // GOGC, below 0 for off
	minimum int64

	live   int64 // allocated and not known to be garbage
	scan   int64 // of it, what may hold pointers
	marked int64 // live when the last cycle ended

	lastHeapScan, lastStackScan int64
	triggered                   int64 // live when the cycle began
	percentGoal, sweepTrigger   int64
	runway                      int64
	consMark                    float64
	lastConsMark                [4]float64

	work      int64 // marked in this cycle
	heapWork  int64 // what there was to mark of the heap when it began
	stackWork int64
	maxStack  int64
	credit    int64 // marked by workers, not yet used up by assists
	perByte   float64
	perWork   float64

	assistTime, dedicatedTime, fractionalTime, idleTime int64 // ns
	markStart                                           int64 // ns
	fraction                                            float64
}

// go1.26.8 runtime/mgcpacer.go:371 init
func newPacer() pacer {
	p := pacer{live: bootHeap, scan: bootHeap, triggered: noTrigger}
	p.setPercent(100)
	p.commit(true)
	return p
}

// go1.26.8 runtime/mgcpacer.go:1336 setGCPercent
func (c *pacer) setPercent(n int64) (old int64) {
	old = c.percent
	c.percent = max(n, -1)
	c.minimum = heapMinimum * c.percent / 100
	return old
}

// commit computes the goal of the next cycle and how far before it to start.
// go1.26.8 runtime/mgcpacer.go:1276 commit
func (c *pacer) commit(swept bool) {
	c.sweepTrigger = 0
	if !swept {
		c.sweepTrigger = c.live + sweepDistance
	}
	c.percentGoal = huge
	if c.percent >= 0 {
		c.percentGoal = max(c.marked+(c.marked+c.lastStackScan+globalBytes)*c.percent/100, c.minimum)
	}
	c.runway = int64(c.consMark * (1 - gcUtilization) / gcUtilization * float64(c.lastHeapScan+c.lastStackScan+globalBytes))
}

// goal is the size of the heap at which the cycle ought to end.
// go1.26.8 runtime/mgcpacer.go:1002 heapGoalInternal
func (c *pacer) goal() (goal, least int64) {
	goal = max(c.percentGoal, c.sweepTrigger)
	if c.triggered != noTrigger && goal < c.triggered+minRunway {
		goal = c.triggered + minRunway
	}
	return goal, c.sweepTrigger
}

// trigger is the size of the heap at which a cycle starts.
// go1.26.8 runtime/mgcpacer.go:1190 trigger
func (c *pacer) trigger() int64 {
	goal, least := c.goal()
	if c.marked >= goal {
		return goal
	}
	part := (goal - c.marked) / triggerParts
	least = max(least, c.marked, part*triggerAtLeast+c.marked)
	most := part*triggerAtMost + c.marked
	if goal > heapMinimum {
		most = max(most, goal-heapMinimum)
	}
	most = max(most, least)
	at := least
	if c.runway <= goal {
		at = goal - c.runway
	}
	return min(max(at, least), most)
}

// startCycle computes how many workers the cycle has: as many as come nearest
// to a quarter of the Ps, and where that is off by more than three tenths,
// fewer of them and a share of each P.
// go1.26.8 runtime/mgcpacer.go:386 startCycle
func (c *pacer) startCycle(now int64, procs int) (dedicated int) {
	c.work, c.credit = 0, 0
	c.assistTime, c.dedicatedTime, c.fractionalTime, c.idleTime = 0, 0, 0, 0
	c.markStart, c.triggered = now, c.live
	want := float64(procs) * gcUtilization
	dedicated = int(want + 0.5)
	c.fraction = 0
	if off := float64(dedicated)/want - 1; off < -0.3 || off > 0.3 {
		if float64(dedicated) > want {
			dedicated--
		}
		c.fraction = (want - float64(dedicated)) / float64(procs)
	}
	c.revise()
	return dedicated
}

// revise adapts how much is to be marked for each byte that is allocated, so
// that marking ends when the heap has reached its goal.
// go1.26.8 runtime/mgcpacer.go:492 revise
func (c *pacer) revise() {
	percent := c.percent
	if percent < 0 {
		percent = 100_000
	}
	goal, _ := c.goal()
	expected := c.lastHeapScan + c.lastStackScan + globalBytes
	most := c.scan + c.maxStack + globalBytes
	if c.work > expected {
		longer := int64(float64(goal-c.triggered)/float64(expected)*float64(most)) + c.triggered
		expected = most
		goal = min(longer, int64((1+float64(percent)/100)*float64(goal)))
	}
	if c.live > goal {
		goal = int64(float64(goal) * 1.1)
		expected = most
	}
	left := max(expected-c.work, 1000)
	room := max(goal-c.live, 1)
	c.perByte = float64(left) / float64(room)
	c.perWork = float64(room) / float64(left)
}

// endCycle compares how fast the program allocates with how fast it is marked.
// go1.26.8 runtime/mgcpacer.go:600 endCycle
func (c *pacer) endCycle(now int64, procs int) {
	took := float64(now-c.markStart) * float64(procs)
	if c.live <= c.triggered || took <= 0 || c.work == 0 {
		return
	}
	used := gcUtilization + float64(c.assistTime)/took
	rate := float64(c.live-c.triggered) * (used + float64(c.idleTime)/took) / (float64(c.work) * (1 - used))
	c.consMark = rate
	for _, old := range c.lastConsMark {
		c.consMark = max(c.consMark, old)
	}
	copy(c.lastConsMark[:], c.lastConsMark[1:])
	c.lastConsMark[len(c.lastConsMark)-1] = rate
}

// resetLive takes what was found to live over for the next cycle.
// go1.26.8 runtime/mgcpacer.go:917 resetLive
func (c *pacer) resetLive(marked int64) {
	c.marked, c.live = marked, marked
	c.scan, c.lastHeapScan, c.lastStackScan = c.heapWork, c.heapWork, c.stackWork
	c.triggered = noTrigger
}
