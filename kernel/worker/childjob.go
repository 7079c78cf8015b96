package worker

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"runnext/kernel/engine"
)

// errForgotten is what a job of long ago gets that tries to print: thousands
// have run since it ended, and its place is another's.
var errForgotten = errors.New("worker: the cell is over for too long to be printed to")

// childJob is what the worker keeps of a job until nothing of it is left.
type childJob struct {
	c      *child
	id     uint64
	slot   int
	ctx    context.Context
	cancel context.CancelFunc
	input  bool
	gone   atomic.Bool   // the kernel has taken the slot back: nothing is sent any more
	sent   atomic.Uint64 // bytes of events written, to be held against shared.taken

	mu    sync.Mutex
	asked uint64
	waits map[uint64]chan answer
}

func (j *childJob) answered(a answer) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if w := j.waits[a.ID]; w != nil {
		delete(j.waits, a.ID)
		w <- a
	}
}

// interrupted reports whether the kernel wants the job to unwind.
func (j *childJob) interrupted() bool {
	return atomic.LoadUint32(j.c.shared.word(j.slot)) != 0
}

// event sends one frame of the job once the kernel has taken enough of the
// earlier ones. It fails when the job is interrupted while it waits, and when
// the kernel has forgotten it.
func (j *childJob) event(k kind, payload []byte) error {
	n := uint64(min(len(payload), window))
	for idle := 0; ; {
		if j.gone.Load() {
			return errForgotten
		}
		sent := j.sent.Load()
		if sent+n-atomic.LoadUint64(j.c.shared.taken(j.slot)) > window {
			if j.interrupted() {
				return context.Canceled
			}
			idle = pause(idle)
			continue
		}
		if j.sent.CompareAndSwap(sent, sent+n) {
			break
		}
	}
	j.c.send(k, j.id, payload)
	return nil
}

// ask sends a question and waits for its answer, or for an interrupt.
func (j *childJob) ask(prompt string, password bool) (string, error) {
	if !j.input {
		return "", engine.ErrNoInput
	}
	w := make(chan answer, 1)
	j.mu.Lock()
	j.asked++
	q := question{ID: j.asked, Prompt: prompt, Password: password}
	if j.waits == nil {
		j.waits = make(map[uint64]chan answer)
	}
	j.waits[q.ID] = w
	j.mu.Unlock()
	p, err := marshal(q)
	if err == nil {
		err = j.event(kindAsk, p)
	}
	if err == nil {
		select {
		case a := <-w:
			return a.Text, a.err()
		case <-j.ctx.Done():
			err = j.ctx.Err()
		}
	}
	j.mu.Lock()
	delete(j.waits, q.ID)
	j.mu.Unlock()
	return "", err
}
