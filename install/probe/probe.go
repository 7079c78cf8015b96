// Package probe starts a kernel as Jupyter would and runs one cell in it over
// its sockets, so that doctor can tell whether it works. It knows of the
// kernel only what a client knows: an argv with {connection_file} in it.
package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"runnext/kernel/wire"
)

// Code is the cell that is run, and Want the text/plain of its value.
const (
	Code = "6 * 7"
	Want = "42"
)

// leave is how long the kernel may take to end once it was asked to.
const leave = 3 * time.Second

// Run starts argv, runs [Code] and stops the kernel again; it tells how long
// the value took. The error is one line that names what did not come, with the
// last line the kernel wrote on standard error. It may take as long as ctx
// lives.
func Run(ctx context.Context, argv []string) (string, error) {
	dir, err := os.MkdirTemp("", "runnext-doctor-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	info, err := connection()
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "connection.json")
	data, err := json.Marshal(info)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return "", err
	}
	p, err := start(argv, file)
	if err != nil {
		return "", err
	}
	defer p.kill()

	began := time.Now()
	value, err := ask(ctx, info, p.ended)
	took := time.Since(began)
	switch {
	case errors.Is(err, errEnded):
		return "", fmt.Errorf("the kernel ended at once (%v)%s", p.err, p.said())
	case err != nil:
		return "", fmt.Errorf("%w%s", err, p.said())
	case value != Want:
		return "", fmt.Errorf("%s gives %q", Code, value)
	}
	select {
	case <-p.ended:
	case <-time.After(leave):
		return "", fmt.Errorf("the kernel answers, but does not end %v after shutdown_request", leave)
	}
	return fmt.Sprintf("%s = %s, %d ms after its start", Code, value, took.Milliseconds()), nil
}

var errEnded = errors.New("kernel ended")

type process struct {
	cmd    *exec.Cmd
	stderr bytes.Buffer  // read it once ended is closed
	ended  chan struct{} // closed when the process has been waited for
	err    error         // of Wait; read it once ended is closed
}

func start(argv []string, file string) (*process, error) {
	args := make([]string, len(argv))
	for i, a := range argv {
		args[i] = strings.ReplaceAll(a, "{connection_file}", file)
	}
	p := &process{cmd: exec.Command(args[0], args[1:]...), ended: make(chan struct{})}
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = time.Second // a grandchild may hold standard error open
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the kernel: %w", err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// kill ends the process and waits for it.
func (p *process) kill() {
	p.cmd.Process.Kill() // an error means that it has ended
	<-p.ended
}

// said gives the last line on standard error, after ": ", killing the process.
func (p *process) said() string {
	p.kill()
	lines := strings.Split(strings.TrimSpace(p.stderr.String()), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return ": " + last
	}
	return ""
}

// connection describes five free ports on loopback. Like jupyter_client it
// looks for ports that are free now; the kernel binds them a moment later.
func connection() (wire.ConnectionInfo, error) {
	key := make([]byte, 16)
	rand.Read(key) // never fails: crypto/rand
	info := wire.ConnectionInfo{
		Transport: "tcp", IP: "127.0.0.1",
		Key: hex.EncodeToString(key), SignatureScheme: wire.SchemeHMACSHA256,
	}
	for _, port := range []*int{&info.ShellPort, &info.ControlPort, &info.StdinPort, &info.IOPubPort, &info.HBPort} {
		l, err := net.Listen("tcp", net.JoinHostPort(info.IP, "0"))
		if err != nil {
			return info, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close() // all are held until each is found, so that no two are the same
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return info, nil
}
