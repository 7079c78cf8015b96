package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"runnext/kernel/wire"
)

var (
	errEnding = errors.New("the kernel is shutting down")
	errBusy   = errors.New("too many questions at once")
)

// read takes the messages of one channel until reading ends. What is not
// signed, or no message at all, is dropped without a word to anybody.
func (s *Session) read(reading context.Context, name string, from Router, take func(*wire.Message)) {
	for {
		frames, err := from.Recv(reading)
		if reading.Err() != nil {
			return
		}
		if err != nil {
			s.cancel(fmt.Errorf("receive on %s: %w", name, err))
			return
		}
		m, err := s.codec.Decode(frames)
		var content *wire.ContentError
		switch {
		case errors.As(err, &content):
			// Signed, and its content no object: it counts as {}, so that the
			// client gets an answer and its idle.
			m = content.Message
		case err != nil:
			s.log.Warn("message dropped", "channel", name, "error", err)
			continue
		}
		take(m)
	}
}

// takeShell takes one message of the shell channel.
func (s *Session) takeShell(m *wire.Message) {
	sub := s.shells.find(m.Header.SubshellID)
	switch {
	case sub == nil:
		s.answer(s.shell, m, func(context.Context, *wire.Message) (any, error) {
			return nil, fmt.Errorf("there is no subshell %q", m.Header.SubshellID)
		})
	case m.Header.MsgType == wire.TypeExecuteRequest:
		if !sub.push(m) {
			s.abort(m)
		}
	default:
		s.take(s.shell, m)
	}
}

// takeControl takes one message of the control channel.
func (s *Session) takeControl(m *wire.Message) {
	if m.Header.MsgType == wire.TypeExecuteRequest {
		s.answer(s.control, m, func(context.Context, *wire.Message) (any, error) {
			return nil, errors.New("cells run on the shell channel only")
		})
		return
	}
	if command := s.command(m); command != nil {
		s.answer(s.control, m, command)
		return
	}
	s.take(s.control, m)
}

// takeStdin takes one message of the stdin channel.
func (s *Session) takeStdin(m *wire.Message) {
	if m.Header.MsgType != wire.TypeInputReply || !s.stdin.answer(m) {
		s.log.Info("stdin message dropped", "type", m.Header.MsgType)
	}
}

// handler gives the content of a reply, nil for none. An error becomes an
// error reply.
type handler func(ctx context.Context, m *wire.Message) (any, error)

// take answers what both channels have: questions beside the running cells,
// in goroutines of their own, and the end of the session at once.
func (s *Session) take(from Router, m *wire.Message) {
	if m.Header.MsgType == wire.TypeShutdownRequest {
		s.answer(from, m, s.shutdown)
		return
	}
	h := s.question(m.Header.MsgType)
	if h == nil {
		s.log.Info("unknown message type", "type", m.Header.MsgType)
		s.answer(from, m, func(context.Context, *wire.Message) (any, error) { return nil, nil })
		return
	}
	if !s.place(from == s.shell) {
		s.answer(from, m, func(context.Context, *wire.Message) (any, error) { return nil, errBusy })
		return
	}
	s.asides.Go(func() {
		defer func() { <-s.places }()
		s.answer(from, m, h)
	})
}

// place takes a place among those that are answered beside the cells; it
// reports false when all are taken. On shell it waits for one as long as the
// session lives, on control never: an interrupt may be next.
func (s *Session) place(wait bool) bool {
	select {
	case s.places <- struct{}{}:
		return true
	default:
	}
	if !wait {
		return false
	}
	select {
	case s.places <- struct{}{}:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// answer puts busy and idle around a request and sends its reply.
func (s *Session) answer(to Router, m *wire.Message, h handler) {
	s.iopub.busy(m)
	defer s.iopub.idle(m)
	content, err := s.call(m, h)
	if err != nil {
		s.log.Info("request refused", "type", m.Header.MsgType, "error", err)
		content = errorReply(refused(err))
	}
	kind, isRequest := strings.CutSuffix(m.Header.MsgType, "_request")
	if content != nil && isRequest {
		s.reply(to, m, kind+"_reply", content, nil)
	}
}

func (s *Session) call(m *wire.Message, h handler) (content any, err error) {
	defer s.recovered(m.Header.MsgType, func(e error) { err = e })
	return h(s.ctx, m)
}

// reply sends one reply. A client that has gone is no error of ours.
func (s *Session) reply(to Router, m *wire.Message, msgType string, content any, metadata json.RawMessage) {
	r, err := s.origin.Reply(m, msgType, content)
	if err != nil {
		s.log.Error("reply cannot be encoded", "type", msgType, "error", err)
		r, err = s.origin.Reply(m, msgType, errorReply(refused(err)))
		if err != nil {
			return
		}
	}
	if metadata != nil {
		r.Metadata = metadata
	}
	frames, err := s.codec.Encode(r)
	if err == nil {
		err = to.Send(frames)
	}
	if err != nil {
		s.log.Info("reply is not delivered", "type", msgType, "error", err)
	}
}
