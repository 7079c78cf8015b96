package socket

import (
	"context"
	"sync"
)

// item is what a writer sends: a message, or a command when name is set.
type item struct {
	name   string
	frames [][]byte
}

// cost is what an item weighs in a queue, in bytes; overhead is counted, or
// empty messages would be free.
func (it item) cost() int {
	n := 64 + len(it.name)
	for _, f := range it.frames {
		n += 32 + len(f)
	}
	return n
}

// queue holds what waits for one peer, bounded in bytes. Any goroutine may
// put; one takes.
type queue struct {
	limit int
	ready chan struct{} // holds one token when there is something to take or to end for

	mu      sync.Mutex
	items   []item
	bytes   int           // of items and of what has been taken and not released
	space   chan struct{} // closed when there is room again; nil when nobody waits
	closed  bool          // takes no more, what is in it is still sent
	dead    bool          // the peer is gone
	waiting int           // goroutines in put
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, ready: make(chan struct{}, 1)}
}

// offer puts without waiting. It says full when the item has to wait; an item
// larger than the queue is taken when nothing else is in it.
func (q *queue) offer(it item) (full bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.offerLocked(it)
}

func (q *queue) offerLocked(it item) (full bool, err error) {
	switch {
	case q.dead:
		return false, ErrUnknownPeer
	case q.closed:
		return false, ErrClosed
	}
	cost := it.cost()
	if q.bytes > 0 && q.bytes+cost > q.limit {
		return true, nil
	}
	q.push(it, cost)
	return false, nil
}

// force puts even when the queue is full, for the small things a peer's own
// reader answers; that reader then waits with settle.
func (q *queue) force(it item) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.dead && !q.closed {
		q.push(it, it.cost())
	}
}

func (q *queue) push(it item, cost int) {
	q.items = append(q.items, it)
	q.bytes += cost
	q.wake()
}

func (q *queue) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// put waits for room. It ends with ErrUnknownPeer when the peer goes, with
// ErrClosed when the queue is closed, or with ctx's error.
func (q *queue) put(ctx context.Context, it item) error {
	return q.await(ctx, func() (bool, error) { return q.offerLocked(it) })
}

// settle waits until the queue is within its limit.
func (q *queue) settle(ctx context.Context) error {
	return q.await(ctx, func() (bool, error) {
		return q.bytes > q.limit && !q.dead && !q.closed, nil
	})
}

func (q *queue) await(ctx context.Context, try func() (full bool, err error)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		full, err := try()
		if !full || err != nil {
			return err
		}
		if q.space == nil {
			q.space = make(chan struct{})
		}
		space := q.space
		q.waiting++
		q.mu.Unlock()
		select {
		case <-space:
			err = nil
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
		q.mu.Lock()
		q.waiting--
		if err != nil {
			return err
		}
	}
}

// take gives all that waits and whether it is the last: then the queue is
// closed and nothing will follow. It does not wait. spare is what the last
// take gave: its memory serves again.
func (q *queue) take(spare []item) (items []item, last bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.dead {
		return nil, true
	}
	items, q.items = q.items, spare[:0]
	return items, q.closed
}

// release says that bytes taken are sent.
func (q *queue) release(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes -= n
	// Some slack, so that a waiting producer is not woken for each message.
	if q.bytes <= q.limit-q.limit/4 {
		q.makeRoom()
	}
}

func (q *queue) makeRoom() {
	if q.space != nil {
		close(q.space)
		q.space = nil
	}
}

// close lets nothing more in; the taker ends when it has sent the rest.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.makeRoom()
	q.wake()
}

// kill drops everything, lets all who wait go, and says whether something was
// dropped or still being sent.
func (q *queue) kill() (lost bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	lost = !q.dead && q.bytes > 0
	q.dead = true
	q.items = nil
	q.makeRoom()
	q.wake()
	return lost
}
