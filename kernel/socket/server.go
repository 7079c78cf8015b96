package socket

import (
	"bufio"
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

const writeBuffer = 32 << 10

// role is what makes a socket of a server. join and leave come once for each
// peer, message and command from the peer's reader only.
type role interface {
	join(p *peer)
	leave(p *peer)
	message(p *peer, frames [][]byte) error
	command(p *peer, name string, body []byte) error
}

// server accepts connections, brings them through the handshake and runs
// their goroutines. All three sockets stand on it.
type server struct {
	config     Config
	role       role
	socketType zmq4.SocketType
	limits     limits
	listener   net.Listener
	address    string
	log        *slog.Logger
	buffers    sync.Pool
	budget     budget

	running sync.WaitGroup // the accept loop and each connection
	closing chan struct{}  // closed by Close

	mu     sync.Mutex
	closed bool
	fresh  *list.List // of net.Conn before READY, the oldest first
	peers  map[*peer]struct{}
	unsent int // peers that something was lost for while the socket closed
}

func listen(endpoint string, c Config, socketType zmq4.SocketType, peerTypes []string, r role) (*server, error) {
	listener, address, err := listenEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	return newServer(listener, address, c, socketType, peerTypes, r), nil
}

func newServer(listener net.Listener, address string, c Config, socketType zmq4.SocketType, peerTypes []string, r role) *server {
	c = c.withDefaults()
	s := &server{
		config:     c,
		role:       r,
		socketType: socketType,
		limits:     limits{frame: c.MaxFrame, message: c.MaxMessage, frames: c.MaxFrames, eager: eagerFrame, types: peerTypes},
		listener:   listener,
		address:    address,
		log:        c.Logger.With("socket", string(socketType), "endpoint", address),
		closing:    make(chan struct{}),
		fresh:      list.New(),
		peers:      make(map[*peer]struct{}),
	}
	s.budget.limit = c.MaxInput
	s.buffers.New = func() any { return bufio.NewWriterSize(nil, writeBuffer) }
	return s
}

// start begins to accept, once the role can take peers.
func (s *server) start() {
	s.running.Go(s.accept)
}

// Limits of the wait after an accept that failed, as when the process is out
// of file descriptors.
const (
	firstPause = 5 * time.Millisecond
	lastPause  = time.Second
)

func (s *server) accept() {
	pause := firstPause
	for {
		conn, err := s.listener.Accept()
		switch {
		case err == nil:
			pause = firstPause
			s.admit(conn)
		case errors.Is(err, net.ErrClosed):
			return
		default:
			s.log.Warn("accept", "error", err, "pause", pause)
			if !s.sleep(pause) {
				return
			}
			pause = min(2*pause, lastPause)
		}
	}
}

// sleep waits and says whether the server is still open.
func (s *server) sleep(d time.Duration) bool {
	over := make(chan struct{})
	timer := s.config.Clock.AfterFunc(d, func() { close(over) })
	defer timer.Stop()
	select {
	case <-over:
		return true
	case <-s.closing:
		return false
	}
}

// admit starts a connection's goroutine. Where there are too many, the oldest
// one that has not said READY makes room; where all have, the new one goes.
func (s *server) admit(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		conn.Close()
		return
	}
	if len(s.peers)+s.fresh.Len() >= s.config.MaxConns {
		oldest := s.fresh.Front()
		if oldest == nil {
			s.log.Warn("connection refused", "limit", s.config.MaxConns)
			conn.Close()
			return
		}
		s.fresh.Remove(oldest)
		oldest.Value.(net.Conn).Close()
	}
	place := s.fresh.PushBack(conn)
	s.running.Go(func() { s.serve(conn, place) })
}

// serve is the goroutine of a connection: handshake first, then its reader.
func (s *server) serve(conn net.Conn, place *list.Element) {
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		// A fixed and moderate buffer: it is memory the queue's bound does not
		// see, and the coarser it is the later a slow peer's progress shows.
		tcp.SetWriteBuffer(sendBuffer)
	}
	g := newGuard(conn, s.limits, &s.budget, newOutlet(conn, s.config.Clock, s.config.Stall), &s.buffers)
	late := s.config.Clock.AfterFunc(s.config.Handshake, func() { conn.Close() })
	p, err := openPeer(g, s.socketType, s.config.QueueBytes)
	late.Stop()
	joined := err == nil && s.join(p, place)
	if !joined {
		s.mu.Lock()
		s.fresh.Remove(place)
		s.mu.Unlock()
		g.discard()
		s.log.Debug("connection ended before it was one", "peer", conn.RemoteAddr(), "error", err)
		return
	}
	g.command = func(name string, body []byte) error { return s.role.command(p, name, body) }
	s.run(p)
}

const sendBuffer = 256 << 10

func (s *server) join(p *peer, place *list.Element) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh.Remove(place)
	if s.closed {
		return false
	}
	s.peers[p] = struct{}{}
	s.role.join(p)
	return true
}

// run reads until the peer ends and then waits for its writer.
func (s *server) run(p *peer) {
	var writer sync.WaitGroup
	writer.Go(func() {
		if err := p.write(); err != nil {
			p.cut(err)
			return
		}
		p.halfClose()
	})
	err := s.read(p)
	p.cut(err)
	writer.Wait()
	p.guard.discard()
	s.budget.give(&p.guard.held)
	s.role.leave(p)
	cause := context.Cause(p.ctx)
	s.mu.Lock()
	delete(s.peers, p)
	if s.closed && p.lost.Load() && !errors.Is(cause, io.EOF) {
		s.unsent++
	}
	s.mu.Unlock()
	if !gone(cause) {
		s.log.Warn("peer cut", "peer", p.guard.RemoteAddr(), "error", cause)
	}
}

// read hands messages on. While the socket closes it reads on and drops, so
// that the peer's end is seen and its last words do not reset the connection.
func (s *server) read(p *peer) error {
	for {
		frames, err := p.receive()
		if err != nil {
			return err
		}
		select {
		case <-s.closing:
		default:
			err = s.role.message(p, frames)
		}
		s.budget.give(&p.guard.held)
		if err != nil && !errors.Is(err, ErrClosed) {
			return err
		}
	}
}

// Addr gives the endpoint that is listened on, with the port chosen for :0.
func (s *server) Addr() string { return s.address }

// Close stops listening, sends what waits for each peer, for at most
// [Config.Drain] or until ctx ends, and returns when every goroutine of the
// socket has ended. The error says that peers were cut before they had read
// everything. A second Close waits for the first.
func (s *server) Close(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
		s.listener.Close()
		for e := s.fresh.Front(); e != nil; e = e.Next() {
			e.Value.(net.Conn).Close()
		}
		for p := range s.peers {
			p.queue.close()
		}
	}
	s.mu.Unlock()

	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	over := make(chan struct{})
	timer := s.config.Clock.AfterFunc(s.config.Drain, func() { close(over) })
	defer timer.Stop()
	select {
	case <-ended:
	case <-over:
	case <-ctx.Done():
	}
	s.mu.Lock()
	for p := range s.peers {
		p.cut(ErrClosed)
	}
	s.mu.Unlock()
	<-ended
	if s.unsent > 0 {
		return fmt.Errorf("close %s: %d peers have not read everything: %w", s.address, s.unsent, ErrStalled)
	}
	return nil
}
