package worker

import (
	"context"
	"sync"

	"runnext/kernel/engine"
)

// job is what the kernel keeps of a job until nothing of it is left in the
// worker: where its events go, and those that have not got there yet.
type job struct {
	p     *process
	id    uint64
	slot  int
	out   engine.Output
	ctx   context.Context // ends the questions the job asks
	stop  context.CancelFunc
	ended chan struct{} // closed when report or death is set

	// Guarded by process.mu.
	report  *engine.Report
	death   *Death
	running bool

	mu      sync.Mutex
	changed *sync.Cond
	events  []event
	size    int  // bytes in events
	pumping bool // a goroutine is delivering
	muted   bool // nothing of the job is to be seen any more
}

// event is one thing a job has done, in the order it did it.
type event struct {
	kind kind
	data []byte       // of a stream
	cost int          // what it counts against the job's window; 0 for raw bytes
	do   func(j *job) // everything else
}

func newJob(p *process, id uint64, slot int, out engine.Output) *job {
	j := &job{p: p, id: id, slot: slot, out: out, ended: make(chan struct{}), running: true}
	j.changed = sync.NewCond(&j.mu)
	j.ctx, j.stop = context.WithCancel(p.ctx)
	return j
}

// push queues an event and never blocks: the worker keeps to the window.
func (j *job) push(e event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(e)
}

// pushRaw queues bytes nobody keeps a window for; it blocks while the reader
// of the job's output is slow.
func (j *job) pushRaw(k kind, p []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.size > window && !j.muted {
		j.changed.Wait()
	}
	j.add(event{kind: k, data: p})
}

func (j *job) add(e event) {
	if j.muted {
		j.p.addTaken(j.slot, e.cost)
		return
	}
	const most = 64 << 10
	j.size += len(e.data)
	if n := len(j.events); e.do == nil && n > 0 {
		if l := &j.events[n-1]; l.do == nil && l.kind == e.kind && len(l.data)+len(e.data) <= most {
			l.data = append(l.data, e.data...)
			l.cost += e.cost
			e.kind = 0
		}
	}
	if e.kind != 0 {
		if e.do == nil {
			e.data = append(make([]byte, 0, max(512, len(e.data))), e.data...)
		}
		j.events = append(j.events, e)
	}
	if !j.pumping {
		j.pumping = true
		j.p.wg.Go(j.pump)
	}
}

// pump delivers until there is nothing left.
func (j *job) pump() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for len(j.events) > 0 {
		events := j.events
		j.events, j.size = nil, 0
		j.changed.Broadcast()
		for _, e := range events {
			muted := j.muted
			j.mu.Unlock()
			if !muted {
				j.deliver(e)
			}
			j.p.addTaken(j.slot, e.cost)
			j.mu.Lock()
		}
	}
	j.pumping = false
	j.changed.Broadcast()
}

func (j *job) deliver(e event) {
	switch {
	case e.do != nil:
		e.do(j)
	case e.kind == kindStdout:
		j.out.Stream(engine.Stdout, e.data)
	case e.kind == kindStderr:
		j.out.Stream(engine.Stderr, e.data)
	}
}

// idle waits until everything pushed before has been delivered or dropped.
func (j *job) idle() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.pumping && !j.muted {
		j.changed.Wait()
	}
}

// mute drops what is queued and what is still to come.
func (j *job) mute() {
	j.stop()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.muted = true
	j.changed.Broadcast()
}

// eventOf makes an event of a frame; the frame's payload is copied.
func eventOf(f frame) (event, error) {
	e := event{kind: f.kind, cost: min(len(f.payload), window)}
	switch f.kind {
	case kindStdout, kindStderr:
		e.data = f.payload
	case kindDisplay:
		var d engine.Display
		if err := unmarshal(f, &d); err != nil {
			return e, err
		}
		e.do = func(j *job) { j.out.Display(d) }
	case kindClear:
		wait := len(f.payload) > 0 && f.payload[0] != 0
		e.do = func(j *job) { j.out.Clear(wait) }
	case kindLate:
		var l engine.Failure
		if err := unmarshal(f, &l); err != nil {
			return e, err
		}
		e.do = func(j *job) { j.out.Late(&l) }
	case kindAsk:
		var q question
		if err := unmarshal(f, &q); err != nil {
			return e, err
		}
		// The question comes after what was printed before it, and keeps
		// nobody from printing while it waits for its answer.
		e.do = func(j *job) { j.p.wg.Go(func() { j.ask(q) }) }
	}
	return e, nil
}

func (j *job) ask(q question) {
	text, err := j.out.Input(j.ctx, q.Prompt, q.Password)
	if p, err := marshal(answerOf(q.ID, text, err)); err == nil {
		j.p.command(frame{kindAnswer, j.id, p})
	}
}
