package yaegi

import (
	"context"
	"fmt"
	"os"
	"runtime/trace"

	"runnext/kernel/engine"
)

// traceCategory marks what is written into an execution trace for
// runnext/kernel/exectrace to read.
const traceCategory = "runnext"

// observe begins an execution trace of this process in a file that is there
// already, or ends the one that runs if the name is "".
func (r *Runner) observe(name string) engine.Report {
	if name == "" {
		trace.Stop()
		return told("")
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_TRUNC, 0)
	if err == nil {
		err = trace.Start(f)
	}
	if err != nil {
		return engine.Report{Failure: &engine.Failure{
			Kind: engine.KindRefused, Text: fmt.Sprintf("no trace can be made: %v", err),
			Why: "One trace can be made at a time.", Try: "Wait for the other cell, or interrupt it.",
		}}
	}
	return told("")
}

// began writes into a trace, if there is one, where the running goroutine was
// started: its stack is the interpreter's.
func (g *goroutine) began() {
	if !trace.IsEnabled() {
		return
	}
	p, ok := g.place()
	if !ok {
		p = engine.Place{Cell: g.j.cell} // the cell's own, or started by compiled code
	}
	note(p, "go")
}

// observed writes where the running goroutine is about to wait, and for what.
func (w *wait) observed() {
	if !trace.IsEnabled() {
		return
	}
	if all := w.places(); len(all) > 0 {
		note(all[0], "wait "+waitWords[w.kind])
	}
}

func note(p engine.Place, what string) {
	trace.Log(context.Background(), traceCategory, fmt.Sprintf("[cell %d]:%d %s", p.Cell, p.Line, what))
}

// waitWords are the runtime's own for what a compiled program would wait for.
var waitWords = map[waitKind]string{
	waitSend: "chan send", waitReceive: "chan receive", waitSelect: "select", waitLock: "sync.Mutex.Lock", waitReadLock: "sync.RWMutex.RLock",
	waitGroup: "sync.WaitGroup.Wait", waitErrGroup: "sync.WaitGroup.Wait", waitCond: "sync.Cond.Wait", waitSleep: "sleep",
}
