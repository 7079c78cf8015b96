// Package kerneltest is a Jupyter client for tests: it sends requests to a
// kernel, in memory or over sockets, lets a test say what it expects of each,
// and holds every message it sees against the protocol, also those the test
// did not ask about. [Suite] is a set of scenarios that any kernel must pass.
//
// It shares no code with runnext/kernel/wire: what both would get wrong alike
// would never be seen.
package kerneltest

import (
	"context"
	"errors"
	"sync"
)

// Channel is one of the sockets of a kernel.
type Channel string

// The channels a client talks on. The heartbeat carries no messages.
const (
	Shell   Channel = "shell"
	Control Channel = "control"
	Stdin   Channel = "stdin"
	IOPub   Channel = "iopub"
)

// Transport is a client's connection to a kernel, all channels of it.
type Transport interface {
	// Send gives a message to a channel, without an identity.
	Send(ch Channel, frames [][]byte) error
	// Recv gives the next message of any channel, in order within a channel.
	// It is called from one goroutine and fails once Close was called and
	// what had arrived by then is read.
	Recv() (Channel, [][]byte, error)
	Close() error
}

// ErrClosed is what a closed transport says.
var ErrClosed = errors.New("kerneltest: closed")

// Hub carries messages between a session and its clients in memory. Its
// channels have the methods a session wants of its transports.
type Hub struct {
	shell, control, stdin hubRouter
	iopub                 hubPublisher

	mu      sync.Mutex
	clients map[string]*memory
	names   []string // in the order they attached
	held    chan struct{}
}

// NewHub gives a hub without clients.
func NewHub() *Hub {
	h := &Hub{clients: make(map[string]*memory)}
	for _, ch := range []Channel{Shell, Control, Stdin} {
		*h.router(ch) = hubRouter{hub: h, channel: ch, in: make(chan [][]byte, 4096)}
	}
	h.iopub.hub = h
	return h
}

// Shell is the kernel's end of the shell channel.
func (h *Hub) Shell() *hubRouter { return &h.shell }

// Control is the kernel's end of the control channel.
func (h *Hub) Control() *hubRouter { return &h.control }

// Stdin is the kernel's end of the stdin channel.
func (h *Hub) Stdin() *hubRouter { return &h.stdin }

// IOPub is the kernel's end of iopub.
func (h *Hub) IOPub() *hubPublisher { return &h.iopub }

// Attach gives a new client's connection. first, unless nil, is what it finds
// on iopub before anything else.
func (h *Hub) Attach(identity string, first [][]byte) Transport {
	m := &memory{hub: h, identity: identity}
	m.box.changed = sync.NewCond(&m.box.mu)
	if first != nil {
		m.box.deliver(IOPub, first)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clients[identity] = m
	h.names = append(h.names, identity)
	return m
}

// Hold makes iopub block, as behind a subscriber that does not read, until
// the function it gives is called.
func (h *Hub) Hold() (release func()) {
	gate := make(chan struct{})
	h.mu.Lock()
	h.held = gate
	h.mu.Unlock()
	return sync.OnceFunc(func() {
		h.mu.Lock()
		h.held = nil
		h.mu.Unlock()
		close(gate)
	})
}

// Break makes the kernel's next Recv on a channel fail.
func (h *Hub) Break(ch Channel) { close(h.router(ch).in) }

// router gives the kernel's end of a channel, nil for iopub.
func (h *Hub) router(ch Channel) *hubRouter {
	switch ch {
	case Shell:
		return &h.shell
	case Control:
		return &h.control
	case Stdin:
		return &h.stdin
	}
	return nil
}

func (h *Hub) client(identity string) *memory {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clients[identity]
}

type hubRouter struct {
	hub     *Hub
	channel Channel
	in      chan [][]byte // clients → session
}

// Recv gives what a client has sent, its identity first.
func (r *hubRouter) Recv(ctx context.Context) ([][]byte, error) {
	select {
	case frames, ok := <-r.in:
		if !ok {
			return nil, ErrClosed
		}
		return frames, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Send delivers to the client the first frame names. A client that is not there
// misses it, as with a ROUTER that is not told to be strict.
func (r *hubRouter) Send(frames [][]byte) error {
	if len(frames) == 0 {
		return errors.New("kerneltest: no identity")
	}
	if m := r.hub.client(string(frames[0])); m != nil {
		m.box.deliver(r.channel, frames[1:])
	}
	return nil
}

// Has reports whether the client is attached.
func (r *hubRouter) Has(identity []byte) bool { return r.hub.client(string(identity)) != nil }

type hubPublisher struct{ hub *Hub }

// Send delivers to every client.
func (p *hubPublisher) Send(ctx context.Context, frames [][]byte) error {
	p.hub.mu.Lock()
	held := p.hub.held
	p.hub.mu.Unlock()
	if held != nil {
		select {
		case <-held:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	for _, name := range p.hub.names {
		if m := p.hub.clients[name]; m != nil {
			m.box.deliver(IOPub, frames)
		}
	}
	return nil
}

// inbox keeps what has arrived for a client, of all channels in one order.
type inbox struct {
	mu      sync.Mutex
	changed *sync.Cond
	parcels []parcel
	closed  bool
}

type parcel struct {
	channel Channel
	frames  [][]byte
}

func (b *inbox) deliver(ch Channel, frames [][]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.parcels = append(b.parcels, parcel{ch, frames})
	b.changed.Signal()
}

func (b *inbox) take() (Channel, [][]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.parcels) == 0 && !b.closed {
		b.changed.Wait()
	}
	if len(b.parcels) == 0 {
		return "", nil, ErrClosed
	}
	p := b.parcels[0]
	b.parcels = b.parcels[1:]
	return p.channel, p.frames, nil
}

func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.changed.Broadcast()
}

// memory is a client's end of a hub.
type memory struct {
	hub      *Hub
	identity string
	box      inbox
}

func (m *memory) Send(ch Channel, frames [][]byte) error {
	r := m.hub.router(ch)
	if r == nil {
		return errors.New("kerneltest: nothing is sent on " + string(ch))
	}
	r.in <- append([][]byte{[]byte(m.identity)}, frames...)
	return nil
}

func (m *memory) Recv() (Channel, [][]byte, error) { return m.box.take() }

// Close leaves the hub.
func (m *memory) Close() error {
	m.hub.mu.Lock()
	delete(m.hub.clients, m.identity)
	m.hub.mu.Unlock()
	m.box.close()
	return nil
}
