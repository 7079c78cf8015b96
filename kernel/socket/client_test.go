package socket

import (
	"context"
	"encoding/binary"
	"io"
	"log"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"go.uber.org/goleak"
)

// patience bounds what a test waits for; nothing is measured by it.
const patience = 20 * time.Second

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// noLeaks holds the test to goroutines that end: register it first.
func noLeaks(t *testing.T) {
	t.Helper()
	present := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, present) })
}

// eventually waits for a state that another goroutine reaches by itself.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	over := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-over:
			t.Fatalf("not reached: %s", what)
		}
	}
}

// handClock passes when a test says so.
type handClock struct {
	mu     sync.Mutex
	now    time.Duration
	timers map[*handTimer]struct{}
}

type handTimer struct {
	clock *handClock
	at    time.Duration
	f     func()
}

func newHandClock() *handClock { return &handClock{timers: make(map[*handTimer]struct{})} }

func (c *handClock) AfterFunc(d time.Duration, f func()) Timer {
	t := &handTimer{clock: c, f: f}
	t.Reset(d)
	return t
}

func (t *handTimer) Reset(d time.Duration) bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	_, running := t.clock.timers[t]
	t.at = t.clock.now + d
	t.clock.timers[t] = struct{}{}
	return running
}

func (t *handTimer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	_, running := t.clock.timers[t]
	delete(t.clock.timers, t)
	return running
}

func (c *handClock) advance(d time.Duration) {
	c.mu.Lock()
	c.now += d
	var due []func()
	for t := range c.timers {
		if t.at <= c.now {
			due = append(due, t.f)
			delete(c.timers, t)
		}
	}
	c.mu.Unlock()
	for _, f := range due {
		f()
	}
}

func newRouter(t testing.TB, endpoint string, c Config) *Router {
	t.Helper()
	r, err := ListenRouter(endpoint, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(context.Background()) })
	return r
}

func newXPub(t testing.TB, endpoint string, c Config) *XPub {
	t.Helper()
	x, err := ListenXPub(endpoint, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close(context.Background()) })
	return x
}

func newRep(t testing.TB, endpoint string, c Config) *Rep {
	t.Helper()
	r, err := ListenRep(endpoint, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(context.Background()) })
	return r
}

// dial connects one of zmq4's own sockets.
func dial(t testing.TB, s zmq4.Socket, addr string) zmq4.Socket {
	t.Helper()
	t.Cleanup(func() { s.Close() })
	if err := s.Dial(addr); err != nil {
		t.Fatal(err)
	}
	return s
}

var quiet = zmq4.WithLogger(log.New(io.Discard, "", 0))

// raw is a connection whose every byte the test chooses.
type raw struct {
	net.Conn
	t testing.TB
}

func rawDial(t testing.TB, addr string) *raw {
	t.Helper()
	network, address := "tcp", strings.TrimPrefix(addr, "tcp://")
	if path, ok := strings.CutPrefix(addr, "ipc://"); ok {
		network, address = "unix", path
	}
	conn, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return &raw{conn, t}
}

func greetingBytes(mechanism string) []byte {
	g := make([]byte, greetingSize)
	g[0], g[9], g[10] = 0xFF, 0x7F, 3
	copy(g[12:32], mechanism)
	return g
}

// frameBytes is a whole frame; flagLong is set where it must be.
func frameBytes(flags byte, body []byte) []byte {
	if len(body) > 255 || flags&flagLong != 0 {
		return append(longHeader(flags, uint64(len(body))), body...)
	}
	return append([]byte{flags, byte(len(body))}, body...)
}

func longHeader(flags byte, size uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{flags | flagLong}, size)
}

func commandBytes(name string, body []byte) []byte {
	return frameBytes(flagCommand, append(append([]byte{byte(len(name))}, name...), body...))
}

func readyBytes(socketType, identity string) []byte {
	return ready{socketType, []byte(identity)}.frame()
}

func (r *raw) put(parts ...[]byte) {
	r.t.Helper()
	for _, p := range parts {
		if _, err := r.Write(p); err != nil {
			r.t.Fatal("write:", err)
		}
	}
}

// join does the client's side of the handshake.
func (r *raw) join(socketType, identity string) *raw {
	r.t.Helper()
	r.put(greetingBytes("NULL"), readyBytes(socketType, identity))
	r.get(greetingSize)
	if flags, body := r.frame(); flags&flagCommand == 0 || !strings.HasPrefix(string(body), "\x05READY") {
		r.t.Fatalf("no READY but %q", body)
	}
	return r
}

func (r *raw) get(n int) []byte {
	r.t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		r.t.Fatal("read:", err)
	}
	return b
}

func (r *raw) frame() (flags byte, body []byte) {
	r.t.Helper()
	h := r.get(2)
	size := uint64(h[1])
	if h[0]&flagLong != 0 {
		size = binary.BigEndian.Uint64(append(h[1:], r.get(7)...))
	}
	return h[0], r.get(int(size))
}

// ends waits for the other side to close, whatever it sends before.
func (r *raw) ends() {
	r.t.Helper()
	if _, err := io.Copy(io.Discard, r); err != nil && strings.Contains(err.Error(), "timeout") {
		r.t.Fatal("connection is still open")
	}
}

// serves shows that another client gets an answer from a router.
func (r *Router) serves(t testing.TB) {
	t.Helper()
	ctx := testContext(t)
	c := rawDial(t, r.Addr()).join("DEALER", "honest")
	defer c.Close()
	c.put(frameBytes(0, []byte("ask")))
	for {
		frames, err := r.Recv(ctx)
		if err != nil {
			t.Fatal("another client is not served:", err)
		}
		if string(frames[0]) != "honest" {
			continue
		}
		if err := r.Send([][]byte{frames[0], []byte("answer")}); err != nil {
			t.Fatal(err)
		}
		break
	}
	if _, body := c.frame(); string(body) != "answer" {
		t.Fatalf("answer %q", body)
	}
}

func (x *XPub) serves(t testing.TB) {
	t.Helper()
	c := rawDial(t, x.Addr()).join("SUB", "")
	defer c.Close()
	c.put(frameBytes(0, []byte("\x01honest")))
	c.sync()
	if err := x.Send(testContext(t), [][]byte{[]byte("honest news")}); err != nil {
		t.Fatal(err)
	}
	if _, body := c.frame(); string(body) != "honest news" {
		t.Fatalf("got %q", body)
	}
}

// sync returns when everything put before has been read, and drops what came
// meanwhile.
func (r *raw) sync() {
	r.t.Helper()
	r.put(commandBytes("PING", []byte("\x00\x00sync")))
	for {
		if flags, body := r.frame(); flags == flagCommand && string(body) == "\x04PONGsync" {
			return
		}
	}
}

func (r *Rep) serves(t testing.TB) {
	t.Helper()
	c := rawDial(t, r.Addr()).join("REQ", "")
	defer c.Close()
	c.put(frameBytes(flagMore, nil), frameBytes(0, []byte("ping")))
	if flags, body := c.frame(); flags != flagMore || len(body) != 0 {
		t.Fatalf("delimiter %d %q", flags, body)
	}
	if _, body := c.frame(); string(body) != "ping" {
		t.Fatalf("echo %q", body)
	}
}

// count counts connections, those without READY included.
func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.peers) + s.fresh.Len()
}

// ipcPath gives an endpoint in a folder of the test's own.
func ipcPath(t testing.TB) string {
	return "ipc://" + filepath.Join(t.TempDir(), "s")
}
