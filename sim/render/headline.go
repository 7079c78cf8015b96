package render

import (
	"fmt"
	"strings"

	"runnext/sim/event"
)

// headline says what the main event of a step is, "" when it is a consequence
// of none.
func headline(e *event.Event, before *event.Snapshot) string {
	g := fmt.Sprintf("G%d", e.G)
	switch e.Kind {
	case event.Created:
		if e.By == 0 {
			return fmt.Sprintf("a timer makes %s (%s)", g, begun(e.Name))
		}
		if e.Name == "runtime.gcBgMarkWorker" {
			return fmt.Sprintf("the collection makes a mark worker, %s", g)
		}
		return fmt.Sprintf("G%d's go statement%s makes %s (%s)", e.By, atLine(e), g, begun(e.Name))
	case event.Readied:
		return readied(e)
	case event.Started:
		return started(e, before)
	case event.Parked:
		return fmt.Sprintf("%s waits%s: %s", g, atLine(e), waitsFor(e.Reason, e.N))
	case event.Yielded:
		if e.Rule == event.GoyieldRule {
			return fmt.Sprintf("%s hands over%s and goes behind the others", g, atLine(e))
		}
		return fmt.Sprintf("%s calls Gosched%s", g, atLine(e))
	case event.Preempted:
		switch e.Rule {
		case event.StopRule:
			return fmt.Sprintf("%s is stopped%s: the world stops", g, atLine(e))
		case event.SafePointRule:
			return fmt.Sprintf("%s is stopped%s: all Ps have to pass a safe point", g, atLine(e))
		case event.SteerRule:
			return fmt.Sprintf("the schedule stops %s%s: somebody else is to go on", g, atLine(e))
		}
		return fmt.Sprintf("%s is stopped at the end of its slice%s", g, atLine(e))
	case event.Flagged:
		if e.Rule != event.SliceRule {
			return fmt.Sprintf("%s is asked to yield", g)
		}
		return fmt.Sprintf("sysmon finds %s running for %v and asks it to yield", g, dur(e.N))
	case event.Syscall:
		return fmt.Sprintf("%s enters a system call%s until %v; P%d stays with M%d", g, atLine(e), dur(e.N), e.P, e.M)
	case event.SysExit:
		if e.P < 0 {
			return fmt.Sprintf("%s is back from its system call and finds no P", g)
		}
		return fmt.Sprintf("%s is back from its system call and goes on with P%d", g, e.P)
	case event.Exited:
		if e.Rule == event.MainReturns {
			return "main returns: the program ends"
		}
		return g + " ends"
	case event.Label:
		return fmt.Sprintf("%s says%s: %s", g, atLine(e), e.Name)
	case event.Fatal:
		return "fatal error: " + e.Name
	case event.WorldStops:
		return fmt.Sprintf("%s stops the world: %d other Ps have to stop", g, e.N)
	case event.WorldStarts:
		return fmt.Sprintf("the world goes on with %d Ps", e.N)
	case event.GCStarts:
		return fmt.Sprintf("%s starts a garbage collection%s, %s; the heap holds %s", g, atLine(e), gcWhy[e.Name], size(e.N))
	case event.GCEnds:
		return fmt.Sprintf("the collection has ended: %s are in use", size(e.N))
	case event.Assisted:
		if e.N == 0 {
			return fmt.Sprintf("%s allocates%s and has to help, but there is nothing left to mark", g, atLine(e))
		}
		return fmt.Sprintf("%s allocates%s, so it has to help: it marks %s", g, atLine(e), size(e.N))
	case event.StackGrown:
		return fmt.Sprintf("the stack of %s is copied to one of %d bytes%s", g, e.N, atLine(e))
	}
	return threads(e, g)
}

// gcWhy says why a collection starts.
var gcWhy = map[string]string{
	"heap":   "because the heap has reached its trigger",
	"forced": "because runtime.GC was called",
	"time":   "because there was none for two minutes",
}

// size writes bytes the way people read them.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// atLine gives " at line 12", "" when it is not known.
func atLine(e *event.Event) string {
	if where := at(e.Site); where != "" {
		return " at " + where
	}
	return ""
}

