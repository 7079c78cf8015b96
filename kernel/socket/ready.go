package socket

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

const maxIdentity = 255 // bytes (ZMTP 3.0, Identity)

// ready is what a peer says of itself in READY.
type ready struct {
	socketType string
	identity   []byte
}

// parseReady reads the properties of a READY command. Names are compared
// without regard to case; of a property given twice the last one counts;
// properties that are not known are ignored (ZMTP 3.0, metadata).
func parseReady(body []byte, types []string) (ready, error) {
	var r ready
	for len(body) > 0 {
		name, value, rest, err := property(body)
		if err != nil {
			return ready{}, err
		}
		switch strings.ToLower(name) {
		case "socket-type":
			r.socketType = string(value)
		case "identity":
			r.identity = value
		}
		body = rest
	}
	if r.socketType == "" {
		return ready{}, fmt.Errorf("READY without Socket-Type: %w", ErrProtocol)
	}
	if !slices.Contains(types, r.socketType) {
		return ready{}, fmt.Errorf("peer of type %.16q, want %s: %w", r.socketType, strings.Join(types, " or "), ErrProtocol)
	}
	if len(r.identity) > maxIdentity {
		return ready{}, fmt.Errorf("identity of %d bytes: %w", len(r.identity), ErrLimit)
	}
	// Identities of that form are made here, for peers that have none.
	if len(r.identity) > 0 && r.identity[0] == 0 {
		return ready{}, fmt.Errorf("identity that starts with a zero byte: %w", ErrProtocol)
	}
	return r, nil
}

// property splits off one name and value, with their lengths before them.
func property(b []byte) (name string, value, rest []byte, err error) {
	n := int(b[0])
	if n == 0 || len(b) < 1+n+4 {
		return "", nil, nil, fmt.Errorf("READY with a property cut off: %w", ErrProtocol)
	}
	name, b = string(b[1:1+n]), b[1+n:]
	size := binary.BigEndian.Uint32(b)
	b = b[4:]
	if uint64(size) > uint64(len(b)) {
		return "", nil, nil, fmt.Errorf("READY with property %.16q of %d bytes, %d are there: %w", name, size, len(b), ErrProtocol)
	}
	return name, b[:size], b[size:], nil
}

// frame writes the whole READY command frame.
func (r ready) frame() []byte {
	body := append([]byte{5}, "READY"...)
	body = appendProperty(body, "Socket-Type", []byte(r.socketType))
	body = appendProperty(body, "Identity", r.identity)
	frame := append([]byte{flagCommand | flagLong}, make([]byte, 8)...)
	binary.BigEndian.PutUint64(frame[1:], uint64(len(body)))
	return append(frame, body...)
}

func appendProperty(b []byte, name string, value []byte) []byte {
	b = append(b, byte(len(name)))
	b = append(b, name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}
