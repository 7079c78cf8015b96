package socket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/go-zeromq/zmq4"
)

// XPub is an XPUB: each message goes to the peers that subscribed to a prefix
// of its first frame. Its methods may be called from any goroutine.
type XPub struct {
	*server
	turn chan struct{} // holds the token of the one Send that may go on

	mu    sync.Mutex
	peers []*peer // replaced, never changed
}

const (
	maxTopic      = 4 << 10 // bytes
	maxTopicFrame = 1 + maxTopic
)

// ListenXPub listens for SUB and XSUB peers on tcp://host:port or ipc://path.
// An address in use is [ErrInUse].
func ListenXPub(endpoint string, c Config) (*XPub, error) {
	x := &XPub{turn: make(chan struct{}, 1)}
	// Such peers send subscriptions and nothing else.
	c.MaxFrame, c.MaxMessage, c.MaxFrames = maxTopicFrame, maxTopicFrame, 1
	var err error
	if x.server, err = listen(endpoint, c, zmq4.XPub, []string{"SUB", "XSUB"}, x); err != nil {
		return nil, err
	}
	x.start()
	return x, nil
}

// Send publishes frames under the topic frames[0]. All peers see the messages
// of all goroutines in one order. It waits for peers whose queue is full: a
// slow reader slows everybody, a stuck one for at most [Config.Stall], then it
// is cut. When ctx ends meanwhile, the peers that were full miss the message
// and the error is ctx's. Without subscribers the message is dropped. The
// frames must not be changed afterwards.
func (x *XPub) Send(ctx context.Context, frames [][]byte) error {
	if len(frames) == 0 {
		return fmt.Errorf("publish: no frames: %w", ErrProtocol)
	}
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-x.closing:
		return ErrClosed
	default:
	}
	x.mu.Lock()
	peers := x.peers
	x.mu.Unlock()
	it := item{frames: frames}
	var full []*peer
	for _, p := range peers {
		if p.subscriptions.offer(p.queue, it) {
			full = append(full, p)
		}
	}
	for _, p := range full {
		err := p.queue.put(ctx, it)
		// A peer that goes while it is waited for is nobody's error.
		if err != nil && !errors.Is(err, ErrUnknownPeer) {
			return err
		}
	}
	return nil
}

// Subscribers counts the peers with at least one subscription.
func (x *XPub) Subscribers() int {
	x.mu.Lock()
	peers := x.peers
	x.mu.Unlock()
	n := 0
	for _, p := range peers {
		if p.subscriptions.any() {
			n++
		}
	}
	return n
}

func (x *XPub) join(p *peer) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.peers = append(slices.Clip(x.peers), p)
}

func (x *XPub) leave(p *peer) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.peers = slices.DeleteFunc(slices.Clone(x.peers), func(q *peer) bool { return q == p })
}

// message takes a subscription: a byte 1 or 0 and the topic (ZMTP 3.0).
// Anything else a subscriber says is for nobody.
func (x *XPub) message(p *peer, frames [][]byte) error {
	if len(frames) != 1 || len(frames[0]) == 0 {
		return nil
	}
	switch topic := frames[0][1:]; frames[0][0] {
	case 0:
		p.subscriptions.remove(topic)
	case 1:
		return x.subscribe(p, topic)
	}
	return nil
}

// command takes the subscriptions of ZMTP 3.1, which are commands.
func (x *XPub) command(p *peer, name string, body []byte) error {
	switch name {
	case "SUBSCRIBE":
		return x.subscribe(p, body)
	case "CANCEL":
		p.subscriptions.remove(body)
		return nil
	}
	return p.answer(name, body)
}

func (x *XPub) subscribe(p *peer, topic []byte) error {
	var welcome func() [][]byte
	if x.config.Welcome != nil {
		welcome = func() [][]byte { return x.config.Welcome(topic) }
	}
	if !p.subscriptions.add(topic, x.config.MaxTopics, p.queue, welcome) {
		return fmt.Errorf("more than %d subscriptions: %w", x.config.MaxTopics, ErrLimit)
	}
	return p.queue.settle(p.ctx)
}
