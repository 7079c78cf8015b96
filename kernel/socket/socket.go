// Package socket holds the three ZeroMQ sockets a kernel listens on: [Router]
// for shell, control and stdin, [XPub] for iopub, [Rep] for the heartbeat. It
// moves frames and knows nothing of what they mean, which is
// runnext/kernel/wire, nor of the order of messages, which is
// runnext/kernel/session.
//
// ZMTP itself is done by zmq4.Open and zmq4.Conn; zmq4's own sockets are not
// used, because one silent, stuck or malicious connection stops them for
// everybody. Here each connection has a reader, a writer, a queue bounded in
// bytes, and a guard that checks every frame before zmq4 allocates for it. A
// peer that does not read holds its sender back, and is cut when it has made
// no progress for [Config.Stall].
package socket

import (
	"errors"
	"log/slog"
	"time"
)

// Errors of this package, found with errors.Is.
var (
	ErrClosed      = errors.New("socket is closed")
	ErrUnknownPeer = errors.New("no such peer")
	ErrInUse       = errors.New("address is in use by another program")
	ErrStalled     = errors.New("peer reads nothing")
	ErrProtocol    = errors.New("peer breaks the protocol")
	ErrLimit       = errors.New("peer is over a limit")
)

// Config holds limits and what a socket takes from outside. In the zero value
// every field has the default named beside it.
type Config struct {
	MaxFrame    int // bytes of one frame; 64 MiB
	MaxMessage  int // bytes of one message; 128 MiB
	MaxFrames   int // frames of one message; 1024
	MaxInput    int // bytes of half-received large messages, all peers together; 512 MiB
	MaxConns    int // connections, those that have not said READY included; 2048
	QueueBytes  int // bytes waiting for one peer before its sender waits; 8 MiB
	MaxTopics   int // subscriptions of one peer; 65536
	InputBuffer int // messages received and not yet taken by Recv; 16

	Handshake time.Duration // time from connect to READY; 5 s
	Stall     time.Duration // a peer without progress for so long is cut; 5 s
	Drain     time.Duration // Close waits so long for queues to empty; 1 s

	// Welcome makes the message a new subscriber of topic gets before any
	// other; nil sends none. It is called from the peer's goroutine.
	Welcome func(topic []byte) [][]byte

	Clock  Clock        // nil is the machine's
	Logger *slog.Logger // nil discards
}

// Clock starts timers. It is what a test replaces to pass time by hand.
type Clock interface {
	AfterFunc(d time.Duration, f func()) Timer
}

// Timer is the part of [time.Timer] that is used.
type Timer interface {
	Stop() bool
	Reset(d time.Duration) bool
}

type machineClock struct{}

func (machineClock) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

func (c Config) withDefaults() Config {
	number := func(n *int, def int) {
		if *n <= 0 {
			*n = def
		}
	}
	span := func(d *time.Duration, def time.Duration) {
		if *d <= 0 {
			*d = def
		}
	}
	number(&c.MaxFrame, 64<<20)
	number(&c.MaxMessage, 128<<20)
	number(&c.MaxFrames, 1024)
	number(&c.MaxInput, 512<<20)
	number(&c.MaxConns, 2048)
	number(&c.QueueBytes, 8<<20)
	number(&c.MaxTopics, 1<<16)
	number(&c.InputBuffer, 16)
	span(&c.Handshake, 5*time.Second)
	span(&c.Stall, 5*time.Second)
	span(&c.Drain, time.Second)
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}
