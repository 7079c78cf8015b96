package session

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"runnext/kernel/stream"
	"runnext/kernel/wire"
)

// backlog is how many bytes of output may wait for iopub before whoever
// prints waits too. What the protocol owes a client (busy, idle, input) is
// never held back by it: it is bounded by the requests, and an interrupt must
// be answered while a subscriber is stuck. For the same reason an interrupted
// cell may go on to lastBacklog.
const (
	backlog     = 1 << 20
	lastBacklog = 16 << 20
)

var errClosed = errors.New("iopub is closed")

// iopub is the one ordered path to the subscribers: a queue with one goroutine
// that sends. It also knows which cells run, because a busy that is repeated
// for one of them must not overtake that cell's idle.
type iopub struct {
	codec  *wire.Codec
	origin *wire.Origin
	out    Publisher
	prefix string          // of topics, "kernel.<id>."
	limit  *stream.Limiter // nil, or below jupyter_server's limits

	mu       sync.Mutex
	changed  *sync.Cond // whatever below has changed
	queue    [][][]byte
	bytes    int    // in queue
	enqueued uint64 // messages, ever
	sent     uint64 // messages handed to out, ever
	running  []*execution
	closed   bool
	err      error // why sending has ended
}

func newIOPub(c Config) *iopub {
	p := &iopub{codec: c.Codec, origin: c.Origin, out: c.Transports.IOPub, limit: c.Limit}
	p.prefix = "kernel." + c.KernelID + "."
	p.changed = sync.NewCond(&p.mu)
	return p
}

// send publishes output of a cell; it waits while the backlog is full.
func (p *iopub) send(x *execution, topic, msgType string, content any) error {
	frames, err := p.encode(x.message, topic, msgType, content)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.full(x) && p.err == nil && !p.closed {
		p.changed.Wait()
	}
	return p.enqueue(frames)
}

// full reports whether x has to wait. p.mu is held.
func (p *iopub) full(x *execution) bool {
	if x.interrupted.Load() {
		return p.bytes > lastBacklog
	}
	return p.bytes > backlog
}

// wake lets those who wait look at their cell again.
func (p *iopub) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changed.Broadcast()
}

// owe publishes part of the answer to a request, however long the backlog.
func (p *iopub) owe(parent *wire.Message, msgType string, content any) error {
	frames, err := p.encode(parent, "", msgType, content)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.enqueue(frames)
}

// state publishes a status. p.mu is held.
func (p *iopub) state(parent *wire.Message, state string) {
	frames, err := p.encode(parent, "", wire.TypeStatus, wire.Status{ExecutionState: state})
	if err == nil {
		p.enqueue(frames)
	}
}

func (p *iopub) encode(parent *wire.Message, topic, msgType string, content any) ([][]byte, error) {
	if topic == "" {
		topic = p.prefix + msgType
	}
	m, err := p.origin.Publish(parent, topic, msgType, content)
	if err != nil {
		return nil, fmt.Errorf("publish %s: %w", msgType, err)
	}
	frames, err := p.codec.Encode(m)
	if err != nil {
		return nil, fmt.Errorf("publish %s: %w", msgType, err)
	}
	return frames, nil
}

// enqueue never waits. p.mu is held.
func (p *iopub) enqueue(frames [][]byte) error {
	if p.err != nil {
		return p.err
	}
	if p.closed {
		return errClosed
	}
	p.queue = append(p.queue, frames)
	p.bytes += size(frames)
	p.enqueued++
	p.changed.Broadcast()
	return nil
}

func (p *iopub) starting() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state(nil, wire.StateStarting)
}

// busy opens a request that is not a running cell.
func (p *iopub) busy(request *wire.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state(request, wire.StateBusy)
}

// idle closes what busy opened.
func (p *iopub) idle(request *wire.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state(request, wire.StateIdle)
	p.limit.Reset()
	p.repeat()
}

// start opens a cell. number gives its execution count; it is called in the
// order in which the cells' execute_inputs appear, so counts never go back.
func (p *iopub) start(x *execution, number func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state(x.message, wire.StateBusy)
	p.running = append(p.running, x)
	number()
	if x.request.Silent || x.malformed {
		return
	}
	frames, err := p.encode(x.message, "", wire.TypeExecuteInput,
		wire.ExecuteInput{Code: x.request.Code, ExecutionCount: x.count})
	if err == nil {
		p.enqueue(frames)
	}
}

// finish closes a cell.
func (p *iopub) finish(x *execution) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, r := range p.running {
		if r == x {
			p.running = append(p.running[:i], p.running[i+1:]...)
			break
		}
	}
	p.state(x.message, wire.StateIdle)
	p.limit.Reset()
	p.repeat()
}

// repeat publishes the busy of a running cell again after another request's
// idle: JupyterLab shows the state it has heard last, whoever it was about.
// The main shell's cell goes first, it is the notebook's. p.mu is held.
func (p *iopub) repeat() {
	if len(p.running) == 0 {
		return
	}
	x := p.running[0]
	for _, r := range p.running {
		if r.shell.id == "" {
			x = r
		}
	}
	p.state(x.message, wire.StateBusy)
}

// executionState reports the state of the kernel as a whole.
func (p *iopub) executionState() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.running) > 0 {
		return wire.StateBusy
	}
	return wire.StateIdle
}

// drain returns when everything published before has been handed to the
// transport, or when ctx ends.
func (p *iopub) drain(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	target := p.enqueued
	if p.sent >= target || p.err != nil {
		return
	}
	stop := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.changed.Broadcast()
	})
	defer stop()
	for p.sent < target && p.err == nil && ctx.Err() == nil {
		p.changed.Wait()
	}
}

// run sends until close has been called and the queue is empty, or until ctx
// ends or the transport fails.
func (p *iopub) run(ctx context.Context) error {
	for {
		p.mu.Lock()
		for len(p.queue) == 0 && !p.closed {
			p.changed.Wait()
		}
		batch := p.queue
		p.queue = nil
		p.mu.Unlock()
		if len(batch) == 0 {
			return nil
		}
		for _, frames := range batch {
			err := p.out.Send(ctx, frames)
			p.mu.Lock()
			p.sent++
			p.bytes -= size(frames)
			if err != nil {
				p.err = fmt.Errorf("send on iopub: %w", err)
			}
			p.changed.Broadcast()
			p.mu.Unlock()
			if err != nil {
				return p.err
			}
		}
	}
}

// close lets run return once it has sent what is queued.
func (p *iopub) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.changed.Broadcast()
}

func size(frames [][]byte) int {
	n := 0
	for _, f := range frames {
		n += len(f)
	}
	return n
}
