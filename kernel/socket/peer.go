package socket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// peer is one connection that has said READY. Its reader goroutine owns it and
// waits for its writer.
type peer struct {
	identity string
	zmtp     *zmq4.Conn
	guard    *guard
	queue    *queue

	ctx    context.Context // ends when the peer does
	cancel context.CancelCauseFunc

	lost atomic.Bool // it was cut while something waited for it

	subscriptions subscriptions // of an XPub's peer
}

// openPeer does the handshake. Whatever zmq4's parser does to what the peer
// sent, only this connection ends.
func openPeer(g *guard, socketType zmq4.SocketType, queueBytes int) (p *peer, err error) {
	defer recovered(&err)
	conn, err := zmq4.Open(g, null.Security(), socketType, nil, true, nil)
	if err != nil {
		return nil, err
	}
	p = &peer{identity: string(g.ready.identity), zmtp: conn, guard: g, queue: newQueue(queueBytes)}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	return p, nil
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("zmq4: %v: %w", r, ErrProtocol)
	}
}

// receive gives the next message.
func (p *peer) receive() (frames [][]byte, err error) {
	defer recovered(&err)
	msg, err := p.zmtp.RecvMsg()
	if err != nil {
		return nil, err
	}
	return msg.Frames, nil
}

// answer handles a command of the peer, from its reader.
func (p *peer) answer(name string, body []byte) error {
	if name != "PING" {
		return nil
	}
	if len(body) < 2 {
		return fmt.Errorf("PING of %d bytes: %w", len(body), ErrProtocol)
	}
	// Two bytes of time to live, then what PONG gives back (ZMTP 3.1).
	p.queue.force(item{name: "PONG", frames: [][]byte{body[2:]}})
	return p.queue.settle(p.ctx)
}

// write is the writer goroutine: it sends what the queue holds, in as few
// system calls as the buffer allows, and flushes whenever the queue is empty.
// It ends when the queue is closed and sent, or when the peer is gone.
func (p *peer) write() error {
	var items []item
	for {
		var last bool
		items, last = p.queue.take(items)
		if len(items) == 0 {
			if err := p.guard.flush(); err != nil || last {
				return err
			}
			<-p.queue.ready
			continue
		}
		for i, it := range items {
			if err := p.send(it); err != nil {
				return err
			}
			p.queue.release(it.cost())
			items[i] = item{}
		}
	}
}

func (p *peer) send(it item) error {
	if it.name != "" {
		return p.zmtp.SendCmd(it.name, it.frames[0])
	}
	return p.zmtp.SendMsg(zmq4.NewMsgFrom(it.frames...))
}

// cut ends the peer at once; what waits for it is lost.
func (p *peer) cut(cause error) {
	p.cancel(cause)
	if p.queue.kill() {
		p.lost.Store(true)
	}
	p.guard.Conn.Close()
}

// halfClose tells the peer that nothing more comes. Closing the connection
// while something unread lies in it would reset it, and lose what the peer has
// not read yet.
func (p *peer) halfClose() {
	if c, ok := p.guard.Conn.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
}

// gone says whether err is only the end of a connection.
func gone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, zmq4.ErrClosedConn) || errors.Is(err, ErrClosed)
}
