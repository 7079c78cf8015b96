package stream

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// message is what a test's Publish has seen.
type message struct {
	Name, Text string
	at         time.Time
}

// sink collects messages by key.
type sink struct {
	clock *manual
	mu    sync.Mutex
	got   map[any][]message
}

func (s *sink) publish(key any, name, text string) error {
	at := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got[key] = append(s.got[key], message{name, text, at})
	return nil
}

func (s *sink) of(key any) []message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got[key]
}

func newSink() *sink { return &sink{clock: newManual(), got: make(map[any][]message)} }

func (s *sink) batcher(maxBytes int) *Batcher {
	return New(Config{Clock: s.clock, Publish: s.publish, MaxBytes: maxBytes})
}

var ignoreTime = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".at" }, cmp.Ignore())

func TestFirstWriteGoesOutAtOnceThenBatches(t *testing.T) {
	s := newSink()
	b := s.batcher(0)
	b.Write(1, "stdout", []byte("a"))
	b.Write(1, "stdout", []byte("b"))
	b.Write(1, "stdout", []byte("c"))
	want := []message{{Name: "stdout", Text: "a"}}
	if d := cmp.Diff(want, s.of(1), ignoreTime); d != "" {
		t.Errorf("before the interval (-want +got):\n%s", d)
	}
	s.clock.advance(DefaultInterval)
	want = append(want, message{Name: "stdout", Text: "bc"})
	if d := cmp.Diff(want, s.of(1), ignoreTime); d != "" {
		t.Errorf("after the interval (-want +got):\n%s", d)
	}
	s.clock.advance(2 * DefaultInterval)
	b.Write(1, "stdout", []byte("d"))
	want = append(want, message{Name: "stdout", Text: "d"})
	if d := cmp.Diff(want, s.of(1), ignoreTime); d != "" {
		t.Errorf("after a quiet time (-want +got):\n%s", d)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

func TestFlushKeepsTheCutRuneAndEndReplacesIt(t *testing.T) {
	s := newSink()
	b := s.batcher(0)
	b.Write(1, "stdout", []byte("x\xed\x95")) // two of the three bytes of 한
	b.Flush(1)
	b.Write(1, "stderr", []byte("!"))
	b.Write(1, "stdout", []byte("\x9c\xff\xe2\x82"))
	b.End(1)
	want := []message{
		{Name: "stdout", Text: "x"}, {Name: "stderr", Text: "!"},
		{Name: "stdout", Text: "한\ufffd"}, {Name: "stdout", Text: "\ufffd\ufffd"},
	}
	if d := cmp.Diff(want, s.of(1), ignoreTime); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if n := len(b.all()); n != 0 {
		t.Errorf("%d keys left after End", n)
	}
	b.Close()
}

func TestWriteAfterCloseIsPublished(t *testing.T) {
	s := newSink()
	b := s.batcher(0)
	b.Close()
	b.Write(1, "stdout", []byte("late"))
	b.Write(1, "stdout", []byte("r"))
	want := []message{{Name: "stdout", Text: "late"}, {Name: "stdout", Text: "r"}}
	if d := cmp.Diff(want, s.of(1), ignoreTime); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	b.Close()
}

func TestCloseReturnsThePublishersFirstError(t *testing.T) {
	n := 0
	b := New(Config{Clock: newManual(), Publish: func(any, string, string) error {
		n++
		return fmt.Errorf("publish %d: %w", n, errors.ErrUnsupported)
	}})
	b.Write(1, "stdout", []byte("a"))
	b.Write(1, "stdout", []byte("b"))
	if err := b.Close(); err == nil || err.Error() != "publish 1: unsupported operation" {
		t.Errorf("Close: %v", err)
	}
}

func TestWriteBlocksWhilePublishBlocks(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	var got strings.Builder
	b := New(Config{Clock: newManual(), MaxBytes: 8, Publish: func(_ any, _, text string) error {
		entered <- struct{}{}
		<-release
		got.WriteString(text)
		return nil
	}})
	var wg sync.WaitGroup
	wg.Go(func() { b.Write(1, "stdout", []byte("first")) })
	<-entered
	b.Write(1, "stdout", []byte("12345678")) // fits: one message may wait
	returned := make(chan struct{})
	wg.Go(func() {
		b.Write(1, "stdout", []byte("9"))
		close(returned)
	})
	for b.writers(1) < 2 {
		select {
		case <-returned:
			t.Fatal("Write returned with a full message waiting")
		default:
		}
	}
	close(release)
	var drain sync.WaitGroup
	drain.Go(func() {
		for range entered {
		}
	})
	wg.Wait()
	b.Close()
	close(entered)
	drain.Wait()
	if got.String() != "first123456789" {
		t.Errorf("published %q", got.String())
	}
}

// writers counts the goroutines inside Write for key.
func (b *Batcher) writers(key any) int {
	b.mu.RLock()
	q := b.queues[key]
	b.mu.RUnlock()
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.writers
}

// TestBatcherProperties writes any bytes in any pieces on two streams, at any
// times, and holds what comes out against what went in.
func TestBatcherProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSink()
		maxBytes := rapid.IntRange(4, 40).Draw(t, "max")
		b := s.batcher(maxBytes)
		wrote := map[string][]byte{}
		// The streams write from disjoint alphabets, so that the order between
		// them can be read off what is published.
		order := []byte{}
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 0, 60).Draw(t, "steps")
		flushed := 0
		for _, st := range steps {
			switch st.what {
			case "flush":
				b.Flush(1)
				flushed++
			case "advance":
				s.clock.advance(st.d)
			default:
				b.Write(1, st.what, st.text)
				wrote[st.what] = append(wrote[st.what], st.text...)
				order = append(order, st.text...)
			}
		}
		b.Close()
		var all, streams = []byte{}, map[string]string{}
		for _, m := range s.of(1) {
			if !utf8.ValidString(m.Text) || m.Text == "" || len(m.Text) > maxBytes {
				t.Fatalf("message %q of %d bytes", m.Text, len(m.Text))
			}
			streams[m.Name] += m.Text
			all = append(all, m.Text...)
		}
		for name, w := range wrote {
			if streams[name] != string([]rune(string(w))) {
				t.Fatalf("%s: wrote %q, published %q", name, w, streams[name])
			}
		}
		if isASCII(order) && string(all) != string(order) {
			t.Fatalf("order: wrote %q, published %q", order, all)
		}
		if flushed == 0 && len(wrote) == 1 && isASCII(order) {
			checkRate(t, s.of(1), maxBytes)
		}
	})
}

