package stream

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNilLimiterNeverWaits(t *testing.T) {
	var l *Limiter
	l.Wait(1<<30, 1<<30)
	l.Reset()
}

// TestLimiterStaysBelowTheServer sends whatever it is allowed to, at once, and
// counts as jupyter_server does: the sum of any three seconds.
func TestLimiterStaysBelowTheServer(t *testing.T) {
	const window, maxBytes, maxMessages = 3 * time.Second, 3_000_000, 3000
	rapid.Check(t, func(t *rapid.T) {
		c := newManual()
		l := NewServerLimiter(c)
		type sent struct {
			at time.Time
			n  int
		}
		var log []sent
		sizes := rapid.SliceOfN(rapid.SampledFrom([]int{1, 100, 3000, 70_000, 400_000}), 1, 5).Draw(t, "sizes")
		for i := range 4000 {
			n := sizes[i%len(sizes)]
			c.advance(l.reserve(1, n))
			log = append(log, sent{c.now, n})
			if i%97 == 0 {
				c.advance(time.Duration(rapid.IntRange(0, 2000).Draw(t, "pause")) * time.Millisecond)
			}
		}
		first, bytes := 0, 0
		for i, s := range log {
			bytes += s.n
			for s.at.Sub(log[first].at) >= window {
				bytes -= log[first].n
				first++
			}
			if messages := i - first + 1; bytes > maxBytes || messages > maxMessages {
				t.Fatalf("%d bytes, %d messages within %v", bytes, messages, window)
			}
		}
	})
}

func TestLimiterSustainsItsRate(t *testing.T) {
	c := newManual()
	l := NewServerLimiter(c)
	start := c.now
	const n, size = 200, 66_000
	for range n {
		c.advance(l.reserve(1, size))
	}
	rate := float64(n*size) / c.now.Sub(start).Seconds()
	if rate < 800_000 || rate > 900_000 {
		t.Errorf("%.0f bytes a second, want 800,000 to 900,000", rate)
	}
}

func TestResetGivesTheBurstBack(t *testing.T) {
	c := newManual()
	l := NewLimiter(c, Rate{Burst: 100, PerSecond: 10}, Rate{Burst: 100, PerSecond: 100})
	if d := l.reserve(1, 100); d != 0 {
		t.Errorf("the burst waits %v", d)
	}
	if d := l.reserve(1, 10); d < time.Second || d > time.Second+time.Microsecond {
		t.Errorf("10 bytes beyond the burst wait %v, want 1 s", d)
	}
	l.Reset()
	if d := l.reserve(1, 90); d != 0 {
		t.Errorf("after Reset 90 bytes wait %v", d)
	}
}

func TestWaitersWakeInTurn(t *testing.T) {
	c := newManual()
	c.set = make(chan struct{})
	l := NewLimiter(c, Rate{Burst: 1, PerSecond: 1}, Rate{Burst: 100, PerSecond: 100})
	woke := make(chan int)
	var wg sync.WaitGroup
	l.Wait(1, 1)
	for i := range 3 {
		wg.Go(func() {
			l.Wait(1, 1)
			woke <- i
		})
		<-c.set
	}
	for i := range 3 {
		c.advance(time.Second + time.Microsecond)
		if got := <-woke; got != i {
			t.Errorf("waiter %d woke, want %d", got, i)
		}
	}
	wg.Wait()
}

// TestFramedLenIsAnUpperBound holds the count against encoding/json.
func TestFramedLenIsAnUpperBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("\n\t\r\"\\<>&\x00\x1b\x7f\b\f\u2028\u2029é한😀a")))).Draw(t, "s")
		framed, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if n := FramedLen(s) - envelope; n < len(framed)-2 {
			t.Fatalf("FramedLen of %q is %d without the envelope, JSON takes %d", s, n, len(framed)-2)
		}
	})
}
