package kerneltest_test

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"runnext/kernel/engine/echo"
	"runnext/kernel/kerneltest"
	"runnext/kernel/session"
	"runnext/kernel/socket"
	"runnext/kernel/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// listening is a session over the echo engine behind real sockets.
type listening struct {
	echo      *echo.Engine
	endpoints map[kerneltest.Channel]string
}

// listen starts it on ports of the system's choice; it ends with the test.
func listen(t *testing.T, key []byte) *listening {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	codec, err := wire.NewCodec(key, wire.SchemeHMACSHA256, wire.CodecConfig{})
	must(err)
	origin := wire.NewOrigin("kernel-session", "kernel", nil, nil)
	router := func() *socket.Router {
		r, err := socket.ListenRouter("tcp://127.0.0.1:0", socket.Config{})
		must(err)
		return r
	}
	shell, control, stdin := router(), router(), router()
	iopub, err := socket.ListenXPub("tcp://127.0.0.1:0", socket.Config{Welcome: session.Welcome(codec, origin)})
	must(err)

	l := &listening{echo: echo.New(), endpoints: map[kerneltest.Channel]string{
		kerneltest.Shell: shell.Addr(), kerneltest.Control: control.Addr(),
		kerneltest.Stdin: stdin.Addr(), kerneltest.IOPub: iopub.Addr(),
	}}
	s, err := session.New(session.Config{
		Engine: l.echo, Codec: codec, Origin: origin,
		Transports: session.Transports{Shell: shell, Control: control, Stdin: stdin, IOPub: iopub},
	})
	must(err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx) // how it ends is what the session's own tests look at
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		for _, c := range []interface{ Close(context.Context) error }{l.echo, shell, control, stdin, iopub} {
			if err := c.Close(context.Background()); err != nil {
				t.Errorf("close: %v", err)
			}
		}
	})
	return l
}

func (l *listening) client(t *testing.T, key []byte, name string) *kerneltest.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	transport, err := kerneltest.Dial(ctx, l.endpoints, name)
	if err != nil {
		t.Fatal(err)
	}
	k := kerneltest.NewClient(t, transport, key, name)
	t.Cleanup(k.Close)
	k.AwaitOrphan("iopub_welcome", func(m *kerneltest.Message) bool { return m.Type == "iopub_welcome" })
	return k
}

// TestSuiteOverSockets runs the scenarios through ZeroMQ, where channels keep
// their own order only.
func TestSuiteOverSockets(t *testing.T) {
	key := []byte("secret")
	var l *listening
	target := kerneltest.Echo(func() { l.echo.Open("now") })
	target.Start = func(t *testing.T) (*kerneltest.Client, func(string) *kerneltest.Client) {
		l = listen(t, key)
		return l.client(t, key, "tester"), func(name string) *kerneltest.Client { return l.client(t, key, name) }
	}
	kerneltest.Suite(t, target)
}

func TestDialRefused(t *testing.T) {
	for _, endpoint := range []string{"", "nonsense", "ipc:///nowhere/at-all"} {
		_, err := kerneltest.Dial(t.Context(), map[kerneltest.Channel]string{kerneltest.Shell: endpoint}, "x")
		if err == nil {
			t.Errorf("dial %q succeeded", endpoint)
		}
	}
}
