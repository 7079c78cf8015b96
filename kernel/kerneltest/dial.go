package kerneltest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// Dial connects to a kernel's sockets as one client of that identity; the
// endpoints are tcp://host:port or ipc://path. iopub is subscribed to whole:
// wait for its iopub_welcome before you count on its messages.
func Dial(ctx context.Context, endpoints map[Channel]string, identity string) (Transport, error) {
	d := &dialed{conns: make(map[Channel]*zmq4.Conn)}
	d.box.changed = sync.NewCond(&d.box.mu)
	for _, ch := range []Channel{Shell, Control, Stdin, IOPub} {
		if err := d.dial(ctx, ch, endpoints[ch], identity); err != nil {
			return nil, errors.Join(fmt.Errorf("dial %s: %w", ch, err), d.Close())
		}
	}
	return d, nil
}

// dialed is a client's end of four sockets.
type dialed struct {
	conns   map[Channel]*zmq4.Conn
	readers sync.WaitGroup
	box     inbox
}

func (d *dialed) dial(ctx context.Context, ch Channel, endpoint, identity string) error {
	network, address, ok := strings.Cut(endpoint, "://")
	if network == "ipc" {
		network = "unix"
	}
	if !ok {
		return fmt.Errorf("endpoint %q", endpoint)
	}
	raw, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return err
	}
	kind := zmq4.Dealer
	if ch == IOPub {
		kind = zmq4.Sub
	}
	// A handshake that the kernel does not answer must not hang the test.
	if deadline, ok := ctx.Deadline(); ok {
		err = raw.SetDeadline(deadline)
	}
	conn, openErr := zmq4.Open(raw, null.Security(), kind, zmq4.SocketIdentity(identity), false, nil)
	if err = errors.Join(err, openErr, raw.SetDeadline(time.Time{})); err != nil {
		return errors.Join(err, raw.Close())
	}
	d.conns[ch] = conn
	if ch == IOPub {
		if err := conn.SendMsg(zmq4.NewMsg([]byte{1})); err != nil {
			return err
		}
	}
	d.readers.Go(func() {
		for {
			m, err := conn.RecvMsg()
			if err != nil {
				return
			}
			d.box.deliver(ch, m.Frames)
		}
	})
	return nil
}

func (d *dialed) Send(ch Channel, frames [][]byte) error {
	if ch == IOPub {
		return errors.New("kerneltest: nothing is sent on iopub")
	}
	return d.conns[ch].SendMsg(zmq4.NewMsgFrom(frames...))
}

func (d *dialed) Recv() (Channel, [][]byte, error) { return d.box.take() }

// Close closes the connections and waits for their readers.
func (d *dialed) Close() error {
	var err error
	for _, conn := range d.conns {
		if e := conn.Close(); e != nil && !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}
	d.readers.Wait()
	d.box.close()
	return err
}
