package wire

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// ErrCurve says that a connection file asks for CURVE encryption. A kernel
// that went on without it would leave its client waiting in silence.
var ErrCurve = errors.New("connection file asks for CURVE encryption, which this kernel does not speak: start it without transport_encryption")

// ConnectionInfo is a connection file: where a kernel listens and with which
// key messages are signed (jupyter_client, connection files).
type ConnectionInfo struct {
	Transport       string `json:"transport"` // tcp or ipc
	IP              string `json:"ip"`        // an address, or the path prefix of ipc sockets
	ShellPort       int    `json:"shell_port"`
	ControlPort     int    `json:"control_port"`
	StdinPort       int    `json:"stdin_port"`
	IOPubPort       int    `json:"iopub_port"`
	HBPort          int    `json:"hb_port"`
	Key             string `json:"key"`
	SignatureScheme string `json:"signature_scheme"`
	KernelName      string `json:"kernel_name,omitempty"`
	Session         string `json:"jupyter_session,omitempty"` // the notebook's path
}

const maxConnectionFile = 1 << 20

// ParseConnectionInfo reads a connection file. Fields it does not know are
// ignored. A transport, scheme or port that cannot be served is an error of
// one line; CURVE keys are [ErrCurve], another scheme is [ErrScheme].
func ParseConnectionInfo(data []byte) (ConnectionInfo, error) {
	c, err := parseConnectionInfo(data)
	if err != nil {
		return ConnectionInfo{}, fmt.Errorf("connection file: %w", err)
	}
	return c, nil
}

func parseConnectionInfo(data []byte) (ConnectionInfo, error) {
	if len(data) > maxConnectionFile {
		return ConnectionInfo{}, fmt.Errorf("%d bytes: %w", len(data), ErrTooLarge)
	}
	raw, err := object(data, 64, false)
	if err != nil {
		return ConnectionInfo{}, err
	}
	f, err := readFields(raw)
	if err != nil {
		return ConnectionInfo{}, err
	}
	for _, name := range []string{"curve_publickey", "curve_secretkey"} {
		if k := kind(f[name]); k != "nothing" && k != "null" && string(f[name]) != `""` {
			return ConnectionInfo{}, ErrCurve
		}
	}
	c := ConnectionInfo{
		Transport:       f.text("transport", "tcp"),
		SignatureScheme: f.text("signature_scheme", SchemeHMACSHA256),
		KernelName:      f.text("kernel_name", ""),
		Session:         f.text("jupyter_session", ""),
	}
	if c.SignatureScheme != SchemeHMACSHA256 {
		return ConnectionInfo{}, fmt.Errorf("signature_scheme %q: %w (%s is the one there is)", c.SignatureScheme, ErrScheme, SchemeHMACSHA256)
	}
	switch c.Transport {
	case "tcp":
		c.IP = cmp.Or(f.text("ip", ""), "127.0.0.1")
	case "ipc":
		c.IP = cmp.Or(f.text("ip", ""), "kernel-ipc")
	default:
		return ConnectionInfo{}, fmt.Errorf("transport %q: tcp and ipc are the ones there are", c.Transport)
	}
	if strings.ContainsRune(c.IP, 0) {
		return ConnectionInfo{}, f.wrong("ip", "without NUL")
	}
	// A key that is not a string must not turn the signatures off.
	if k := kind(f["key"]); k != "a string" && k != "nothing" {
		return ConnectionInfo{}, f.wrong("key", "a string")
	}
	c.Key = f.text("key", "")
	return c, c.readPorts(f)
}

func (c *ConnectionInfo) readPorts(f fields) error {
	taken := make(map[int]string)
	for _, p := range []struct {
		name string
		port *int
	}{
		{"shell_port", &c.ShellPort},
		{"control_port", &c.ControlPort},
		{"stdin_port", &c.StdinPort},
		{"iopub_port", &c.IOPubPort},
		{"hb_port", &c.HBPort},
	} {
		n, err := strconv.ParseUint(string(f[p.name]), 10, 16)
		if err != nil || n == 0 {
			return fmt.Errorf("field %q must be a port, 1 to 65535, and is %s", p.name, describe(f[p.name]))
		}
		if other, ok := taken[int(n)]; ok {
			return fmt.Errorf("fields %q and %q are both port %d", other, p.name, n)
		}
		taken[int(n)] = p.name
		*p.port = int(n)
	}
	return nil
}

// describe gives a short value itself and of a longer one what it is.
func describe(raw json.RawMessage) string {
	if len(raw) == 0 || len(raw) > 24 {
		return kind(raw)
	}
	return string(raw)
}

// Endpoint gives the address of one of the ports, as ZeroMQ writes it:
// tcp://ip:port with brackets around an IPv6 address, ipc://ip-port.
func (c ConnectionInfo) Endpoint(port int) string {
	if c.Transport == "ipc" {
		return "ipc://" + c.IP + "-" + strconv.Itoa(port)
	}
	return "tcp://" + net.JoinHostPort(c.IP, strconv.Itoa(port))
}
