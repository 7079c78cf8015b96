package session

import (
	"context"
	"slices"
	"sync"
	"time"

	"runnext/kernel/stream"
	"runnext/kernel/wire"
)

// subshell is one queue of cells: the main shell, or one that a client has
// created beside it (JEP 91). Subshells share the namespace and the counter;
// an error or an interrupt aborts the queue it happened in.
type subshell struct {
	id    string // "" is the main shell
	clock stream.Clock

	mu      sync.Mutex
	changed *sync.Cond
	queue   []*wire.Message // execute_requests, in order
	aborted []*wire.Message // taken out of queue, to be answered so; older than all in queue
	running *execution
	closed  bool
}

func newSubshell(id string, clock stream.Clock) *subshell {
	sub := &subshell{id: id, clock: clock}
	sub.changed = sync.NewCond(&sub.mu)
	return sub
}

// push queues an execute_request; it reports false when the shell is closed.
func (sub *subshell) push(m *wire.Message) bool {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	if sub.closed {
		return false
	}
	sub.queue = append(sub.queue, m)
	sub.changed.Signal()
	return true
}

// next waits for work: a request to abort, or else a cell to run. Both are nil
// when the shell is closed and everything is answered. The cell can be
// interrupted from the moment it leaves the queue.
func (sub *subshell) next(ctx context.Context) (abort *wire.Message, run *execution) {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	for {
		switch {
		case len(sub.aborted) > 0:
			abort, sub.aborted = sub.aborted[0], sub.aborted[1:]
			return abort, nil
		case len(sub.queue) > 0:
			m := sub.queue[0]
			sub.queue = sub.queue[1:]
			sub.running = newExecution(ctx, sub, m, sub.clock.Now())
			return nil, sub.running
		case sub.closed:
			return nil, nil
		}
		sub.changed.Wait()
	}
}

// done says that the cell next gave has been answered.
func (sub *subshell) done() {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	sub.running.cancel()
	sub.running = nil
}

// abort takes what is queued now out of the queue; what comes later runs.
func (sub *subshell) abort() {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	sub.abortLocked()
}

func (sub *subshell) abortLocked() {
	sub.aborted = append(sub.aborted, sub.queue...)
	sub.queue = nil
	sub.changed.Signal()
}

// overtakes is how long after a cell has begun an interrupt may come that was
// sent before it. The two take different ways; nobody who has seen a cell run
// is as quick.
const overtakes = 50 * time.Millisecond

// interrupt ends the running cell and aborts what is queued. In a shell that
// does nothing it does nothing. asked is the request, nil for none.
func (sub *subshell) interrupt(asked *wire.Message) {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	if x := sub.running; x != nil {
		if sub.clock.Now().Sub(x.left) < overtakes && later(x.message, asked) {
			return
		}
		x.interrupted.Store(true)
		x.cancel()
	}
	meant := slices.IndexFunc(sub.queue, func(m *wire.Message) bool { return later(m, asked) })
	if sub.running != nil || meant < 0 {
		meant = len(sub.queue)
	}
	after := sub.queue[meant:]
	sub.queue = sub.queue[:meant]
	sub.abortLocked()
	sub.queue = after
}

// later tells whether a request was sent after another, as their senders wrote
// it. Two senders' clocks may differ.
func later(m, than *wire.Message) bool {
	if than == nil {
		return false
	}
	t, err := time.Parse(time.RFC3339Nano, m.Header.Date)
	u, err2 := time.Parse(time.RFC3339Nano, than.Header.Date)
	return err == nil && err2 == nil && t.After(u)
}

// close interrupts the shell and takes no more.
func (sub *subshell) close() {
	sub.mu.Lock()
	sub.closed = true
	sub.mu.Unlock()
	sub.interrupt(nil)
}

// work answers what is pushed to sub, one after the other, until it is closed.
func (s *Session) work(ctx context.Context, sub *subshell) {
	for {
		abort, run := sub.next(ctx)
		switch {
		case abort != nil:
			s.abort(abort)
		case run != nil:
			s.execute(run)
			sub.done()
		default:
			return
		}
	}
}

// abort answers an execute_request that will not run. The reply has no
// execution_count: with one, JupyterLab numbers a cell that never ran.
func (s *Session) abort(m *wire.Message) {
	s.iopub.busy(m)
	s.reply(s.shell, m, wire.TypeExecuteReply, wire.StatusReply{Status: wire.StatusAborted}, nil)
	s.iopub.idle(m)
}

// subshells are the shells of a session by id, the main one included.
type subshells struct {
	mu     sync.Mutex
	byID   map[string]*subshell
	ids    []string // without the main one, in the order of creation
	closed bool
}

// add takes a shell in and starts it, unless all are closed.
func (all *subshells) add(sub *subshell, start func()) bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.closed {
		return false
	}
	all.byID[sub.id] = sub
	if sub.id != "" {
		all.ids = append(all.ids, sub.id)
	}
	start()
	return true
}

// close closes every shell; none can be added from then on.
func (all *subshells) close() {
	all.mu.Lock()
	all.closed = true
	all.mu.Unlock()
	all.each((*subshell).close)
}

func (all *subshells) find(id string) *subshell {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.byID[id]
}

// remove forgets a shell that is not the main one and gives it.
func (all *subshells) remove(id string) *subshell {
	all.mu.Lock()
	defer all.mu.Unlock()
	sub := all.byID[id]
	if sub == nil || id == "" {
		return nil
	}
	delete(all.byID, id)
	for i := range all.ids {
		if all.ids[i] == id {
			all.ids = append(all.ids[:i:i], all.ids[i+1:]...)
			break
		}
	}
	return sub
}

// list gives the ids of the created shells, the oldest first.
func (all *subshells) list() []string {
	all.mu.Lock()
	defer all.mu.Unlock()
	return append([]string{}, all.ids...)
}

// each calls f for every shell.
func (all *subshells) each(f func(*subshell)) {
	all.mu.Lock()
	shells := make([]*subshell, 0, len(all.byID))
	for _, sub := range all.byID {
		shells = append(shells, sub)
	}
	all.mu.Unlock()
	for _, sub := range shells {
		f(sub)
	}
}