// readied says who woke a G and by what.
func readied(e *event.Event) string {
	g := fmt.Sprintf("G%d", e.G)
	switch {
	case e.Rule == event.AssistPaid:
		return fmt.Sprintf("the mark worker G%d has marked enough for %s, which goes on", e.By, g)
	case e.Reason == event.PreemptedWait:
		return fmt.Sprintf("the stack of %s is scanned; it goes on", g)
	case e.Reason == event.GCAssistWait, e.Reason == event.CycleWait:
		return fmt.Sprintf("the collection is over: %s goes on", g)
	case e.Reason == event.GCSweepWait:
		return fmt.Sprintf("the sweeper %s is woken", g)
	case e.Reason == event.GCScavengeWait:
		return fmt.Sprintf("the scavenger %s is woken", g)
	case e.By != 0:
		return fmt.Sprintf("G%d's %s%s readies %s", e.By, wakes(e), atLine(e), g)
	case e.Rule == event.TimerRule:
		return fmt.Sprintf("a timer readies %s, which waited: %s", g, waitsFor(e.Reason, e.N))
	case e.Rule == event.PollReady:
		return fmt.Sprintf("the netpoller readies %s, which waited: %s", g, waitsFor(e.Reason, e.N))
	}
	return fmt.Sprintf("the scheduler readies %s, which waited: %s", g, waitsFor(e.Reason, e.N))
}

// wakes names the operation that ends a wait.
func wakes(e *event.Event) string {
	if e.Rule == event.CloseRule {
		return "close"
	}
	switch e.Reason {
	case event.ChanReceive:
		return "send"
	case event.ChanSend:
		return "receive"
	case event.Select:
		return "channel operation"
	case event.MutexLock, event.RWMutexLock, event.RWMutexRLock:
		return "unlock"
	case event.WaitGroupWait:
		return "last Done"
	case event.CondWait:
		return "signal"
	case event.Semacquire:
		return "release"
	}
	return "call"
}

// waitsFor says what a G waits for: the runtime's reason, and the channel.
func waitsFor(r event.Reason, on int64) string {
	if on != 0 {
		return fmt.Sprintf("%s on channel %d", r, on)
	}
	return r.String()
}

// wakers says what could end a wait.
func wakers(g *event.G) string {
	on := "the channel"
	if g.On != 0 {
		on = fmt.Sprintf("channel %d", g.On)
	}
	switch g.Reason {
	case event.ChanReceive:
		return fmt.Sprintf("a send on %s, or its close", on)
	case event.ChanSend:
		return "a receive from " + on
	case event.Select:
		return "the other side of any of its cases"
	case event.ChanReceiveNil, event.ChanSendNil, event.SelectNoCases:
		return "nobody, ever"
	case event.MutexLock, event.RWMutexRLock, event.RWMutexLock:
		switch g.Holder {
		case 0:
			return "the Unlock of the G that holds the lock"
		case g.ID:
			return fmt.Sprintf("its own Unlock: G%d holds the lock itself", g.ID)
		}
		return fmt.Sprintf("the Unlock of G%d, which holds the lock", g.Holder)
	case event.WaitGroupWait:
		return "the Done that brings the counter to 0"
	case event.CondWait:
		return "Signal or Broadcast"
	case event.GCAssistWait:
		return "the mark workers, or the end of the collection"
	case event.CycleWait:
		return "the end of the collection"
	case event.Sleep:
		return "its timer"
	case event.IOWait:
		return "the netpoller"
	}
	if g.Status == event.InCall {
		return "the operating system"
	}
	return "another G's release"
}

func started(e *event.Event, before *event.Snapshot) string {
	on := fmt.Sprintf("P%d runs G%d", e.P, e.G)
	if before != nil && len(before.Ps) > 1 || e.M != 0 {
		on = fmt.Sprintf("P%d on M%d runs G%d", e.P, e.M, e.G)
	}
	switch {
	case e.Rule == event.DedicatedRule:
		return fmt.Sprintf("%s, a mark worker: until the collection ends this P does nothing else; schedtick is %d", on, e.N)
	case e.Rule == event.FractionalRule:
		return fmt.Sprintf("%s, a mark worker, for the share of its time that it owes; schedtick is %d", on, e.N)
	case e.Rule == event.IdleWorkerRule:
		return fmt.Sprintf("%s, a mark worker, because there is nothing else to run; schedtick is %d", on, e.N)
	case e.From == event.RunNext && e.Rule == event.RunNextFirst:
		return fmt.Sprintf("%s out of runnext; it inherits the slice, schedtick stays %d", on, e.N)
	case e.Rule == event.Global61:
		return fmt.Sprintf("%s from the global queue, because schedtick was a multiple of 61; schedtick is %d", on, e.N)
	case e.From == event.Global:
		return fmt.Sprintf("%s, the first of the global queue; schedtick is %d", on, e.N)
	case e.Rule == event.StealHalf:
		return fmt.Sprintf("%s, stolen from P%d; schedtick is %d", on, e.P2, e.N)
	case e.Rule == event.StealRunNext:
		return fmt.Sprintf("%s, stolen from runnext of P%d; schedtick is %d", on, e.P2, e.N)
	case e.From == event.Ring:
		return fmt.Sprintf("%s, the head of the ring; schedtick is %d", on, e.N)
	case e.From == event.Poller:
		return fmt.Sprintf("%s, which the netpoller returned; schedtick is %d", on, e.N)
	}
	return fmt.Sprintf("%s; schedtick is %d", on, e.N)
}

