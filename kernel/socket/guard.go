package socket

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
)

// Sizes of ZMTP 3.0 (https://rfc.zeromq.org/spec/23/).
const (
	greetingSize = 64
	flagMore     = 1
	flagLong     = 2
	flagCommand  = 4
	flagReserved = ^byte(flagMore | flagLong | flagCommand)
)

const (
	maxCommand = 4 << 10 // bytes of a command, READY included
	eagerFrame = 1 << 20 // bytes; see limits.eager
	readBuffer = 4 << 10
)

// guard stands between a connection and zmq4.Conn. It lets pass what zmq4 can
// bear: zmq4 allocates whatever length a frame announces, and reads READY
// without looking at its bounds. Commands after READY never reach zmq4: it
// would answer PING from the reading goroutine, into the middle of a message
// that is being written, and hand the command on as if it were a message.
//
// One goroutine reads. The handshake writes from the reading goroutine too;
// afterwards one other goroutine writes.
type guard struct {
	net.Conn
	in     *bufio.Reader
	limits limits

	phase   phase
	head    [9]byte
	pending []byte // goes to zmq4 before anything else
	left    int    // bytes of the present frame that go to zmq4 after pending
	frames  int    // of the present message, so far
	size    int    // of the present message, so far

	budget *budget // of all connections of the socket
	held   holding // what this one has of it

	ready   ready                                // what the peer said of itself
	command func(name string, body []byte) error // takes commands after READY

	out     *bufio.Writer // nil while nothing waits to be written
	outlet  *outlet
	buffers *sync.Pool // of *bufio.Writer
}

type limits struct {
	frame, message, frames int

	eager int      // bytes of a frame that are allocated before they are here
	types []string // socket types that may connect
}

// phase is where in the protocol a peer stands.
type phase uint8

const (
	phaseGreeting phase = iota
	phaseReady
	phaseTraffic
)

func newGuard(conn net.Conn, l limits, b *budget, o *outlet, buffers *sync.Pool) *guard {
	return &guard{Conn: conn, in: bufio.NewReaderSize(conn, readBuffer), limits: l, budget: b, outlet: o, buffers: buffers}
}

// Read gives zmq4 the bytes of checked frames.
func (g *guard) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(g.pending) == 0 && g.left == 0 {
		if err := g.next(); err != nil {
			return 0, g.closing("read", err)
		}
	}
	if len(g.pending) > 0 {
		n := copy(p, g.pending)
		g.pending = g.pending[n:]
		return n, nil
	}
	n, err := g.in.Read(p[:min(len(p), g.left)])
	g.left -= n
	if err != nil {
		err = g.closing("read", err)
	}
	return n, err
}

// closing makes of any error one that zmq4 takes for the end of a connection:
// it knows io.EOF and net.Error, but not an EOF inside a frame.
func (g *guard) closing(op string, err error) error {
	if _, ok := err.(*net.OpError); ok {
		return err
	}
	return &net.OpError{Op: op, Net: "zmtp", Addr: g.Conn.RemoteAddr(), Err: err}
}

// next brings the next frame for zmq4 into pending and left, or takes a
// command itself and leaves both empty.
func (g *guard) next() error {
	switch g.phase {
	case phaseGreeting:
		g.phase, g.left = phaseReady, greetingSize
		return g.flush()
	case phaseReady:
		if err := g.flush(); err != nil {
			return err
		}
		return g.nextReady()
	}
	flags, size, err := g.header()
	if err != nil {
		return err
	}
	if flags&flagCommand != 0 {
		return g.nextCommand(flags, size)
	}
	if err := g.count(flags, size); err != nil {
		return err
	}
	header := g.head[:2]
	if flags&flagLong != 0 {
		header = g.head[:9]
	}
	if size <= g.limits.eager {
		g.pending, g.left = header, size
		return g.budget.take(&g.held, size)
	}
	g.pending, err = g.gather(header, size)
	return err
}

// header reads the head of a frame. Its length is not yet held against the
// limits but fits an int.
func (g *guard) header() (flags byte, size int, err error) {
	if _, err := io.ReadFull(g.in, g.head[:2]); err != nil {
		return 0, 0, err
	}
	flags = g.head[0]
	if flags&flagReserved != 0 {
		return 0, 0, fmt.Errorf("frame with flags %#02x: %w", flags, ErrProtocol)
	}
	if flags&flagLong == 0 {
		return flags, int(g.head[1]), nil
	}
	if _, err := io.ReadFull(g.in, g.head[2:9]); err != nil {
		return 0, 0, err
	}
	long := binary.BigEndian.Uint64(g.head[1:9])
	if long > uint64(g.limits.frame) {
		return 0, 0, fmt.Errorf("frame of %d bytes, %d are allowed: %w", long, g.limits.frame, ErrLimit)
	}
	return flags, int(long), nil
}

