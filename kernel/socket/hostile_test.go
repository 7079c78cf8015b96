package socket

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"testing"
)

// served is a socket and what shows that it still serves others.
type served struct {
	name, addr, peer string
	serves           func(testing.TB)
	count            func() int
}

// newServers gives one socket of each kind.
func newServers(t *testing.T, c Config) []served {
	r, x, h := newRouter(t, "tcp://127.0.0.1:0", c), newXPub(t, "tcp://127.0.0.1:0", c), newRep(t, "tcp://127.0.0.1:0", c)
	return []served{
		{"router", r.Addr(), "DEALER", r.serves, r.count},
		{"xpub", x.Addr(), "SUB", x.serves, x.count},
		{"rep", h.Addr(), "REQ", h.serves, h.count},
	}
}

func properties(pairs ...string) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		b = appendProperty(b, pairs[i], []byte(pairs[i+1]))
	}
	return b
}

// TestHostileHandshake sends what no client sends before or as READY. The
// connection ends, and another client is served.
func TestHostileHandshake(t *testing.T) {
	null := greetingBytes("NULL")
	changed := func(at int, b byte) []byte {
		g := bytes.Clone(null)
		g[at] = b
		return g
	}
	after := func(parts ...[]byte) []byte { return append(bytes.Clone(null), bytes.Join(parts, nil)...) }
	many := []string{"Socket-Type", "PAIR"}
	for i := range 200 {
		many = append(many, fmt.Sprint("X", i), "y")
	}
	cases := map[string][]byte{
		"http":                  []byte("POST /api HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" + string(make([]byte, 64))),
		"garbage":               bytes.Repeat([]byte{0xA5}, 500),
		"signature":             changed(9, 0),
		"version 1":             changed(10, 1),
		"version 2":             changed(10, 2),
		"PLAIN":                 greetingBytes("PLAIN"),
		"CURVE":                 greetingBytes("CURVE"),
		"no mechanism":          greetingBytes(""),
		"mechanism without end": greetingBytes("NULLNULLNULLNULLNULL"),
		"as-server flag":        changed(32, 7),
		"message first":         after(frameBytes(0, []byte("hello"))),
		"reserved flags":        after([]byte{0x80, 0}),
		"command with more":     after(frameBytes(flagCommand|flagMore, []byte("\x05READY"))),
		"empty command":         after(frameBytes(flagCommand, nil)),
		"name beyond end":       after(frameBytes(flagCommand, []byte("\xffREADY"))),
		"another command":       after(commandBytes("HELLO", nil)),
		"ERROR":                 after(commandBytes("ERROR", []byte("\x03bad"))),
		"empty READY":           after(commandBytes("READY", nil)),
		"key only":              after(commandBytes("READY", []byte("\x05ABCDE"))),
		"key cut":               after(commandBytes("READY", []byte("\xffABCDE"))),
		"no key":                after(commandBytes("READY", []byte("\x00\x00\x00\x00\x00"))),
		"value cut":             after(commandBytes("READY", []byte("\x01A\x00\x00\x00\x05abc"))),
		"value 2^32-1":          after(commandBytes("READY", []byte("\x01A\xff\xff\xff\xffabc"))),
		"no Socket-Type":        after(commandBytes("READY", properties("Identity", "x"))),
		"empty Socket-Type":     after(commandBytes("READY", properties("Socket-Type", ""))),
		"type of another port":  after(commandBytes("READY", properties("Socket-Type", "PUSH"))),
		"unknown type":          after(commandBytes("READY", properties("Socket-Type", "DEALERS"))),
		"many properties":       after(commandBytes("READY", properties(many...))),
		"READY too large":       after(commandBytes("READY", make([]byte, 5000))),
		"identity of zero byte": after(commandBytes("READY", properties("Socket-Type", "DEALER", "Identity", "\x00a"))),
		"identity of 256":       after(commandBytes("READY", properties("Socket-Type", "DEALER", "Identity", string(make([]byte, 256))))),
	}
	for _, n := range []uint64{1 << 30, 1 << 31, 1 << 32, 1 << 40, 1 << 46, 1 << 60, 1 << 62, 1 << 63, math.MaxUint64} {
		cases[fmt.Sprintf("command of %d", n)] = after(longHeader(flagCommand, n))
		cases[fmt.Sprintf("frame of %d", n)] = after(longHeader(0, n))
	}
	noLeaks(t)
	for _, s := range newServers(t, Config{}) {
		for name, sent := range cases {
			t.Run(s.name+"/"+name, func(t *testing.T) {
				c := rawDial(t, s.addr)
				c.Write(sent)
				c.ends()
			})
		}
		s.serves(t)
	}
}

