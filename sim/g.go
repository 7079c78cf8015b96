package sim

import "runnext/sim/event"

// G is a goroutine.
// go1.26.8 runtime/runtime2.go:473 type g struct
type G struct {
	ID      int64
	Entry   string // the function it started with
	Creator int64  // the G that made it
	Host    any    // the host's own record of this G

	// What a blocking call has received, valid once the G runs again.
	Got   Word
	Ok    bool // the value came from a sender; the select's or send's success
	Index int  // the case a select has taken

	status  event.Status
	reason  event.Reason
	since   int64 // virtual time of the last park
	m       *M
	lockedM *M
	lockExt int32
	link    *G // gQueue, gList, free list
	preempt bool
	system  event.Reason // what a runtime goroutine parks for; NoReason for the program's own
	timer   *Timer       // for Sleep
	wakeAt  int64
	waiting *sudog // chain of what it waits for, in lock order
	param   *sudog // who woke it
	selDone bool   // a select has been won already
	resume  func(*M)
	then    []func(*M)                 // what it does before the host's code goes on, the last one first
	code    func(*M)                   // what a runtime goroutine does
	worker  *markWorker                // of a G that marks
	credit  int64                      // gcAssistBytes: what it may still allocate while marking goes on
	helping bool                       // it marks for what it allocates
	scanBy  *M                         // who waits for it to stop, to scan its stack
	forced  bool                       // of the G that starts a cycle after two minutes
	pos     int                        // index among all Gs
	woken   func(s *Sched, m *M, g *G) // as resume, for what keeps its state in the sudog

	stack event.Stack
	buf   event.Gobuf
}

// Status is the state the G is in.
func (g *G) Status() event.Status { return g.status }

// Reason is why a waiting G waits.
func (g *G) Reason() event.Reason { return g.reason }

// System tells whether the runtime, not the program, made the G.
func (g *G) System() bool { return g.system != event.NoReason }

// Word is what travels through a channel: the scheduler never looks inside.
// Its shape is the host's register, so that nothing is boxed on the way.
type Word = event.Word

// gQueue is a first-in first-out list of Gs with a tail.
// go1.26.8 runtime/proc.go:7751 gQueue
type gQueue struct {
	head, tail *G
	size       int32
}

func (q *gQueue) empty() bool { return q.head == nil }

// go1.26.8 runtime/proc.go:7763 push
func (q *gQueue) push(g *G) {
	g.link = q.head
	q.head = g
	if q.tail == nil {
		q.tail = g
	}
	q.size++
}

// go1.26.8 runtime/proc.go:7773 pushBack
func (q *gQueue) pushBack(g *G) {
	g.link = nil
	if q.tail != nil {
		q.tail.link = g
	} else {
		q.head = g
	}
	q.tail = g
	q.size++
}

// go1.26.8 runtime/proc.go:7802 pop
func (q *gQueue) pop() *G {
	g := q.head
	if g == nil {
		return nil
	}
	q.head = g.link
	if q.head == nil {
		q.tail = nil
	}
	g.link = nil
	q.size--
	return g
}

func (q *gQueue) ids() []int64 {
	var ids []int64
	for g := q.head; g != nil; g = g.link {
		ids = append(ids, g.ID)
	}
	return ids
}

// gList is a last-in first-out list of Gs.
// go1.26.8 runtime/proc.go:7823 gList
type gList struct {
	head *G
	size int32
}

// go1.26.8 runtime/proc.go:7834 push
func (l *gList) push(g *G) {
	g.link = l.head
	l.head = g
	l.size++
}

// go1.26.8 runtime/proc.go:7850 pop
func (l *gList) pop() *G {
	g := l.head
	if g == nil {
		return nil
	}
	l.head = g.link
	g.link = nil
	l.size--
	return g
}
