package worker

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"runnext/kernel/engine"
)

func TestFramesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 8).Draw(t, "frames")
		var stream []byte
		var want []frame
		for range n {
			f := frame{
				kind:    kind(rapid.Byte().Draw(t, "kind")),
				job:     rapid.Uint64().Draw(t, "job"),
				payload: bytes.Repeat([]byte{rapid.Byte().Draw(t, "b")}, rapid.SampledFrom([]int{0, 1, 100, firstAlloc, 3*firstAlloc + 1}).Draw(t, "size")),
			}
			want = append(want, f)
			stream = appendFrame(stream, f)
		}
		r := newFrameReader(iotest.HalfReader(bytes.NewReader(stream)))
		for i, w := range want {
			f, err := r.next()
			if err != nil || f.kind != w.kind || f.job != w.job || !bytes.Equal(f.payload, w.payload) {
				t.Fatalf("frame %d: kind %d job %d %d bytes, %v", i, f.kind, f.job, len(f.payload), err)
			}
		}
		if _, err := r.next(); err != io.EOF {
			t.Fatalf("at the end: %v", err)
		}
	})
}

func TestBrokenFrames(t *testing.T) {
	whole := appendFrame(nil, frame{kindStdout, 1, []byte("hello")})
	tests := []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, io.EOF},
		{"half a header", whole[:7], io.ErrUnexpectedEOF},
		{"header alone", whole[:headerSize], io.ErrUnexpectedEOF},
		{"half a payload", whole[:headerSize+2], io.ErrUnexpectedEOF},
		{"too long", appendHeader(nil, kindStdout, 1, maxPayload+1), errFrame},
		{"length of all ones", bytes.Repeat([]byte{0xff}, headerSize), errFrame},
		{"reserved bytes", append([]byte{0, 0, 0, 0, 1, 0, 1, 0}, whole[8:]...), errFrame},
	}
	for _, tt := range tests {
		if _, err := newFrameReader(bytes.NewReader(tt.in)).next(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestAnnouncedLengthIsNotAllocated announces the most and sends little.
func TestAnnouncedLengthIsNotAllocated(t *testing.T) {
	in := append(appendHeader(nil, kindDisplay, 1, maxPayload), make([]byte, 1000)...)
	r := newFrameReader(bytes.NewReader(in))
	if _, err := r.next(); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
	if cap(r.buf) > 2*firstAlloc {
		t.Errorf("%d bytes allocated for 1000", cap(r.buf))
	}
}

func TestJobRoundTrip(t *testing.T) {
	for _, j := range []engine.Job{
		{ID: 1, Cell: 3, Program: []byte("p"), AllowInput: true},
		{ID: 1 << 63, Cell: 0, Program: []byte{}, Silent: true},
	} {
		got, slot, err := decodeJob(frame{kindJob, j.ID, encodeJob(j, 5)}, 6)
		if err != nil || slot != 5 {
			t.Fatalf("slot %d, %v", slot, err)
		}
		if d := cmp.Diff(j, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if _, _, err := decodeJob(frame{kindJob, j.ID, encodeJob(j, 6)}, 6); !errors.Is(err, errFrame) {
			t.Errorf("slot out of range: %v", err)
		}
	}
}

// FuzzCommands is what a worker reads, FuzzEvents what a kernel reads.
func FuzzCommands(f *testing.F) {
	f.Add(appendFrame(nil, frame{kindJob, 1, encodeJob(engine.Job{Program: []byte("x")}, 0)}))
	f.Add(appendFrame(nil, frame{kindAnswer, 1, []byte(`{"ID":1,"Text":"x"}`)}))
	f.Add(appendFrame(nil, frame{kindHello, 0, []byte(`{"Version":1,"PID":1}`)}))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := newFrameReader(bytes.NewReader(b))
		for {
			fr, err := r.next()
			if err != nil {
				return
			}
			if j, slot, err := decodeJob(fr, 4); err == nil && (slot > 3 || len(j.Program) > len(b)) {
				t.Errorf("job %+v in slot %d", j, slot)
			}
			var a answer
			if unmarshal(fr, &a) == nil {
				a.err()
			}
		}
	})
}

func FuzzEvents(f *testing.F) {
	for k := kindReady; k <= kindReleased; k++ {
		f.Add(appendFrame(nil, frame{k, 1, []byte(`{"Data":{"text/plain":"x"},"Version":1}`)}))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p := &process{jobs: map[uint64]*job{}, ready: make(chan struct{}), slotted: make(chan struct{})}
		j := &job{p: p, id: 1, ended: make(chan struct{}), running: true, muted: true, stop: func() {}}
		p.jobs[1], p.running = j, 1
		r := newFrameReader(bytes.NewReader(b))
		for {
			fr, err := r.next()
			if err != nil {
				return
			}
			if p.handle(fr) != nil {
				return
			}
			if p.running < 0 || len(p.free) > 1 {
				t.Fatalf("%d running, %d slots of 1", p.running, len(p.free))
			}
		}
	})
}