type step struct {
	what string
	text []byte
	d    time.Duration
}

func drawStep(t *rapid.T) step {
	st := step{what: rapid.SampledFrom([]string{"stdout", "stdout", "stderr", "advance", "flush"}).Draw(t, "what")}
	switch st.what {
	case "advance":
		st.d = time.Duration(rapid.IntRange(0, 120).Draw(t, "ms")) * time.Millisecond
	case "flush":
	default:
		if rapid.Bool().Draw(t, "ascii") {
			st.text = []byte(rapid.StringMatching(`[a-z]{1,30}`).Draw(t, "text"))
		} else {
			st.text = []byte(rapid.SampledFrom([]string{"한글", "\xed", "\x95", "\x9c", "\xff\xfe", "😀", "\xf0\x9f", "\x98\x80", "é"}).Draw(t, "text"))
		}
	}
	return st
}

func isASCII(p []byte) bool {
	for _, c := range p {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// checkRate wants two messages of one stream closer than the interval only
// where they would not fit in one; the last one is Close's.
func checkRate(t *rapid.T, got []message, maxBytes int) {
	for i := 1; i+1 < len(got); i++ {
		a, b := got[i-1], got[i]
		if b.at.Sub(a.at) < DefaultInterval && len(a.Text)+len(b.Text) <= maxBytes {
			t.Fatalf("%q and %q are %v apart", a.Text, b.Text, b.at.Sub(a.at))
		}
	}
}

func TestManyWritersOfManyKeys(t *testing.T) {
	s := newSink()
	b := s.batcher(256)
	const writers, lines, cells = 50, 400, 5
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range lines {
				b.Write(w%cells, "stdout", fmt.Appendf(nil, "%d:%d\n", w, i))
				if i%100 == 0 {
					b.Flush(w % cells)
				}
				if i == lines/2 {
					b.End(w % cells)
				}
			}
		})
	}
	wg.Wait()
	b.Close()
	next := make([]int, writers)
	for cell := range cells {
		var text strings.Builder
		for _, m := range s.of(cell) {
			text.WriteString(m.Text)
		}
		for line := range strings.Lines(text.String()) {
			var w, i int
			if _, err := fmt.Sscanf(line, "%d:%d\n", &w, &i); err != nil || w%cells != cell || i != next[w] {
				t.Fatalf("cell %d: line %q, writer's next is %d (%v)", cell, line, next[w], err)
			}
			next[w]++
		}
	}
	for w, n := range next {
		if n != lines {
			t.Errorf("writer %d: %d of %d lines", w, n, lines)
		}
	}
}

func BenchmarkWriteSmall(b *testing.B) {
	bt := New(Config{Publish: func(any, string, string) error { return nil }})
	line := []byte("a line of 20 bytes.\n")
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		bt.Write(1, "stdout", line)
	}
	bt.Close()
}

func BenchmarkWriteSmallLimiterOff50Writers(b *testing.B) {
	bt := New(Config{Publish: func(any, string, string) error { return nil }})
	line := []byte("a line of 20 bytes.\n")
	b.SetParallelism(25)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			bt.Write(1, "stdout", line)
		}
	})
	bt.Close()
}
