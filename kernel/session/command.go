package session

import (
	"context"
	"fmt"

	"runnext/kernel/engine"
	"runnext/kernel/wire"
)

// command gives who answers a request of the control channel, or nil. Control
// is served in order, by the goroutine that reads it; no command waits for a
// cell.
func (s *Session) command(m *wire.Message) handler {
	switch m.Header.MsgType {
	case wire.TypeInterruptRequest:
		// Before busy, which may have to wait for its turn.
		s.shells.each(func(sub *subshell) { sub.interrupt(m) })
		s.iopub.wake()
		return s.interrupted
	case wire.TypeCreateSubshellRequest:
		return s.createSubshell
	case wire.TypeDeleteSubshellRequest:
		return s.deleteSubshell
	case wire.TypeListSubshellRequest:
		return s.listSubshells
	case wire.TypeDebugRequest:
		return s.debug
	case wire.TypeUsageRequest:
		return s.usage
	}
	return nil
}

func (s *Session) interrupted(context.Context, *wire.Message) (any, error) {
	return wire.StatusReply{Status: wire.StatusOK}, nil
}

// shutdown begins the end of the session; Run waits for what is still to be
// answered (jupyter messaging 5.5, kernel shutdown). The reply goes to all
// clients, so that those who did not ask know too.
func (s *Session) shutdown(_ context.Context, m *wire.Message) (any, error) {
	r, err := wire.ParseShutdownRequest(m.Content)
	if err != nil {
		return nil, err
	}
	s.cancel(errShutdown)
	reply := wire.ShutdownReply{Status: wire.StatusOK, Restart: r.Restart}
	if err := s.iopub.owe(m, wire.TypeShutdownReply, reply); err != nil {
		s.log.Warn("shutdown is not told to all", "error", err)
	}
	return reply, nil
}

func (s *Session) createSubshell(context.Context, *wire.Message) (any, error) {
	id := s.newID()
	if !s.open(id) {
		return nil, errEnding
	}
	if e, ok := s.engine.(engine.Sharer); ok {
		e.Share()
	}
	return wire.CreateSubshellReply{Status: wire.StatusOK, SubshellID: id}, nil
}

// deleteSubshell interrupts what runs there and aborts what is queued; both
// are answered by the subshell's own goroutine.
func (s *Session) deleteSubshell(_ context.Context, m *wire.Message) (any, error) {
	r, err := wire.ParseSubshellRequest(m.Content)
	if err != nil {
		return nil, err
	}
	sub := s.shells.remove(r.SubshellID)
	if sub == nil {
		return nil, fmt.Errorf("there is no subshell %q that could be deleted", r.SubshellID)
	}
	sub.close()
	s.iopub.wake()
	return wire.StatusReply{Status: wire.StatusOK}, nil
}

func (s *Session) listSubshells(context.Context, *wire.Message) (any, error) {
	return wire.ListSubshellReply{Status: wire.StatusOK, SubshellID: s.shells.list()}, nil
}

// debug answers in the terms of the Debug Adapter Protocol: a client that asks
// although no debugger is announced must not wait for ever.
func (s *Session) debug(_ context.Context, m *wire.Message) (any, error) {
	r, err := wire.ParseDebugRequest(m.Content)
	if err != nil {
		return nil, err
	}
	return wire.DebugReply{
		Type: "response", RequestSeq: r.Seq, Command: r.Command,
		Message: "this kernel has no debugger", Body: wire.MIME{},
	}, nil
}

func (s *Session) usage(context.Context, *wire.Message) (any, error) {
	return s.meter.Read(s.clock.Now()), nil
}