// TestHostileFrames sends what no client sends after READY.
func TestHostileFrames(t *testing.T) {
	cases := map[string][]byte{
		"reserved flags":    {0x08, 0},
		"command with more": frameBytes(flagCommand|flagMore, []byte("\x04PING\x00\x00")),
		"short PING":        commandBytes("PING", []byte("x")),
		"empty command":     frameBytes(flagCommand, nil),
		"large command":     frameBytes(flagCommand, make([]byte, 5000)),
		"frame over limit":  longHeader(0, 1<<20+1),
		"endless MORE":      bytes.Repeat(frameBytes(flagMore, []byte("x")), 1025),
		"large message":     bytes.Repeat(frameBytes(flagMore, make([]byte, 1<<20)), 3),
	}
	for _, n := range []uint64{1 << 31, 1 << 32, 1 << 40, 1 << 46, 1 << 60, 1 << 62, 1 << 63, math.MaxUint64} {
		cases[fmt.Sprintf("frame of %d", n)] = longHeader(0, n)
		cases[fmt.Sprintf("command of %d", n)] = longHeader(flagCommand, n)
		cases[fmt.Sprintf("second frame of %d", n)] = append(frameBytes(flagMore, []byte("x")), longHeader(0, n)...)
	}
	noLeaks(t)
	for _, s := range newServers(t, Config{MaxFrame: 1 << 20, MaxMessage: 2 << 20}) {
		for name, sent := range cases {
			t.Run(s.name+"/"+name, func(t *testing.T) {
				c := rawDial(t, s.addr).join(s.peer, "")
				c.Write(sent)
				c.ends()
			})
		}
		s.serves(t)
	}
}

// TestWithinLimits sends the largest of everything that is allowed.
func TestWithinLimits(t *testing.T) {
	noLeaks(t)
	ctx := testContext(t)
	r := newRouter(t, "tcp://127.0.0.1:0", Config{MaxFrame: 3 << 20, MaxMessage: 4 << 20})
	c := rawDial(t, r.Addr()).join("DEALER", string(bytes.Repeat([]byte("i"), 255)))
	for name, sizes := range map[string][]int{
		"empty":         {0},
		"255":           {255},
		"256":           {256},
		"frame limit":   {3 << 20},
		"message limit": {3 << 20, 1 << 20},
		"frames limit":  make([]int, 1024),
		"above eagerly": {1<<20 + 1, 0, 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			go func() {
				for i, n := range sizes {
					flags := byte(flagMore)
					if i == len(sizes)-1 {
						flags = 0
					}
					c.Write(frameBytes(flags, bytes.Repeat([]byte{byte(i)}, n)))
				}
			}()
			frames, err := r.Recv(ctx)
			if err != nil || len(frames) != len(sizes)+1 || len(frames[0]) != 255 {
				t.Fatalf("%d frames, %v", len(frames), err)
			}
			for i, n := range sizes {
				if !bytes.Equal(frames[i+1], bytes.Repeat([]byte{byte(i)}, n)) {
					t.Errorf("frame %d of %d bytes", i, len(frames[i+1]))
				}
			}
		})
	}
}

