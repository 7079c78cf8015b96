package socket

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

var stall = Config{}.withDefaults().Stall

func (x *XPub) waiting() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := 0
	for _, p := range x.peers {
		n += p.queue.waiters()
	}
	return n
}

func (r *Router) waitingFor(identity string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.byName[identity]; p != nil {
		return p.queue.waiters()
	}
	return 0
}

func (q *queue) waiters() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting
}

// TestStuckSubscriber has one subscriber that never reads. The other is held
// up until the stuck one's time is over and then gets everything, in order.
func TestStuckSubscriber(t *testing.T) {
	transports(t, func(t *testing.T, endpoint string) {
		ctx := testContext(t)
		clock := newHandClock()
		x := newXPub(t, endpoint, Config{Clock: clock, QueueBytes: 256 << 10})
		stuck, healthy := rawDial(t, x.Addr()).join("SUB", ""), rawDial(t, x.Addr()).join("SUB", "")
		stuck.put(frameBytes(0, []byte{1}))
		healthy.put(frameBytes(0, []byte{1}))
		eventually(t, "two subscribers", func() bool { return x.Subscribers() == 2 })

		const count, size = 1000, 32 << 10
		var published, received atomic.Int64
		sent := make(chan error, 1)
		taken := make(chan struct{}, count)
		go func() {
			for i := range count {
				body := make([]byte, size)
				binary.BigEndian.PutUint64(body, uint64(i))
				if err := x.Send(ctx, [][]byte{body}); err != nil {
					sent <- err
					return
				}
				published.Add(1)
				<-taken // so that the healthy one is never behind
			}
			sent <- nil
		}()
		ordered := make(chan bool, 1)
		go func() {
			for i := range count {
				head := make([]byte, 9+size)
				if _, err := readFull(healthy, head); err != nil || binary.BigEndian.Uint64(head[9:]) != uint64(i) {
					ordered <- false
					return
				}
				received.Add(1)
				taken <- struct{}{}
			}
			ordered <- true
		}()
		advances := 0
		eventually(t, "the end of the stuck one", func() bool {
			// Time passes only while the healthy one has all there is.
			if x.waiting() > 0 && received.Load() == published.Load()+1 {
				clock.advance(stall)
				advances++
			}
			return x.Subscribers() == 1
		})
		if err := <-sent; err != nil {
			t.Error(err)
		}
		if !<-ordered {
			t.Error("the healthy one missed something")
		}
		if advances == 0 {
			t.Error("nobody was stuck")
		}
		stuck.ends()
	})
}

// TestStuckDealer asks and never reads the answers, which fill its queue.
// Others are served meanwhile; its own sender is let go when it is cut.
func TestStuckDealer(t *testing.T) {
	noLeaks(t)
	ctx := testContext(t)
	clock := newHandClock()
	r := newRouter(t, "tcp://127.0.0.1:0", Config{Clock: clock, QueueBytes: 1 << 20})
	stuck := rawDial(t, r.Addr()).join("DEALER", "stuck")
	stuck.put(frameBytes(0, []byte("ask")))
	frames, err := r.Recv(ctx)
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() {
		answer := bytes.Repeat([]byte("x"), 100<<10)
		for {
			if err := r.Send([][]byte{frames[0], answer}); err != nil {
				sent <- err
				return
			}
		}
	}()
	eventually(t, "a full queue", func() bool { return r.waitingFor("stuck") > 0 })
	r.serves(t)
	eventually(t, "the end of the stuck one", func() bool {
		clock.advance(stall)
		return !r.Has([]byte("stuck"))
	})
	if err := <-sent; !errors.Is(err, ErrUnknownPeer) {
		t.Errorf("its sender ended with %v", err)
	}
	r.serves(t)
}

// TestStuckPinger floods with what must be answered and never reads: it is its
// own reader that is held back.
func TestStuckPinger(t *testing.T) {
	noLeaks(t)
	clock := newHandClock()
	for _, s := range newServers(t, Config{Clock: clock, QueueBytes: 64 << 10}) {
		c := rawDial(t, s.addr).join(s.peer, "")
		flooding := make(chan struct{})
		go func() {
			defer close(flooding)
			pings := bytes.Repeat(commandBytes("PING", []byte("\x00\x000123456789abcdef")), 1000)
			for {
				if _, err := c.Write(pings); err != nil {
					return
				}
			}
		}()
		eventually(t, "the end of the pinger", func() bool {
			clock.advance(stall)
			return s.count() == 0
		})
		<-flooding
		s.serves(t)
	}
}

// scriptedConn takes as many bytes of each write as the script says, and lets
// time pass where that is not all of them.
type scriptedConn struct {
	net.Conn
	clock    *handClock
	takes    []int
	deadline time.Time
}

func (c *scriptedConn) SetWriteDeadline(t time.Time) error {
	c.deadline = t
	return nil
}

func (c *scriptedConn) Write(p []byte) (int, error) {
	n := min(c.takes[0], len(p))
	c.takes = c.takes[1:]
	if n == len(p) {
		return n, nil
	}
	c.clock.advance(stall)
	if c.deadline.IsZero() {
		return n, errors.New("nobody broke the write off")
	}
	return n, os.ErrDeadlineExceeded
}

func TestOutlet(t *testing.T) {
	for _, tt := range []struct {
		name  string
		takes []int
		want  int
		err   error
	}{
		{"at once", []int{100_000}, 100_000, nil},
		{"slowly", []int{20_000, minProgress, 20_000, 100_000}, 100_000, nil},
		{"stops", []int{50_000, 0}, 50_000, ErrStalled},
		{"trickles", []int{50_000, minProgress - 1}, 50_000 + minProgress - 1, ErrStalled},
		{"never", []int{0}, 0, ErrStalled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clock := newHandClock()
			conn := &scriptedConn{clock: clock, takes: tt.takes}
			o := newOutlet(conn, clock, stall)
			n, err := o.Write(make([]byte, 100_000))
			if n != tt.want || !errors.Is(err, tt.err) || (tt.err == nil) != (err == nil) {
				t.Errorf("%d, %v", n, err)
			}
			if !conn.deadline.IsZero() {
				t.Error("a deadline is left")
			}
			if len(clock.timers) != 0 {
				t.Error("a timer is left")
			}
		})
	}
}

// TestOutletLateFiring lets a timer fire for a write that is over: the next
// write must not suffer for it.
func TestOutletLateFiring(t *testing.T) {
	clock := newHandClock()
	conn := &scriptedConn{clock: clock, takes: []int{10, 10}}
	o := newOutlet(conn, clock, stall)
	late := lateTimer{o.timer}
	o.timer = late
	if _, err := o.Write(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	o.arm()
	o.fire()
	if o.fired || !conn.deadline.IsZero() {
		t.Error("the firing of the first write broke off the second")
	}
	o.fire()
	if !o.fired || conn.deadline.IsZero() {
		t.Error("its own firing did not")
	}
}

// lateTimer can no longer be stopped: its function is about to run.
type lateTimer struct{ Timer }

func (lateTimer) Stop() bool { return false }
