package notebook

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

// topEntry is %top.
var topEntry = directive.Entry{
	Name: "top", Usage: "[SECONDS]", Server: "worker", Summary: "watch goroutines, threads, stacks and collections in a live table",
	Long: "The table is about the process that runs the cells, and is drawn anew in place four times a second: while the Go below it in the same cell runs, or without any for SECONDS (5 unless said), or until an interrupt.",
}

// topEvery is the time between two pictures, topFor how long they come in a
// cell without Go.
const (
	topEvery = 250 * time.Millisecond
	topFor   = 5 * time.Second
)

// top shows the table in a cell that has nothing else.
func (n *Notebook) top(ctx context.Context, c engine.Cell, call directive.Call, out engine.Output) engine.Outcome {
	d, err := topTime(call)
	if err != nil {
		return engine.Outcome{Failure: directiveFailure(c.Number, err)}
	}
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	n.pictures(ctx, c, call, out)
	if ctx.Err() == context.Canceled {
		return engine.Outcome{Failure: &engine.Failure{Kind: engine.KindInterrupted, Text: "interrupted"}}
	}
	return engine.Outcome{}
}

// watch shows the table while something else runs; the caller ends it.
func (n *Notebook) watch(ctx context.Context, c engine.Cell, call directive.Call, out engine.Output) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.pictures(ctx, c, call, out)
	}()
	return func() {
		cancel()
		<-done
	}
}

// pictures draws until ctx ends, and one last time.
func (n *Notebook) pictures(ctx context.Context, c engine.Cell, call directive.Call, out engine.Output) {
	id := fmt.Sprintf("top-%d-%d", c.Number, call.Line)
	tick := time.NewTicker(topEvery)
	defer tick.Stop()
	for shown := false; ; {
		// The last one is asked for after ctx has ended: a worker that has no
		// time to answer is not waited for long.
		last := ctx.Err() != nil
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), topEvery)
		answer, failure := n.query(asking, c, "top", out)
		cancel()
		if answer != nil && failure == nil {
			out.Display(engine.Display{Bundle: *answer, ID: id, Update: shown})
			shown = true
		}
		if last || failure != nil && failure.Kind != engine.KindInterrupted {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

func topTime(call directive.Call) (time.Duration, *directive.Error) {
	if len(call.Args) == 0 {
		return topFor, nil
	}
	n, err := strconv.Atoi(call.Args[0])
	if err != nil || n < 1 || n > 3600 || len(call.Args) > 1 {
		return 0, call.Fail(0, "%top is written %top [SECONDS]", "SECONDS is a number from 1 to 3600.", "%help top explains it.")
	}
	return time.Duration(n) * time.Second, nil
}