// TestSilent connects to each port and says nothing, half a greeting, or half
// a READY, until its time is up.
func TestSilent(t *testing.T) {
	noLeaks(t)
	clock := newHandClock()
	var silent []*raw
	servers := newServers(t, Config{Clock: clock})
	for _, s := range servers {
		for _, sent := range [][]byte{nil, greetingBytes("NULL")[:20], greetingBytes("NULL"), append(greetingBytes("NULL"), readyBytes(s.peer, "")[:15]...)} {
			c := rawDial(t, s.addr)
			c.Write(sent)
			silent = append(silent, c)
		}
		s.serves(t)
	}
	for _, s := range servers {
		eventually(t, "the end of the silent", func() bool {
			clock.advance(Config{}.withDefaults().Handshake)
			return s.count() == 0
		})
	}
	for _, c := range silent {
		c.ends()
	}
	for _, s := range servers {
		s.serves(t)
	}
}

func TestByteByByte(t *testing.T) {
	noLeaks(t)
	ctx := testContext(t)
	r := newRouter(t, "tcp://127.0.0.1:0", Config{})
	c := rawDial(t, r.Addr())
	for _, b := range bytes.Join([][]byte{greetingBytes("NULL"), readyBytes("DEALER", "slow"),
		frameBytes(flagMore, []byte("a")), frameBytes(flagLong, []byte("b")), frameBytes(0, nil)}, nil) {
		c.put([]byte{b})
	}
	for _, want := range []string{`["slow" "a" "b"]`, `["slow" ""]`} {
		if frames, err := r.Recv(ctx); err != nil || fmt.Sprintf("%q", frames) != want {
			t.Errorf("%q %v, want %s", frames, err, want)
		}
	}
}

// TestHalfFrames leaves in the middle of a frame, by FIN and by RST.
func TestHalfFrames(t *testing.T) {
	noLeaks(t)
	for _, s := range newServers(t, Config{}) {
		for i := range 50 {
			c := rawDial(t, s.addr).join(s.peer, "")
			c.put(append([]byte{flagMore, 3}, "abc"...), []byte{0, 200, 'x'})
			if i%2 == 0 {
				c.Conn.(*net.TCPConn).SetLinger(0)
			}
			c.Close()
		}
		s.serves(t)
	}
}

func TestPing(t *testing.T) {
	noLeaks(t)
	for _, s := range newServers(t, Config{}) {
		c := rawDial(t, s.addr).join(s.peer, "")
		for _, context := range []string{"", "x", "0123456789abcdef"} {
			c.put(commandBytes("PING", []byte("\x00\x10"+context)))
			if flags, body := c.frame(); flags != flagCommand || string(body) != "\x04PONG"+context {
				t.Errorf("%s: %d %q", s.name, flags, body)
			}
		}
		// What is not known is passed over.
		c.put(commandBytes("PONG", nil), commandBytes("NEWS", []byte("x")), commandBytes("PING", []byte("\x00\x00")))
		if _, body := c.frame(); string(body) != "\x04PONG" {
			t.Errorf("%s: %q", s.name, body)
		}
		s.serves(t)
	}
}

func TestSameIdentityTwice(t *testing.T) {
	noLeaks(t)
	r := newRouter(t, "tcp://127.0.0.1:0", Config{})
	old := rawDial(t, r.Addr()).join("DEALER", "me")
	eventually(t, "the first", func() bool { return r.Has([]byte("me")) })
	young := rawDial(t, r.Addr()).join("DEALER", "me")
	old.ends()
	eventually(t, "the end of the first", func() bool { return r.count() == 1 })
	if err := r.Send([][]byte{[]byte("me"), []byte("hello")}); err != nil {
		t.Fatal(err)
	}
	if _, body := young.frame(); string(body) != "hello" {
		t.Errorf("got %q", body)
	}
	r.serves(t)
}

func TestGarbage(t *testing.T) {
	noLeaks(t)
	for _, s := range newServers(t, Config{}) {
		state := uint64(1)
		for i := range 100 {
			b := make([]byte, 64+i)
			for j := 0; j+8 <= len(b); j += 8 {
				state = state*6364136223846793005 + 1442695040888963407
				binary.BigEndian.PutUint64(b[j:], state)
			}
			c := rawDial(t, s.addr)
			if i%2 == 0 {
				c.Write(greetingBytes("NULL"))
			}
			c.Write(b)
			c.Conn.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, c)
			c.Close()
		}
		s.serves(t)
	}
}
