package socket

import (
	"net"
	"testing"
)

// leaveSocketFile leaves what a killed process leaves.
func leaveSocketFile(t *testing.T, path string) {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
}
