// Package stream gathers what cells print into few messages without losing a
// byte, changing an order or cutting a rune, and holds a writer back where the
// reader is known to drop what comes too fast.
//
// It knows nothing of the Jupyter protocol (that is runnext/kernel/session,
// which publishes what comes out here) and captures nothing (that is
// runnext/kernel/worker, which feeds it).
package stream

import (
	"sync"
	"time"
)

// What a [Batcher] does when its [Config] does not say.
const (
	// DefaultInterval makes at most 20 messages a second.
	DefaultInterval = 50 * time.Millisecond
	// DefaultMaxBytes is the most text of one message, in bytes of UTF-8.
	DefaultMaxBytes = 64 << 10
)

// minMaxBytes leaves room for the longest rune.
const minMaxBytes = 4

// Config says how a [Batcher] works. Publish must be set, the rest may be zero.
type Config struct {
	// Clock defaults to [SystemClock].
	Clock Clock
	// Publish hands one message on. It is called from whichever goroutine
	// writes, flushes or runs a timer, for one key never by two at once; a call
	// that blocks holds the writers of its key back. Text that a failing
	// Publish was given is gone: [Batcher.Close] returns the first error.
	Publish func(key any, name, text string) error
	// Interval is the shortest time between two messages of one key as long as
	// neither holds MaxBytes. A change of name always begins a new message.
	Interval time.Duration
	// MaxBytes bounds a message's text in bytes of UTF-8.
	MaxBytes int
	// Limit holds writers back; nil lets the reader decide.
	Limit *Limiter
}

// Batcher turns writes into messages, each key by itself. A key stands for a
// cell. The first write after a quiet time goes out at once; what follows is
// gathered until the interval has passed or the message is full.
//
// All methods may be called from any goroutine.
type Batcher struct {
	c Config

	mu     sync.RWMutex
	queues map[any]*queue
	closed bool

	timers sync.WaitGroup // calls that a clock owes us or is making

	errMu sync.Mutex
	err   error // what Publish first said
}

// New returns a Batcher; the caller closes it.
func New(c Config) *Batcher {
	if c.Clock == nil {
		c.Clock = SystemClock()
	}
	if c.Interval <= 0 {
		c.Interval = DefaultInterval
	}
	if c.MaxBytes <= 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	c.MaxBytes = max(c.MaxBytes, minMaxBytes)
	return &Batcher{c: c, queues: make(map[any]*queue)}
}

// Write takes bytes printed by key on the stream called name. It returns when
// they are held or published, and blocks while the key's earlier bytes are
// more than a message and wait for Publish. p may be reused after that. A rune
// cut at the end of p waits for its rest. After Close, Write publishes at once.
func (b *Batcher) Write(key any, name string, p []byte) {
	if len(p) == 0 {
		return
	}
	b.mu.RLock()
	q := b.queues[key]
	b.mu.RUnlock()
	for q == nil || !q.write(name, p) {
		q = b.open(key, q)
	}
}

// Flush publishes what key has written and returns when Publish has taken it.
// Only the first bytes of a rune that is still incomplete stay behind.
func (b *Batcher) Flush(key any) {
	b.mu.RLock()
	q := b.queues[key]
	b.mu.RUnlock()
	if q != nil {
		q.flush()
	}
}

// FlushAll is Flush for every key.
func (b *Batcher) FlushAll() {
	for _, q := range b.all() {
		q.flush()
	}
}

// End flushes key for good: bytes that never became a rune go out as U+FFFD,
// and the key is forgotten. A later Write begins anew.
func (b *Batcher) End(key any) {
	b.mu.RLock()
	q := b.queues[key]
	b.mu.RUnlock()
	if q == nil || !q.end() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.queues[key] == q {
		delete(b.queues, key)
	}
}

// Close ends every key, waits for the timers it has set and returns the first
// error Publish has given. It may be called more than once.
func (b *Batcher) Close() error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	for _, q := range b.all() {
		b.End(q.key)
	}
	b.timers.Wait()
	b.errMu.Lock()
	defer b.errMu.Unlock()
	return b.err
}

// open returns key's queue, a new one when there is none or it is over.
func (b *Batcher) open(key any, over *queue) *queue {
	b.mu.Lock()
	defer b.mu.Unlock()
	q := b.queues[key]
	if q == nil || q == over {
		q = newQueue(b, key)
		b.queues[key] = q
	}
	return q
}

// owe reports whether a timer may still be set, and counts it then.
func (b *Batcher) owe() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return false
	}
	b.timers.Add(1)
	return true
}

func (b *Batcher) all() []*queue {
	b.mu.RLock()
	defer b.mu.RUnlock()
	all := make([]*queue, 0, len(b.queues))
	for _, q := range b.queues {
		all = append(all, q)
	}
	return all
}

// publish hands one message on, within the limits.
func (b *Batcher) publish(key any, name, text string) {
	b.c.Limit.Wait(1, FramedLen(text))
	if err := b.c.Publish(key, name, text); err != nil {
		b.errMu.Lock()
		if b.err == nil {
			b.err = err
		}
		b.errMu.Unlock()
	}
}
