package socket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

// transports runs a test over tcp and over ipc.
func transports(t *testing.T, f func(t *testing.T, endpoint string)) {
	t.Run("tcp", func(t *testing.T) { noLeaks(t); f(t, "tcp://127.0.0.1:0") })
	t.Run("ipc", func(t *testing.T) { noLeaks(t); f(t, ipcPath(t)) })
}

func TestRouter(t *testing.T) {
	transports(t, func(t *testing.T, endpoint string) {
		ctx := testContext(t)
		r := newRouter(t, endpoint, Config{})
		c := dial(t, zmq4.NewDealer(ctx, zmq4.WithID(zmq4.SocketIdentity("me")), quiet), r.Addr())
		big := bytes.Repeat([]byte("x"), 3<<20)
		if err := c.SendMulti(zmq4.NewMsgFrom([]byte("a"), nil, big)); err != nil {
			t.Fatal(err)
		}
		frames, err := r.Recv(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(frames) != 4 || string(frames[0]) != "me" || string(frames[1]) != "a" || len(frames[2]) != 0 || !bytes.Equal(frames[3], big) {
			t.Fatalf("%d frames, %.20q", len(frames), frames)
		}
		if !r.Has([]byte("me")) || r.Has([]byte("you")) {
			t.Error("Has")
		}
		if err := r.Send([][]byte{[]byte("me"), {}, big, []byte("z")}); err != nil {
			t.Fatal(err)
		}
		msg, err := c.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if len(msg.Frames) != 3 || len(msg.Frames[0]) != 0 || !bytes.Equal(msg.Frames[1], big) || string(msg.Frames[2]) != "z" {
			t.Errorf("got %d frames", len(msg.Frames))
		}
		if err := r.Send([][]byte{[]byte("you"), []byte("x")}); !errors.Is(err, ErrUnknownPeer) {
			t.Errorf("unknown peer: %v", err)
		}
		if err := r.Send(nil); !errors.Is(err, ErrUnknownPeer) {
			t.Errorf("no frames: %v", err)
		}
	})
}

func TestRouterMakesIdentities(t *testing.T) {
	noLeaks(t)
	ctx := testContext(t)
	r := newRouter(t, "tcp://127.0.0.1:0", Config{})
	a, b := rawDial(t, r.Addr()).join("DEALER", ""), rawDial(t, r.Addr()).join("REQ", "")
	a.put(frameBytes(0, []byte("a")))
	b.put(frameBytes(0, []byte("b")))
	for range 2 {
		frames, err := r.Recv(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(frames[0]) < 2 || frames[0][0] != 0 {
			t.Errorf("identity %q", frames[0])
		}
		if err := r.Send([][]byte{frames[0], frames[1]}); err != nil {
			t.Fatal(err)
		}
	}
	for c, want := range map[*raw]string{a: "a", b: "b"} {
		if _, body := c.frame(); string(body) != want {
			t.Errorf("got %q, want %q", body, want)
		}
	}
}

func TestXPub(t *testing.T) {
	transports(t, func(t *testing.T, endpoint string) {
		ctx := testContext(t)
		x := newXPub(t, endpoint, Config{Welcome: func(topic []byte) [][]byte {
			return [][]byte{topic, []byte("welcome")}
		}})
		// Nobody listens: nothing happens.
		if err := x.Send(ctx, [][]byte{[]byte("early")}); err != nil {
			t.Fatal(err)
		}
		sub := dial(t, zmq4.NewSub(ctx, quiet), x.Addr())
		if err := sub.SetOption(zmq4.OptionSubscribe, ""); err != nil {
			t.Fatal(err)
		}
		msg, err := sub.Recv()
		if err != nil || len(msg.Frames) != 2 || string(msg.Frames[1]) != "welcome" {
			t.Fatalf("%v %v", msg, err)
		}
		const count = 2000
		go func() {
			for i := range count {
				x.Send(ctx, [][]byte{[]byte("stream"), fmt.Appendf(nil, "%d", i)})
			}
		}()
		for i := range count {
			msg, err := sub.Recv()
			if err != nil || string(msg.Frames[1]) != fmt.Sprint(i) {
				t.Fatalf("message %d: %v %v", i, msg, err)
			}
		}
	})
}

// TestWelcomeFirst subscribes while others publish. They pause between bursts,
// or with one P nothing else would run.
func TestWelcomeFirst(t *testing.T) {
	noLeaks(t)
	ctx, cancel := context.WithCancel(testContext(t))
	x := newXPub(t, "tcp://127.0.0.1:0", Config{Welcome: func(topic []byte) [][]byte { return [][]byte{[]byte("welcome")} }})
	var publishing sync.WaitGroup
	for range 2 {
		publishing.Go(func() {
			tick := time.NewTicker(50 * time.Microsecond)
			defer tick.Stop()
			for ctx.Err() == nil {
				for range 20 {
					x.Send(ctx, [][]byte{[]byte("news")})
				}
				<-tick.C
			}
		})
	}
	defer publishing.Wait()
	defer cancel()
	for range 100 {
		c := rawDial(t, x.Addr()).join("SUB", "")
		c.put(frameBytes(0, []byte{1}))
		for i, want := range []string{"welcome", "news", "news"} {
			if _, body := c.frame(); string(body) != want {
				t.Fatalf("message %d is %q", i, body)
			}
		}
		c.Close()
	}
}

func TestSubscriptionsByPrefix(t *testing.T) {
	noLeaks(t)
	ctx := testContext(t)
	x := newXPub(t, "tcp://127.0.0.1:0", Config{})
	c := rawDial(t, x.Addr()).join("XSUB", "")
	heard := func(topic string) bool {
		t.Helper()
		for _, s := range []string{topic, "end"} {
			if err := x.Send(ctx, [][]byte{[]byte(s)}); err != nil {
				t.Fatal(err)
			}
		}
		_, body := c.frame()
		if string(body) == "end" {
			return false
		}
		c.frame()
		return string(body) == topic
	}
	c.put(frameBytes(0, []byte("\x00never")), frameBytes(0, []byte("what")), frameBytes(0, nil), frameBytes(0, []byte("\x01end")))
	eventually(t, "a subscription", func() bool { return x.Subscribers() == 1 })
	synced := func(parts ...[]byte) {
		t.Helper()
		c.put(parts...)
		c.sync()
	}
	if heard("ab") {
		t.Error("heard without subscription")
	}
	synced(frameBytes(0, []byte("\x01a")), frameBytes(0, []byte("\x01a")), commandBytes("SUBSCRIBE", []byte("bc")))
	for topic, want := range map[string]bool{"a": true, "ab": true, "b": false, "bc": true, "bcd": true, "": false} {
		if heard(topic) != want {
			t.Errorf("topic %q: heard %v", topic, !want)
		}
	}
	synced(frameBytes(0, []byte("\x00a")), commandBytes("CANCEL", []byte("bc")))
	if !heard("ab") || heard("bcd") {
		t.Error("a prefix subscribed twice goes after two, one after one")
	}
	synced(frameBytes(0, []byte("\x00a")))
	if heard("ab") {
		t.Error("heard after the last unsubscribe")
	}
}

func TestRep(t *testing.T) {
	transports(t, func(t *testing.T, endpoint string) {
		ctx := testContext(t)
		r := newRep(t, endpoint, Config{})
		c := dial(t, zmq4.NewReq(ctx, quiet), r.Addr())
		for i := range 10 {
			want := strings.Repeat("x", i)
			if err := c.Send(zmq4.NewMsgString(want)); err != nil {
				t.Fatal(err)
			}
			if msg, err := c.Recv(); err != nil || string(msg.Bytes()) != want {
				t.Fatalf("%q %v", msg, err)
			}
		}
		r.serves(t)
	})
}

func TestEndpoints(t *testing.T) {
	noLeaks(t)
	for _, tt := range []struct{ endpoint, want string }{
		{"", "want tcp://"},
		{"tcp://", "want tcp://"},
		{"127.0.0.1:1", "want tcp://"},
		{"udp://127.0.0.1:1", "none of tcp and ipc"},
		{"tcp://127.0.0.1", "missing port"},
		{"tcp://127.0.0.1:70000", "invalid port"},
		{"ipc:///no/such/folder/socket", "no such file"},
		{"ipc:///" + strings.Repeat("x", 200), "invalid"},
	} {
		_, err := ListenRouter(tt.endpoint, Config{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", tt.endpoint, err)
		}
	}
	for _, endpoint := range []string{"tcp://*:0", "tcp://[::1]:0", "tcp://localhost:0"} {
		r, err := ListenRep(endpoint, Config{})
		if err != nil {
			t.Errorf("%s: %v", endpoint, err)
			continue
		}
		if strings.HasSuffix(r.Addr(), ":0") {
			t.Errorf("address %s", r.Addr())
		}
		r.Close(context.Background())
	}
}

func TestInUse(t *testing.T) {
	transports(t, func(t *testing.T, endpoint string) {
		r := newRouter(t, endpoint, Config{})
		if _, err := ListenXPub(r.Addr(), Config{}); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), r.Addr()) {
			t.Errorf("second listener: %v", err)
		}
		r.serves(t)
	})
}

func TestStaleFile(t *testing.T) {
	noLeaks(t)
	endpoint := ipcPath(t)
	path := strings.TrimPrefix(endpoint, "ipc://")
	leaveSocketFile(t, path)
	r := newRouter(t, endpoint, Config{})
	r.serves(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	r.Close(context.Background())
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("after Close: %v", err)
	}
	// A file that is no socket is somebody's.
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenRouter(endpoint, Config{}); !errors.Is(err, ErrInUse) {
		t.Errorf("over a file: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "mine" {
		t.Error("the file is gone")
	}
}
