package socket

import (
	"bytes"
	"fmt"
	"testing"
)

func TestManyTopics(t *testing.T) {
	noLeaks(t)
	ctx := testContext(t)
	x := newXPub(t, "tcp://127.0.0.1:0", Config{MaxTopics: 10_000, Welcome: func(topic []byte) [][]byte { return [][]byte{topic} }})
	c := rawDial(t, x.Addr()).join("SUB", "")
	go func() {
		for i := range 10_000 {
			c.Write(frameBytes(0, fmt.Appendf(nil, "\x01%d", i)))
		}
	}()
	for i := range 10_000 {
		if _, body := c.frame(); string(body) != fmt.Sprint(i) {
			t.Fatalf("welcome %d is %q", i, body)
		}
	}
	for _, topic := range []string{"none", "123456"} {
		if err := x.Send(ctx, [][]byte{[]byte(topic)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, body := c.frame(); string(body) != "123456" {
		t.Errorf("got %q", body)
	}
	x.serves(t)
	c.put(frameBytes(0, []byte("\x01one more")))
	c.ends()
	long := rawDial(t, x.Addr()).join("SUB", "")
	long.Write(frameBytes(0, append([]byte{1}, make([]byte, maxTopic+1)...)))
	long.ends()
}

func TestComeAndGo(t *testing.T) {
	noLeaks(t)
	for _, s := range newServers(t, Config{}) {
		for round := range 3 {
			var clients []*raw
			for i := range 100 {
				c := rawDial(t, s.addr)
				if (i+round)%2 == 0 {
					c.join(s.peer, fmt.Sprint("c", i))
				}
				clients = append(clients, c)
			}
			for _, c := range clients {
				c.Close()
			}
		}
		s.serves(t)
		eventually(t, "the end of all", func() bool { return s.count() == 0 })
	}
}

func TestTooManyConnections(t *testing.T) {
	noLeaks(t)
	r := newRouter(t, "tcp://127.0.0.1:0", Config{MaxConns: 5})
	var silent []*raw
	for range 12 {
		silent = append(silent, rawDial(t, r.Addr()))
	}
	// The silent ones give way, the oldest first.
	for _, c := range silent[:7] {
		c.ends()
	}
	r.serves(t)
	for _, c := range silent {
		c.Close()
	}
	eventually(t, "their end", func() bool { return r.count() == 0 })
	for i := range 5 {
		rawDial(t, r.Addr()).join("DEALER", fmt.Sprint(i))
		eventually(t, "a peer", func() bool { return r.Has(fmt.Append(nil, i)) })
	}
	sixth := rawDial(t, r.Addr())
	sixth.ends()
}

// TestInputBudget has peers that each keep a large message back: together they
// may hold so much and no more, and small requests still pass.
func TestInputBudget(t *testing.T) {
	noLeaks(t)
	r := newRouter(t, "tcp://127.0.0.1:0", Config{MaxInput: 8 << 20})
	half := append(longHeader(0, 4<<20), bytes.Repeat([]byte("x"), 3<<20)...)
	var peers []*raw
	for i := range 3 {
		c := rawDial(t, r.Addr()).join("DEALER", fmt.Sprint(i))
		c.Write(half)
		peers = append(peers, c)
		if i < 2 {
			eventually(t, "a large allocation", func() bool { return r.budget.used.Load() > int64(i+1)*3<<20 })
		}
	}
	peers[2].ends()
	r.serves(t)
	peers[0].put(make([]byte, 1<<20))
	frames, err := r.Recv(testContext(t))
	if err != nil || len(frames) != 2 || len(frames[1]) != 4<<20 {
		t.Errorf("%d frames, %v", len(frames), err)
	}
	peers[1].Close()
	eventually(t, "all given back", func() bool { return r.budget.used.Load() == 0 })
}
