package worker

import (
	"bytes"
	"errors"
	"io"
	"math/rand"
	"sync"
	"sync/atomic"
	"testing"
)

// newRing returns both ends of a ring in ordinary memory; closing the writer
// ends the reader.
func newRing(t *testing.T) (*ringWriter, *ringReader, io.Closer) {
	t.Helper()
	s, err := newShared(make([]byte, sharedSize(1)), 1)
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	return &ringWriter{s, w}, &ringReader{s: s, bell: r}, w
}

func TestRingCarriesEveryByteInOrder(t *testing.T) {
	w, r, c := newRing(t)
	const total = 8 << 20
	rnd := rand.New(rand.NewSource(1))
	want := make([]byte, total)
	rnd.Read(want)
	var wg sync.WaitGroup
	wg.Go(func() {
		for p := want; len(p) > 0; {
			n := min(len(p), 1+rnd.Intn(3*ringSize/2)>>rnd.Intn(16))
			if _, err := w.Write(p[:n]); err != nil {
				t.Error(err)
				return
			}
			p = p[n:]
		}
		c.Close()
	})
	got, err := io.ReadAll(r)
	wg.Wait()
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d of %d bytes, equal %t, %v", len(got), total, bytes.Equal(got, want), err)
	}
}

// TestRingOutlivesItsWriter reads what was written before the bell was gone.
func TestRingOutlivesItsWriter(t *testing.T) {
	w, r, c := newRing(t)
	if _, err := w.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	c.Close()
	got, err := io.ReadAll(r)
	if string(got) != "last words" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestRingRefusesNonsense(t *testing.T) {
	_, r, _ := newRing(t)
	for _, tail := range []uint64{ringSize + 1, 1 << 40, ^uint64(0)} {
		atomic.StoreUint64(r.s.tail(), tail)
		if _, err := r.Read(make([]byte, 10)); !errors.Is(err, errRing) {
			t.Errorf("tail %#x: %v", tail, err)
		}
	}
}

func TestSharedMemoryOfTheWrongSize(t *testing.T) {
	for _, n := range []int{0, offSlots, sharedSize(2) - 1, sharedSize(2) + 1} {
		if _, err := newShared(make([]byte, n), 2); err == nil {
			t.Errorf("%d bytes accepted", n)
		}
	}
}

func TestSlotsDoNotOverlap(t *testing.T) {
	s, err := newShared(make([]byte, sharedSize(3)), 3)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		*s.word(i), *s.taken(i) = uint32(i+1), uint64(i+10)
	}
	*s.tail(), *s.head(), *s.waiting() = 91, 92, 93
	clear(s.data)
	for i := range 3 {
		if *s.word(i) != uint32(i+1) || *s.taken(i) != uint64(i+10) {
			t.Errorf("slot %d: %d %d", i, *s.word(i), *s.taken(i))
		}
	}
	if *s.tail() != 91 || *s.head() != 92 || *s.waiting() != 93 {
		t.Error("indices overlap")
	}
}
