package socket

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// Router is a ROUTER: the first frame of a message is the identity of the peer
// it comes from or goes to. Its methods may be called from any goroutine.
type Router struct {
	*server
	input chan [][]byte // peers' readers → Recv

	mu     sync.Mutex
	byName map[string]*peer
	next   uint64 // identities made so far
}

// ListenRouter listens for DEALER, REQ and ROUTER peers on tcp://host:port or
// ipc://path. An address in use is [ErrInUse].
func ListenRouter(endpoint string, c Config) (*Router, error) {
	r := &Router{byName: make(map[string]*peer)}
	var err error
	if r.server, err = listen(endpoint, c, zmq4.Router, []string{"DEALER", "REQ", "ROUTER"}, r); err != nil {
		return nil, err
	}
	r.input = make(chan [][]byte, r.config.InputBuffer)
	r.start()
	return r, nil
}

// Recv gives the next message of any peer, its identity first. It ends with
// ctx's error or, once the socket is closed, with [ErrClosed].
func (r *Router) Recv(ctx context.Context) ([][]byte, error) {
	select {
	case frames := <-r.input:
		return frames, nil
	case <-r.closing:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Send gives frames to the peer that frames[0] names. It waits while that
// peer's queue is full, which ends when the peer reads or is cut. A peer that
// is not there, or goes meanwhile, is [ErrUnknownPeer]. The frames must not be
// changed afterwards.
func (r *Router) Send(frames [][]byte) error {
	if len(frames) < 2 {
		return fmt.Errorf("send to a peer: %d frames: %w", len(frames), ErrUnknownPeer)
	}
	r.mu.Lock()
	p := r.byName[string(frames[0])]
	r.mu.Unlock()
	if p == nil {
		select {
		case <-r.closing:
			return ErrClosed
		default:
		}
		return fmt.Errorf("send to peer %q: %w", frames[0], ErrUnknownPeer)
	}
	if err := p.queue.put(p.ctx, item{frames: frames[1:]}); err != nil {
		if p.ctx.Err() != nil {
			err = ErrUnknownPeer
		}
		return fmt.Errorf("send to peer %q: %w", frames[0], err)
	}
	return nil
}

// Has says whether a peer of that identity is connected.
func (r *Router) Has(identity []byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byName[string(identity)] != nil
}

// join gives a peer its name. The newest wins, as clients reconnect under
// their old identity before the end of the old connection is seen.
func (r *Router) join(p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.identity == "" {
		r.next++
		p.identity = "\x00" + string(binary.BigEndian.AppendUint64(nil, r.next))
	}
	if old := r.byName[p.identity]; old != nil {
		old.cut(fmt.Errorf("another peer took its identity: %w", ErrClosed))
	}
	r.byName[p.identity] = p
}

func (r *Router) leave(p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byName[p.identity] == p {
		delete(r.byName, p.identity)
	}
}

func (r *Router) message(p *peer, frames [][]byte) error {
	routed := make([][]byte, 0, 1+len(frames))
	routed = append(routed, []byte(p.identity))
	routed = append(routed, frames...)
	select {
	case r.input <- routed:
		return nil
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	case <-r.closing:
		return ErrClosed
	}
}

func (r *Router) command(p *peer, name string, body []byte) error {
	return p.answer(name, body)
}
