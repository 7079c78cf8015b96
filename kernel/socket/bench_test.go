package socket

import (
	"bufio"
	"io"
	"testing"
)

// BenchmarkRouterRoundTrip is a request and its answer over tcp, without
// anything in between.
func BenchmarkRouterRoundTrip(b *testing.B) {
	ctx := b.Context()
	r := newRouter(b, "tcp://127.0.0.1:0", Config{})
	go func() {
		for {
			frames, err := r.Recv(ctx)
			if err != nil {
				return
			}
			r.Send(frames)
		}
	}()
	c := rawDial(b, r.Addr()).join("DEALER", "me")
	request := frameBytes(0, make([]byte, 200))
	answer := make([]byte, len(request))
	for b.Loop() {
		c.put(request)
		if _, err := io.ReadFull(c, answer); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkXPubSmall publishes messages of the shape and size of a printed
// line to one subscriber that reads them.
func BenchmarkXPubSmall(b *testing.B) {
	ctx := b.Context()
	x := newXPub(b, "tcp://127.0.0.1:0", Config{})
	c := rawDial(b, x.Addr()).join("SUB", "")
	c.put(frameBytes(0, []byte{1}))
	c.sync()
	message := [][]byte{[]byte("stream.stdout"), []byte("<IDS|MSG>"), make([]byte, 64), make([]byte, 200), make([]byte, 200), []byte("{}"), make([]byte, 40)}
	size := 0
	for _, f := range message {
		size += 2 + len(f)
	}
	read := make(chan error, 1)
	go func() {
		in := bufio.NewReaderSize(c, 64<<10)
		for {
			if _, err := in.Discard(size); err != nil {
				read <- err
				return
			}
		}
	}()
	b.SetBytes(int64(size))
	for b.Loop() {
		if err := x.Send(ctx, message); err != nil {
			b.Fatal(err)
		}
	}
	if err := x.Close(ctx); err != nil {
		b.Error(err)
	}
	<-read
}
