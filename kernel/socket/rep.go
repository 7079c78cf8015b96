package socket

import "github.com/go-zeromq/zmq4"

// Rep is a REP that gives back what it gets: the heartbeat of a kernel. Nobody
// receives from it or sends; each peer's own goroutines echo, so that it beats
// whatever else the kernel does.
type Rep struct {
	*server
}

// ListenRep listens for REQ and DEALER peers on tcp://host:port or ipc://path.
// An address in use is [ErrInUse].
func ListenRep(endpoint string, c Config) (*Rep, error) {
	s, err := listen(endpoint, c, zmq4.Rep, []string{"REQ", "DEALER"}, echo{})
	if err != nil {
		return nil, err
	}
	s.start()
	return &Rep{s}, nil
}

type echo struct{}

func (echo) join(*peer)  {}
func (echo) leave(*peer) {}

// message gives every frame back as it came, the envelope too.
func (echo) message(p *peer, frames [][]byte) error {
	return p.queue.put(p.ctx, item{frames: frames})
}

func (echo) command(p *peer, name string, body []byte) error {
	return p.answer(name, body)
}
