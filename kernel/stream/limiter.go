package stream

import (
	"sync"
	"time"
)

// Rate is what a [Limiter] lets through: a burst, then so much a second.
type Rate struct {
	Burst, PerSecond int
}

// The rates below jupyter_server 2.21's own, which drops what exceeds
// 3,000,000 bytes of stream frames or 3000 messages in any three seconds
// (services/kernels/connection/channels.py, _limit_rate). A bucket passes at
// most Burst + 3·PerSecond in three seconds; what is left below the server's
// figure is for messages that arrive bunched and for those that do not go
// through the limiter.
var (
	serverBytes    = Rate{Burst: 400_000, PerSecond: 800_000}
	serverMessages = Rate{Burst: 400, PerSecond: 700}
)

// Limiter holds back what would be dropped further on. It counts messages and
// bytes of all keys together, as the server does. It is safe for concurrent
// use; a nil Limiter never waits.
type Limiter struct {
	clock           Clock
	bytes, messages Rate

	mu    sync.Mutex
	last  time.Time
	debtB float64 // how much of the burst is used, in bytes; more than it when waiters stand in line
	debtM float64 // the same in messages
}

// NewServerLimiter returns a Limiter for a kernel behind jupyter_server.
func NewServerLimiter(clock Clock) *Limiter {
	return NewLimiter(clock, serverBytes, serverMessages)
}

// NewLimiter returns a Limiter of the given rates; a nil clock is the system's.
func NewLimiter(clock Clock, bytes, messages Rate) *Limiter {
	if clock == nil {
		clock = SystemClock()
	}
	return &Limiter{clock: clock, bytes: bytes, messages: messages, last: clock.Now()}
}

// Wait returns when messages holding framed bytes ([FramedLen]) may be sent.
// Callers are served in the order they came. A message larger than the burst
// waits for the whole burst and the time of the rest.
func (l *Limiter) Wait(messages, framed int) {
	if l == nil {
		return
	}
	if d := l.reserve(messages, framed); d > 0 {
		done := make(chan struct{})
		l.clock.AfterFunc(d, func() { close(done) })
		<-done
	}
}

// Reset gives the whole burst back: the server forgets what it has counted
// when it sees a status idle.
func (l *Limiter) Reset() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settle()
	// Those who stand in line have been told when to go; they keep their turn.
	l.debtB = max(0, l.debtB-float64(l.bytes.Burst))
	l.debtM = max(0, l.debtM-float64(l.messages.Burst))
}

func (l *Limiter) reserve(messages, framed int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settle()
	l.debtB += float64(framed)
	l.debtM += float64(messages)
	return max(l.bytes.wait(l.debtB), l.messages.wait(l.debtM))
}

// settle pays off what the time since the last call allows.
func (l *Limiter) settle() {
	now := l.clock.Now()
	t := now.Sub(l.last).Seconds()
	if t <= 0 {
		return
	}
	l.last = now
	l.debtB = max(0, l.debtB-t*float64(l.bytes.PerSecond))
	l.debtM = max(0, l.debtM-t*float64(l.messages.PerSecond))
}

// wait is the time until debt is within the burst, rounded up.
func (r Rate) wait(debt float64) time.Duration {
	over := debt - float64(r.Burst)
	if over <= 0 {
		return 0
	}
	return time.Duration(over/float64(r.PerSecond)*float64(time.Second)) + 1
}

// envelope is a generous size of a stream message without its text: topic,
// delimiter, signature, two headers, metadata and the content's own keys.
const envelope = 1100

// FramedLen is at most how many bytes a stream message with this text takes on
// the wire: JSON's escapes and the frames around it counted.
func FramedLen(text string) int {
	n := envelope + len(text)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n' || c == '\t' || c == '\r' || c == '"' || c == '\\':
			n++
		case c < ' ' || c == 0x7f || c == '<' || c == '>' || c == '&':
			n += 5
		case c == 0xe2 && i+2 < len(text) && text[i+1] == 0x80 && text[i+2]&^1 == 0xa8:
			n += 3 // U+2028 and U+2029
		}
	}
	return n
}
