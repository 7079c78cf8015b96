package session_test

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"runnext/kernel/engine/echo"
	"runnext/kernel/kerneltest"
	"runnext/kernel/session"
	"runnext/kernel/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var key = []byte("secret")

// kernel is a session over the echo engine in memory.
type kernel struct {
	hub     *kerneltest.Hub
	echo    *echo.Engine
	session *session.Session
	codec   *wire.Codec
	welcome func([]byte) [][]byte
	done    chan struct{}
	err     error // of Run, once done is closed
}

func over(hub *kerneltest.Hub) session.Transports {
	return session.Transports{Shell: hub.Shell(), Control: hub.Control(), Stdin: hub.Stdin(), IOPub: hub.IOPub()}
}

// start runs a session; end stops it and waits for everything it started.
func start(t kerneltest.T, change func(*session.Config)) (k *kernel, end func()) {
	t.Helper()
	codec, err := wire.NewCodec(key, wire.SchemeHMACSHA256, wire.CodecConfig{})
	if err != nil {
		t.Fatalf("codec: %v", err)
	}
	origin := wire.NewOrigin("kernel-session", "kernel", nil, nil)
	k = &kernel{hub: kerneltest.NewHub(), echo: echo.New(), codec: codec, done: make(chan struct{})}
	k.welcome = session.Welcome(codec, origin)
	var ids atomic.Int64
	c := session.Config{
		Engine: k.echo, Codec: codec, Origin: origin,
		Transports: over(k.hub),
		NewID:      func() string { return "sub" + strconv.FormatInt(ids.Add(1), 10) },
	}
	if change != nil {
		change(&c)
	}
	if k.session, err = session.New(c); err != nil {
		t.Fatalf("session: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(k.done)
		k.err = k.session.Run(ctx)
	}()
	return k, func() {
		cancel()
		<-k.done
		if err := k.echo.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	}
}

func (k *kernel) client(t kerneltest.T, name string) *kerneltest.Client {
	return kerneltest.NewClient(t, k.hub.Attach(name, k.welcome(nil)), key, name)
}

// one gives a kernel with one client, both of which end with the test.
func one(t *testing.T, change func(*session.Config)) (*kernel, *kerneltest.Client) {
	t.Helper()
	k, end := start(t, change)
	t.Cleanup(end)
	c := k.client(t, "tester")
	t.Cleanup(c.Close)
	return k, c
}

// ended waits for Run.
func (k *kernel) ended(t *testing.T) error {
	t.Helper()
	select {
	case <-k.done:
		return k.err
	case <-time.After(30 * time.Second):
		t.Fatal("Run did not end")
		return nil
	}
}

// reached waits until a cell stands at a gate.
func (k *kernel) reached(t *testing.T, gate string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := k.echo.Reached(ctx, gate); err != nil {
		t.Fatal(err)
	}
}

func TestScenarios(t *testing.T) {
	var k *kernel
	target := kerneltest.Echo(func() { k.echo.Open("now") })
	target.Start = func(t *testing.T) (*kerneltest.Client, func(string) *kerneltest.Client) {
		var c *kerneltest.Client
		k, c = one(t, nil)
		return c, func(name string) *kerneltest.Client {
			c := k.client(t, name)
			t.Cleanup(c.Close)
			return c
		}
	}
	kerneltest.Suite(t, target)
}

func TestNewNeedsItsParts(t *testing.T) {
	if _, err := session.New(session.Config{}); err == nil {
		t.Error("a session of nothing")
	}
}

func TestStartingAndWelcome(t *testing.T) {
	k, c := one(t, nil)
	c.AwaitOrphan("welcome", func(m *kerneltest.Message) bool { return m.Type == "iopub_welcome" })
	c.Ask("kernel_info_request", nil)
	frames := k.welcome([]byte("kernel"))
	m, err := k.codec.Decode(frames)
	if err != nil || string(frames[0]) != "kernel" || string(m.Content) != `{"subscription":"kernel"}` {
		t.Errorf("welcome = %q, %v", frames, err)
	}
}

func TestRunEnds(t *testing.T) {
	tests := []struct {
		name string
		end  func(t *testing.T, k *kernel, c *kerneltest.Client)
		want error
	}{
		{"shutdown", func(t *testing.T, k *kernel, c *kerneltest.Client) { c.Shutdown(kerneltest.Control, false) }, nil},
		{"a broken channel", func(t *testing.T, k *kernel, c *kerneltest.Client) {
			c.Closing()
			k.hub.Break(kerneltest.Shell)
		}, kerneltest.ErrClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k, c := one(t, nil)
			c.Ask("kernel_info_request", nil)
			tt.end(t, k, c)
			if err := k.ended(t); !errors.Is(err, tt.want) {
				t.Errorf("Run = %v, want %v", err, tt.want)
			}
		})
	}
}

// TestContextEnds ends a session as a signal does: the running cell is still
// answered.
func TestContextEnds(t *testing.T) {
	k, end := start(t, nil)
	c := k.client(t, "tester")
	cell := c.Start("print READY\nwait never").AwaitStdout("READY\n")
	queued := c.Start("print never")
	c.Ask("kernel_info_request", nil)
	c.Closing()
	end()
	cell.Done().Error("interrupted")
	queued.Done().Aborted()
	c.Close()
	if !errors.Is(k.err, context.Canceled) {
		t.Errorf("Run = %v", k.err)
	}
}

func TestParentGone(t *testing.T) {
	var alive atomic.Bool
	alive.Store(true)
	k, c := one(t, func(c *session.Config) {
		c.ParentAlive = alive.Load
		c.ParentPoll = time.Millisecond
	})
	c.Execute("print hello").Stdout("hello\n")
	c.Closing()
	alive.Store(false)
	if err := k.ended(t); !errors.Is(err, session.ErrParentGone) {
		t.Errorf("Run = %v", err)
	}
}
