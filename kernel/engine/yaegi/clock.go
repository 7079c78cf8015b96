package yaegi

import (
	"sync/atomic"
	"time"
)

// clock tells goroutines that begin to wait what time it is: to read the
// process's costs as much as a channel operation does. It goes while they do,
// and stands when nobody has begun to wait for a while.
type clock struct {
	read   func() time.Duration // since some moment in the past; never 0
	after  func(time.Duration, func())
	moves  func() uint64 // changes when somebody waits
	hand   atomic.Int64  // 0 while it stands
	before uint64        // of moves, at the last tick; the clock's own
}

// clockTick is how far the clock may be behind.
const clockTick = 20 * time.Millisecond

func (k *clock) now() time.Duration {
	if t := k.hand.Load(); t != 0 {
		return time.Duration(t)
	}
	t := k.read()
	if k.hand.CompareAndSwap(0, int64(t)) {
		k.after(clockTick, k.tick)
	}
	return t
}

func (k *clock) tick() {
	moves := k.moves()
	if moves == k.before {
		k.hand.Store(0)
		return
	}
	k.before = moves
	k.hand.Store(int64(k.read()))
	k.after(clockTick, k.tick)
}

// start makes the clock of a runner go.
func (k *clock) start(moves func() uint64) {
	began := time.Now()
	k.read = func() time.Duration { return time.Since(began) + 1 }
	k.after = func(d time.Duration, f func()) { time.AfterFunc(d, f) }
	k.moves = moves
}
