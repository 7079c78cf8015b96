package kernel

import (
	"context"
	"fmt"

	"runnext/kernel/engine"
	"runnext/kernel/worker"
)

// lateWorker is a supervisor that is still being started: a kernel answers its
// first question before its first worker has come up.
type lateWorker struct {
	config worker.Config
	ctx    context.Context
	cancel context.CancelFunc
	ready  chan struct{} // closed once sup or err is set
	sup    *worker.Supervisor
	err    error
}

func newLateWorker(c worker.Config) *lateWorker {
	w := &lateWorker{config: c, ready: make(chan struct{})}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w
}

func (w *lateWorker) start() {
	go func() {
		defer close(w.ready)
		w.sup, w.err = worker.Start(w.ctx, w.config)
	}()
}

// Run waits for the first worker and runs the job there.
func (w *lateWorker) Run(ctx context.Context, job engine.Job, out engine.Output) worker.Ending {
	select {
	case <-w.ready:
	case <-ctx.Done():
		return worker.Ending{Report: engine.Report{Failure: &engine.Failure{
			Kind: engine.KindInterrupted, Text: "interrupted before the cell began",
		}}}
	}
	if w.err != nil {
		death := &worker.Death{Cause: worker.CauseStart, Text: w.err.Error()}
		return worker.Ending{Died: death, Report: engine.Report{Failure: death.Failure()}}
	}
	return w.sup.Run(ctx, job, out)
}

// Close ends the worker and waits for it, also one that is still starting.
func (w *lateWorker) Close(ctx context.Context) error {
	w.cancel()
	select {
	case <-w.ready:
	case <-ctx.Done():
		return fmt.Errorf("worker has not started: %w", ctx.Err())
	}
	if w.sup == nil {
		return nil
	}
	return w.sup.Close(ctx)
}
