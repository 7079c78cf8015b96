package session

import (
	"context"

	"runnext/kernel/wire"
)

// Router is a channel that requests come in on and answers go out on: shell
// and control. Recv is called from one goroutine; Send from any.
type Router interface {
	// Recv gives the next multipart message. Any error but ctx's is final.
	Recv(ctx context.Context) ([][]byte, error)
	// Send hands one message to the peer its first frame names. An error
	// means that this message cannot arrive, not that the channel is broken.
	Send(frames [][]byte) error
}

// Asker is the stdin channel: requests go out on it and answers come in.
type Asker interface {
	Router
	// Has reports whether the peer of that identity is connected.
	Has(identity []byte) bool
}

// Publisher is iopub. Send is called from one goroutine, and blocks while a
// subscriber is slow.
type Publisher interface {
	Send(ctx context.Context, frames [][]byte) error
}

// Transports are the channels of a kernel. The heartbeat needs no session.
type Transports struct {
	Shell, Control Router
	Stdin          Asker
	IOPub          Publisher
}

// Welcome gives what iopub sends to a new subscriber before anything else:
// the frames of iopub_welcome for its subscription (JEP 65). The function may
// be called from any goroutine, before the session runs too.
func Welcome(codec *wire.Codec, origin *wire.Origin) func(subscription []byte) [][]byte {
	return func(subscription []byte) [][]byte {
		m, err := origin.Publish(nil, string(subscription), wire.TypeIOPubWelcome,
			wire.Welcome{Subscription: string(subscription)})
		if err != nil {
			return nil
		}
		frames, err := codec.Encode(m)
		if err != nil {
			return nil
		}
		return frames
	}
}
