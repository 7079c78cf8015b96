package kernel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"runnext/kernel/session"
	"runnext/kernel/socket"
	"runnext/kernel/wire"
)

// sockets are the five a connection file names.
type sockets struct {
	shell, control, stdin *socket.Router
	iopub                 *socket.XPub
	heartbeat             *socket.Rep
}

// listen opens all five or none. welcome makes a subscriber's first message.
func listen(info wire.ConnectionInfo, welcome func([]byte) [][]byte, log *slog.Logger) (_ *sockets, err error) {
	s := &sockets{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(context.Background()))
		}
	}()
	plain := socket.Config{Logger: log}
	greeting := socket.Config{Logger: log, Welcome: welcome}
	for _, r := range []struct {
		name string
		port int
		open func(endpoint string) error
	}{
		{"shell", info.ShellPort, func(at string) (err error) { s.shell, err = socket.ListenRouter(at, plain); return err }},
		{"control", info.ControlPort, func(at string) (err error) { s.control, err = socket.ListenRouter(at, plain); return err }},
		{"stdin", info.StdinPort, func(at string) (err error) { s.stdin, err = socket.ListenRouter(at, plain); return err }},
		{"iopub", info.IOPubPort, func(at string) (err error) { s.iopub, err = socket.ListenXPub(at, greeting); return err }},
		{"heartbeat", info.HBPort, func(at string) (err error) { s.heartbeat, err = socket.ListenRep(at, plain); return err }},
	} {
		if err := r.open(info.Endpoint(r.port)); err != nil {
			return nil, fmt.Errorf("listen %s: %w", r.name, err)
		}
	}
	return s, nil
}

func (s *sockets) transports() session.Transports {
	return session.Transports{Shell: s.shell, Control: s.control, Stdin: s.stdin, IOPub: s.iopub}
}

// close hands over what is queued, as long as ctx allows, and closes what is
// open. The heartbeat goes last: until then the kernel is alive to its client.
func (s *sockets) close(ctx context.Context) error {
	var errs []error
	for _, r := range []*socket.Router{s.shell, s.control, s.stdin} {
		if r != nil {
			errs = append(errs, r.Close(ctx))
		}
	}
	if s.iopub != nil {
		errs = append(errs, s.iopub.Close(ctx))
	}
	if s.heartbeat != nil {
		errs = append(errs, s.heartbeat.Close(ctx))
	}
	return errors.Join(errs...)
}
