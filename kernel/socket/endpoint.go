package socket

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
)

// listenEndpoint opens tcp://host:port or ipc://path and says how it is
// reached. * stands for every address; port 0 for any free one.
func listenEndpoint(endpoint string) (net.Listener, string, error) {
	scheme, rest, ok := strings.Cut(endpoint, "://")
	if !ok || rest == "" {
		return nil, "", fmt.Errorf("listen on %q: want tcp://host:port or ipc://path", endpoint)
	}
	var l net.Listener
	var err error
	switch scheme {
	case "tcp":
		if l, err = listenTCP(rest); err == nil {
			return l, "tcp://" + l.Addr().String(), nil
		}
	case "ipc":
		if l, err = listenIPC(rest); err == nil {
			return l, endpoint, nil
		}
	default:
		return nil, "", fmt.Errorf("listen on %q: transport %q is none of tcp and ipc", endpoint, scheme)
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, "", fmt.Errorf("listen on %s: %w", endpoint, ErrInUse)
	}
	return nil, "", fmt.Errorf("listen on %s: %w", endpoint, reason(err))
}

func listenTCP(address string) (net.Listener, error) {
	if port, ok := strings.CutPrefix(address, "*:"); ok {
		address = ":" + port
	}
	return net.Listen("tcp", address)
}

// listenIPC takes the place of a socket file that nobody listens on any more,
// as a killed process leaves one. Only the owner may connect.
func listenIPC(path string) (net.Listener, error) {
	l, err := net.Listen("unix", path)
	if errors.Is(err, syscall.EADDRINUSE) && stale(path) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		l, err = net.Listen("unix", path)
	}
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(path, "@") {
		if err := os.Chmod(path, 0o600); err != nil {
			l.Close()
			return nil, err
		}
	}
	return l, nil
}

// stale says whether path is a socket without a listener.
func stale(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return false
	}
	conn, err := net.Dial("unix", path)
	if err == nil {
		conn.Close()
		return false
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// reason takes the operation and address off a net error, which the caller
// names in its own words.
func reason(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}
