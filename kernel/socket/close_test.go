package socket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"

	"github.com/go-zeromq/zmq4"
)

func readFull(r io.Reader, b []byte) (int, error) { return io.ReadFull(r, b) }

// TestCloseDrains publishes and closes at once; a subscriber gets everything
// that Send took, and then the end.
func TestCloseDrains(t *testing.T) {
	transports(t, func(t *testing.T, endpoint string) {
		ctx := testContext(t)
		x := newXPub(t, endpoint, Config{Clock: newHandClock()})
		c := rawDial(t, x.Addr()).join("SUB", "")
		c.put(frameBytes(0, []byte{1}))
		eventually(t, "a subscriber", func() bool { return x.Subscribers() == 1 })
		const count = 5000
		for i := range count {
			if err := x.Send(ctx, [][]byte{fmt.Appendf(nil, "%d", i)}); err != nil {
				t.Fatal(err)
			}
		}
		closed := make(chan error, 1)
		go func() { closed <- x.Close(ctx) }()
		for i := range count {
			if _, body := c.frame(); string(body) != fmt.Sprint(i) {
				t.Fatalf("message %d is %q", i, body)
			}
		}
		c.ends()
		c.Close()
		if err := <-closed; err != nil {
			t.Error(err)
		}
	})
}

// TestCloseWithUnreadInput has requests in the connection that nobody took:
// closing over them must not reset it and lose the last answer.
func TestCloseWithUnreadInput(t *testing.T) {
	noLeaks(t)
	ctx := testContext(t)
	r := newRouter(t, "tcp://127.0.0.1:0", Config{Clock: newHandClock(), InputBuffer: 1})
	c := rawDial(t, r.Addr()).join("DEALER", "me")
	c.put(bytes.Repeat(frameBytes(0, bytes.Repeat([]byte("x"), 1000)), 100))
	if _, err := r.Recv(ctx); err != nil {
		t.Fatal(err)
	}
	answer := bytes.Repeat([]byte("y"), 1<<20)
	if err := r.Send([][]byte{[]byte("me"), answer}); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- r.Close(ctx) }()
	if _, body := c.frame(); !bytes.Equal(body, answer) {
		t.Errorf("answer of %d bytes", len(body))
	}
	c.ends()
	c.Close()
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// TestCloseIsBounded closes while a peer does not read and a sender waits.
func TestCloseIsBounded(t *testing.T) {
	noLeaks(t)
	ctx := testContext(t)
	clock := newHandClock()
	x := newXPub(t, "tcp://127.0.0.1:0", Config{Clock: clock, QueueBytes: 64 << 10})
	c := rawDial(t, x.Addr()).join("SUB", "")
	c.put(frameBytes(0, []byte{1}))
	eventually(t, "a subscriber", func() bool { return x.Subscribers() == 1 })
	sent := make(chan error, 1)
	go func() {
		for {
			// More than the buffers of any connection hold.
			if err := x.Send(ctx, [][]byte{make([]byte, 32<<20)}); err != nil {
				sent <- err
				return
			}
		}
	}()
	eventually(t, "a sender that waits", func() bool { return x.waiting() > 0 })
	closed := make(chan error, 1)
	go func() { closed <- x.Close(ctx) }()
	if err := <-sent; !errors.Is(err, ErrClosed) {
		t.Errorf("the sender ended with %v", err)
	}
	var err error
	eventually(t, "the end of Close", func() bool {
		clock.advance(x.config.Drain)
		select {
		case err = <-closed:
			return true
		default:
			return false
		}
	})
	if !errors.Is(err, ErrStalled) {
		t.Errorf("Close: %v", err)
	}
}

func TestCloseEndsWithContext(t *testing.T) {
	noLeaks(t)
	for _, s := range newServers(t, Config{Clock: newHandClock()}) {
		rawDial(t, s.addr)
		rawDial(t, s.addr).join(s.peer, "")
		eventually(t, "two connections", func() bool { return s.count() == 2 })
	}
	r := newRouter(t, "tcp://127.0.0.1:0", Config{Clock: newHandClock()})
	rawDial(t, r.Addr()).join("DEALER", "idle")
	eventually(t, "a peer", func() bool { return r.Has([]byte("idle")) })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Close(ctx); err != nil {
		t.Errorf("a peer that misses nothing: %v", err)
	}
}

func TestAfterClose(t *testing.T) {
	noLeaks(t)
	ctx := testContext(t)
	r, x := newRouter(t, "tcp://127.0.0.1:0", Config{}), newXPub(t, "tcp://127.0.0.1:0", Config{})
	ended := make(chan error, 1)
	go func() {
		_, err := r.Recv(ctx)
		ended <- err
	}()
	for range 2 {
		if err := errors.Join(r.Close(ctx), x.Close(ctx)); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("waiting Recv: %v", err)
	}
	if _, err := r.Recv(ctx); !errors.Is(err, ErrClosed) {
		t.Errorf("Recv: %v", err)
	}
	if err := r.Send([][]byte{{1}, {2}}); !errors.Is(err, ErrClosed) {
		t.Errorf("Router.Send: %v", err)
	}
	if err := x.Send(ctx, [][]byte{{1}}); !errors.Is(err, ErrClosed) {
		t.Errorf("XPub.Send: %v", err)
	}
}

func TestRecvEndsWithContext(t *testing.T) {
	noLeaks(t)
	r := newRouter(t, "tcp://127.0.0.1:0", Config{})
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	cancel(why)
	if _, err := r.Recv(ctx); !errors.Is(err, why) {
		t.Errorf("%v", err)
	}
}

// brokenListener fails as one does when the process has no file descriptors
// left, a few times.
type brokenListener struct {
	net.Listener
	mu       sync.Mutex
	failures int
}

func (l *brokenListener) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failures > 0 {
		l.failures--
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
	}
	l.mu.Unlock()
	defer l.mu.Lock()
	return l.Listener.Accept()
}

func (l *brokenListener) left() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failures
}

// TestAcceptPauses fails to accept: the loop waits a doubling time, no longer
// than a second, and goes on.
func TestAcceptPauses(t *testing.T) {
	noLeaks(t)
	inner, address, err := listenEndpoint("tcp://127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	clock := newHandClock()
	broken := &brokenListener{Listener: inner, failures: 10}
	s := newServer(broken, address, Config{Clock: clock}, zmq4.Rep, []string{"REQ"}, echo{})
	s.start()
	t.Cleanup(func() { s.Close(context.Background()) })
	pause := firstPause
	for left := 9; left >= 0; left-- {
		eventually(t, "a pause", func() bool { return broken.left() == left && clock.running() == 1 })
		clock.advance(pause - 1)
		if broken.left() != left {
			t.Fatalf("tried again before %v", pause)
		}
		clock.advance(1)
		pause = min(2*pause, lastPause)
	}
	(&Rep{s}).serves(t)
	if pause != lastPause {
		t.Errorf("last pause %v", pause)
	}
}

func (c *handClock) running() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.timers)
}

// leaveSocketFile leaves what a killed process leaves.
func leaveSocketFile(t *testing.T, path string) {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
}
