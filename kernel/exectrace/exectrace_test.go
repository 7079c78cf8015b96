package exectrace

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"runtime"
	"runtime/trace"
	"strings"
	"testing"
	"time"

	xtrace "golang.org/x/exp/trace"
)

// record traces f.
func record(t testing.TB, f func()) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := trace.Start(&b); err != nil {
		t.Skipf("somebody else traces this process: %v", err)
	}
	f()
	trace.Stop()
	return b.Bytes()
}

func read(t testing.TB, data []byte) *Trace {
	t.Helper()
	tr, err := Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestRead(t *testing.T) {
	data := record(t, func() { workload(3) })
	tr := read(t, data)
	mine := tr.Mine()
	workers := 0
	for _, g := range mine {
		if g.Origin.String() == "[cell 7]:105" {
			workers++
			if g.Total(Waiting) < 4*time.Millisecond {
				t.Errorf("%s slept 5 ms and waited %v", name(g), g.Total(Waiting))
			}
		}
		last := time.Duration(-1)
		for _, s := range g.Spans {
			if s.From < last || s.To < s.From || s.State == 0 {
				t.Fatalf("%s: span %+v after %v", name(g), s, last)
			}
			if (s.State == Running) != (s.Proc >= 0) && s.State != Syscall {
				t.Errorf("%s %v on P %d", name(g), s.State, s.Proc)
			}
			last = s.To
		}
	}
	if workers != 3 {
		t.Fatalf("%d of 3 goroutines were seen to start at their line; all: %+v", workers, mine)
	}
	woken, received := false, false
	for _, w := range tr.Waits(100) {
		if next, ok := w.G.At(w.To); ok && next.Waker > 0 {
			woken = true
		}
		received = received || w.Place.String() == "[cell 7]:112" && w.Reason == "chan receive"
	}
	if !woken || !received {
		t.Errorf("woken %v, received at its line %v: %s", woken, received, tr.LongestWaits())
	}
	if tr.Busiest() <= 0 || tr.Busiest() > tr.Len {
		t.Errorf("busiest at %v of %v", tr.Busiest(), tr.Len)
	}
	if s := tr.States(tr.Busiest()).String(); !strings.Contains(s, "run") {
		t.Errorf("at the busiest moment:\n%s", s)
	}
}

// TestCountsAreTheParsers reads a trace a second time, by the parser alone.
func TestCountsAreTheParsers(t *testing.T) {
	data := record(t, func() { pingPong(20_000); runtime.GC() })
	tr := read(t, data)
	want, all := map[string]int{}, 0
	r, err := xtrace.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for {
		e, err := r.ReadEvent()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		want[e.Kind().String()]++
		all++
	}
	if tr.Events != all || !maps.Equal(tr.Kinds, want) {
		t.Errorf("%d events %v, the parser has %d %v", tr.Events, tr.Kinds, all, want)
	}
	if len(tr.GC) == 0 {
		t.Error("a collection was forced, and is not seen")
	}
	if all < 80_000 {
		t.Fatalf("only %d events: the bound below would say nothing", all)
	}
	b, err := tr.Bundle(-1)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(b.Data)
	if err != nil || len(text) > 300<<10 {
		t.Errorf("%d events are shown in %d bytes (%v)", all, len(text), err)
	}
}

func pingPong(n int) {
	a, b := make(chan int), make(chan int)
	go func() {
		for v := range a {
			b <- v
		}
		close(b)
	}()
	for i := range n {
		a <- i
		<-b
	}
	close(a)
	<-b
}

// TestManyGoroutines bounds what is shown of them.
func TestManyGoroutines(t *testing.T) {
	tr := read(t, record(t, func() { workload(500) }))
	b, err := tr.Bundle(-1)
	if err != nil {
		t.Fatal(err)
	}
	plain := b.Data["text/plain"].(string)
	if !strings.Contains(plain, "more goroutines did less") || strings.Count(plain, "\n") > 120 {
		t.Errorf("shown:\n%s", plain)
	}
	if text, err := json.Marshal(b.Data); err != nil || len(text) > 300<<10 {
		t.Errorf("shown in %d bytes (%v)", len(text), err)
	}
}

// TestCutTrace reads what a killed program leaves.
func TestCutTrace(t *testing.T) {
	data := record(t, func() { pingPong(3000) })
	for _, n := range []int{0, 10, len(data) / 2, len(data) - 5} {
		tr, err := Read(bytes.NewReader(data[:n]))
		if err == nil && tr.Cut == "" && tr.Events == 0 {
			t.Errorf("%d of %d bytes are a whole trace", n, len(data))
		}
	}
	if _, err := Read(strings.NewReader("no trace")); err == nil {
		t.Error("a text is read as a trace")
	}
}

func BenchmarkShow(b *testing.B) {
	data := record(b, func() { pingPong(25_000) })
	for b.Loop() {
		tr, err := Read(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		out, err := tr.Bundle(-1)
		if err != nil {
			b.Fatal(err)
		}
		text, err := json.Marshal(out.Data)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(tr.Events), "events")
		b.ReportMetric(float64(len(text)), "bytes")
	}
}