func threads(e *event.Event, g string) string {
	switch e.Kind {
	case event.Locked:
		return fmt.Sprintf("%s is wired to M%d", g, e.M)
	case event.Unlocked:
		return fmt.Sprintf("%s is no longer wired to M%d", g, e.M)
	case event.Retaken:
		return fmt.Sprintf("P%d is taken from M%d, whose system call goes on", e.P, e.M)
	case event.MStarted:
		return fmt.Sprintf("a new thread M%d is started for P%d", e.M, e.P)
	case event.MWoken:
		if e.P < 0 {
			return fmt.Sprintf("M%d is woken", e.M)
		}
		return fmt.Sprintf("M%d is woken for P%d", e.M, e.P)
	case event.MParked:
		return fmt.Sprintf("M%d sleeps", e.M)
	case event.Polling:
		if e.N == 0 {
			return fmt.Sprintf("M%d waits in the netpoller", e.M)
		}
		return fmt.Sprintf("M%d waits in the netpoller, at most until the timer at %v", e.M, dur(e.N))
	case event.PollDone:
		return fmt.Sprintf("M%d comes back from the netpoller", e.M)
	case event.Timer:
		return fmt.Sprintf("the timer set for %v expires", dur(e.N))
	}
	return ""
}

// consequences says how queues changed.
func consequences(list []event.Event, main *event.Event) string {
	var parts []string
	over := 0
	for i := range list {
		e := &list[i]
		switch e.Kind {
		case event.Released:
			parts = append(parts, fmt.Sprintf("P%d is idle", e.P))
		case event.Acquired:
			parts = append(parts, fmt.Sprintf("M%d takes P%d", e.M, e.P))
		case event.Spinning:
			parts = append(parts, fmt.Sprintf("M%d looks for work", e.M))
		case event.TimerSet:
			if e.N < 1<<62 {
				parts = append(parts, fmt.Sprintf("a timer is set for %v", dur(e.N)))
			}
		case event.TimerStop:
			parts = append(parts, "a timer is stopped")
		case event.Moved:
			if e.Rule == event.Overflow {
				over++
				continue
			}
			parts = append(parts, moved(e, main))
		}
	}
	if over > 0 {
		parts = append(parts, fmt.Sprintf("the ring is full, so %d Gs go to the global queue", over))
	}
	if len(parts) > 6 {
		parts = append(parts[:5], fmt.Sprintf("and %d more moves", len(parts)-5))
	}
	return strings.Join(parts, "; ")
}

func moved(e, main *event.Event) string {
	g := fmt.Sprintf("G%d", e.G)
	if e.G == main.G {
		g = "it"
	}
	switch {
	case e.Rule == event.DrainRule:
		return g + " is sent to the global queue, because the worker will not yield"
	case e.Rule == event.Kick:
		return fmt.Sprintf("G%d, which sat there, is pushed to the ring's tail", e.G)
	case e.To == event.RunNext:
		return fmt.Sprintf("%s is put in P%d's runnext", g, e.P)
	case e.To == event.Global:
		return g + " goes to the tail of the global queue"
	case e.From == event.Global:
		return fmt.Sprintf("%s moves from the global queue to P%d's ring", g, e.P)
	case e.P2 >= 0:
		return fmt.Sprintf("%s moves from P%d to P%d's ring", g, e.P2, e.P)
	}
	return fmt.Sprintf("%s goes to the tail of P%d's ring", g, e.P)
}
