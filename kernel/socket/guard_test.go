package socket

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// splitConn gives bytes in pieces of chosen lengths and swallows what is
// written.
type splitConn struct {
	net.Conn
	data   []byte
	splits []byte // length of each piece, less one; the last one repeats
}

func (c *splitConn) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := len(c.data)
	if len(c.splits) > 0 {
		n = int(c.splits[0]) + 1
		if len(c.splits) > 1 {
			c.splits = c.splits[1:]
		}
	}
	n = copy(p[:min(len(p), n)], c.data)
	c.data = c.data[n:]
	return n, nil
}

func (*splitConn) Write(p []byte) (int, error)      { return len(p), nil }
func (*splitConn) Close() error                     { return nil }
func (*splitConn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (*splitConn) SetWriteDeadline(time.Time) error { return nil }

// askedConn notes the largest piece zmq4 asks for: it has allocated that much.
type askedConn struct {
	net.Conn
	most int
}

func (c *askedConn) Read(p []byte) (int, error) {
	c.most = max(c.most, len(p))
	return c.Conn.Read(p)
}

var fuzzLimits = limits{frame: 8 << 10, message: 12 << 10, frames: 16, eager: 1 << 10, types: []string{"DEALER", "REQ"}}

// overGuard runs zmq4 over a guard without a net below it and writes down
// what comes out: the commands, the messages, and how it ends.
func overGuard(t *testing.T, data, splits []byte) string {
	t.Helper()
	var out bytes.Buffer
	conn := &splitConn{data: data, splits: splits}
	clock := newHandClock()
	buffers := &sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 64) }}
	g := newGuard(conn, fuzzLimits, &budget{limit: 1 << 20}, newOutlet(conn, clock, stall), buffers)
	defer g.discard()
	g.command = func(name string, body []byte) error {
		fmt.Fprintf(&out, "command %q %q\n", name, body)
		return nil
	}
	asked := &askedConn{Conn: g}
	z, err := zmq4.Open(asked, null.Security(), zmq4.Router, nil, true, nil)
	if err != nil {
		fmt.Fprintf(&out, "handshake: %v\n", err)
		return out.String()
	}
	fmt.Fprintf(&out, "ready %q %q\n", g.ready.socketType, g.ready.identity)
	for err == nil {
		var msg zmq4.Msg
		if msg, err = z.RecvMsg(); err == nil {
			size := 0
			for _, f := range msg.Frames {
				size += len(f)
			}
			if size > fuzzLimits.message || len(msg.Frames) > fuzzLimits.frames {
				t.Fatalf("message of %d frames, %d bytes", len(msg.Frames), size)
			}
			if msg.Type != zmq4.UsrMsg {
				t.Fatalf("zmq4 saw a command: %q", msg.Frames)
			}
			fmt.Fprintf(&out, "message %q\n", msg.Frames)
		}
	}
	if !z.Closed() {
		t.Fatalf("zmq4 takes the connection for open after %v", err)
	}
	if asked.most > max(fuzzLimits.frame, greetingSize, maxCommand) {
		t.Fatalf("zmq4 allocated %d bytes", asked.most)
	}
	fmt.Fprintf(&out, "end: %v\n", err)
	return out.String()
}

// FuzzGuard takes any bytes in any pieces: zmq4 above the guard neither
// panics nor allocates over the limits, and the pieces make no difference.
func FuzzGuard(f *testing.F) {
	null := greetingBytes("NULL")
	hello := bytes.Join([][]byte{null, readyBytes("DEALER", "me")}, nil)
	after := func(parts ...[]byte) []byte { return append(bytes.Clone(hello), bytes.Join(parts, nil)...) }
	for _, data := range [][]byte{
		nil, null, null[:30], hello, hello[:80],
		greetingBytes("CURVE"), bytes.Repeat([]byte{0xFF}, 200),
		append(bytes.Clone(null), commandBytes("READY", properties("socket-TYPE", "REQ", "IDENTITY", "x", "x", ""))...),
		append(bytes.Clone(null), commandBytes("READY", []byte("\x05ABCDE"))...),
		append(bytes.Clone(null), commandBytes("READY", nil)...),
		append(bytes.Clone(null), longHeader(flagCommand, 1<<60)...),
		after(frameBytes(flagMore, nil), frameBytes(0, []byte("hello"))),
		after(frameBytes(flagLong, []byte("long for its size")), frameBytes(0, make([]byte, 255)), frameBytes(0, make([]byte, 256))),
		after(frameBytes(0, make([]byte, 8<<10)), frameBytes(flagMore, make([]byte, 1<<10)), frameBytes(0, make([]byte, 1<<10+1))),
		after(commandBytes("PING", []byte("\x00\x00abc")), frameBytes(flagMore, []byte("a")), commandBytes("SUBSCRIBE", nil), frameBytes(0, []byte("b"))),
		after(longHeader(0, 8<<10+1)), after(longHeader(flagMore, 1<<40)), after(longHeader(0, 1<<63)),
		after(bytes.Repeat(frameBytes(flagMore, []byte("x")), 20)),
		after([]byte{0x10, 0}), after([]byte{flagMore, 9, 'h'}),
	} {
		f.Add(data, []byte{0})
		f.Add(data, []byte{1, 0, 62, 7, 100})
	}
	f.Fuzz(func(t *testing.T, data, splits []byte) {
		whole := overGuard(t, data, nil)
		if pieces := overGuard(t, data, splits); pieces != whole {
			t.Errorf("in pieces:\n%s\nat once:\n%s", pieces, whole)
		}
	})
}

// TestGuardPasses compares what comes out with what was meant.
func TestGuardPasses(t *testing.T) {
	big := bytes.Repeat([]byte("b"), 5<<10)
	data := bytes.Join([][]byte{
		greetingBytes("NULL"),
		commandBytes("READY", properties("socket-type", "DEALER", "X-Other", "1", "identity", "old", "Identity", "new")),
		frameBytes(flagMore, nil), commandBytes("PING", []byte("\x00\x01c")), frameBytes(0, []byte("x")),
		frameBytes(0, big),
	}, nil)
	want := fmt.Sprintf(`ready "DEALER" "new"
command "PING" "\x00\x01c"
message ["" "x"]
message [%q]
`, big)
	for _, splits := range [][]byte{nil, {0}, {255}, {2, 1}} {
		got := overGuard(t, data, splits)
		if rest, ok := bytes.CutPrefix([]byte(got), []byte(want)); !ok || !bytes.HasPrefix(rest, []byte("end: ")) {
			t.Errorf("splits %v:\n%.600s", splits, got)
		}
	}
}

// TestGatherGrows announces a large frame and sends little of it: memory
// follows what was sent.
func TestGatherGrows(t *testing.T) {
	l := fuzzLimits
	l.frame, l.message = 1<<30, 1<<30
	conn := &splitConn{data: append(longHeader(0, 1<<30), make([]byte, 10<<10)...)}
	g := newGuard(conn, l, &budget{limit: 1 << 30}, newOutlet(conn, newHandClock(), stall), &sync.Pool{})
	g.phase = phaseTraffic
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := g.Read(make([]byte, 9))
	runtime.ReadMemStats(&after)
	if err == nil {
		t.Error("a frame that is not there")
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes for 10 KiB that came", n)
	}
}