// count holds a frame of a message against the limits.
func (g *guard) count(flags byte, size int) error {
	g.frames++
	g.size += size
	switch {
	case size > g.limits.frame:
		return fmt.Errorf("frame of %d bytes, %d are allowed: %w", size, g.limits.frame, ErrLimit)
	case g.frames > g.limits.frames:
		return fmt.Errorf("message of more than %d frames: %w", g.limits.frames, ErrLimit)
	case g.size > g.limits.message:
		return fmt.Errorf("message of more than %d bytes: %w", g.limits.message, ErrLimit)
	}
	if flags&flagMore == 0 {
		g.frames, g.size = 0, 0
	}
	return nil
}

// gather reads a large frame into memory that grows with what has arrived, so
// that announcing a frame costs the peer as much as it costs us.
func (g *guard) gather(header []byte, size int) ([]byte, error) {
	body := append(make([]byte, 0, len(header)+g.limits.eager), header...)
	if err := g.budget.take(&g.held, g.limits.eager); err != nil {
		return nil, err
	}
	for want := len(header) + size; len(body) < want; {
		if len(body) == cap(body) {
			room := min(want, 2*cap(body))
			if err := g.budget.take(&g.held, room-cap(body)); err != nil {
				return nil, err
			}
			grown := make([]byte, len(body), room)
			copy(grown, body)
			body = grown
		}
		n, err := g.in.Read(body[len(body):min(cap(body), want)])
		body = body[:len(body)+n]
		if err != nil {
			return nil, err
		}
	}
	return body, nil
}

// commandBody reads the rest of a command frame and splits name and data.
func (g *guard) commandBody(flags byte, size int) (string, []byte, error) {
	if flags&flagMore != 0 {
		return "", nil, fmt.Errorf("command of several frames: %w", ErrProtocol)
	}
	if size > maxCommand {
		return "", nil, fmt.Errorf("command of %d bytes: %w", size, ErrLimit)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(g.in, body); err != nil {
		return "", nil, err
	}
	if size == 0 || int(body[0]) > size-1 {
		return "", nil, fmt.Errorf("command without a name: %w", ErrProtocol)
	}
	n := 1 + int(body[0])
	return string(body[1:n]), body[n:], nil
}

func (g *guard) nextCommand(flags byte, size int) error {
	name, body, err := g.commandBody(flags, size)
	if err != nil || g.command == nil {
		return err
	}
	return g.command(name, body)
}

// nextReady checks the peer's READY and gives zmq4 one that it cannot misread:
// the same socket type and identity, under the names zmq4 looks for.
func (g *guard) nextReady() error {
	flags, size, err := g.header()
	if err != nil {
		return err
	}
	if flags&flagCommand == 0 {
		return fmt.Errorf("a message before READY: %w", ErrProtocol)
	}
	name, body, err := g.commandBody(flags, size)
	if err != nil {
		return err
	}
	if name != "READY" {
		return fmt.Errorf("command %.16q before READY: %w", name, ErrProtocol)
	}
	if g.ready, err = parseReady(body, g.limits.types); err != nil {
		return err
	}
	g.pending = g.ready.frame()
	g.phase = phaseTraffic
	return nil
}

// Write gathers what zmq4 writes piece by piece; flush sends it.
func (g *guard) Write(p []byte) (int, error) {
	if g.out == nil {
		g.out = g.buffers.Get().(*bufio.Writer)
		g.out.Reset(g.outlet)
	}
	n, err := g.out.Write(p)
	if err != nil {
		err = g.closing("write", err)
	}
	return n, err
}

// flush sends what has been written and gives the buffer back, so that an idle
// connection holds none.
func (g *guard) flush() error {
	if g.out == nil {
		return nil
	}
	err := g.out.Flush()
	g.out.Reset(nil)
	g.buffers.Put(g.out)
	g.out = nil
	if err != nil {
		return g.closing("write", err)
	}
	return nil
}

// discard drops what has not been sent, once nobody writes any more.
func (g *guard) discard() {
	if g.out != nil {
		g.out.Reset(nil)
		g.buffers.Put(g.out)
		g.out = nil
	}
}
