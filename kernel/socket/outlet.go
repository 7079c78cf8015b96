package socket

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// minProgress is what a peer must take, in bytes, within [Config.Stall] while
// something waits for it.
const minProgress = 4 << 10

// outlet writes to a connection with patience: a write may take any time as
// long as it moves. A stall is told by a [Clock], whose timer breaks off the
// write by a deadline in the past to see how far it has come.
type outlet struct {
	conn  net.Conn
	stall time.Duration

	mu    sync.Mutex
	timer Timer
	armed bool // a write is under way
	fired bool // and its time was up
	stale int  // firings still to come that belong to a write that has ended
}

func newOutlet(conn net.Conn, clock Clock, stall time.Duration) *outlet {
	o := &outlet{conn: conn, stall: stall}
	o.timer = clock.AfterFunc(stall, o.fire)
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.timer.Stop() {
		o.stale++
	}
	return o
}

// Write returns when all of p is written, with [ErrStalled] when the peer has
// stopped reading. One goroutine calls it.
func (o *outlet) Write(p []byte) (int, error) {
	for done := 0; ; {
		o.arm()
		n, err := o.conn.Write(p[done:])
		fired := o.disarm()
		done += n
		switch {
		case err == nil:
			return done, nil
		case fired && errors.Is(err, os.ErrDeadlineExceeded):
			if n < minProgress {
				return done, ErrStalled
			}
		default:
			return done, err
		}
	}
}

func (o *outlet) arm() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.armed = true
	o.timer.Reset(o.stall)
}

func (o *outlet) disarm() (fired bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	fired = o.fired
	if !o.timer.Stop() && !fired {
		o.stale++
	}
	if fired {
		o.conn.SetWriteDeadline(time.Time{})
	}
	o.armed, o.fired = false, false
	return fired
}

func (o *outlet) fire() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stale > 0 {
		o.stale--
		return
	}
	if o.armed {
		o.fired = true
		o.conn.SetWriteDeadline(time.Unix(1, 0))
	}
}
