package worker

import (
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
	"runnext/kernel/stream"
)

// stillClock runs a timer only when told to.
type stillClock struct {
	mu  sync.Mutex
	due []*stillTimer
}

type stillTimer struct {
	c *stillClock
	f func()
}

func (c *stillClock) Now() time.Time { return time.Unix(0, 0) }

func (c *stillClock) AfterFunc(_ time.Duration, f func()) stream.Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &stillTimer{c, f}
	c.due = append(c.due, t)
	return t
}

func (t *stillTimer) Stop() bool {
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	for i, d := range t.c.due {
		if d == t {
			t.c.due = append(t.c.due[:i], t.c.due[i+1:]...)
			return true
		}
	}
	return false
}

// pass makes the calls that are due now.
func (c *stillClock) pass() {
	c.mu.Lock()
	due := c.due
	c.due = nil
	c.mu.Unlock()
	for _, t := range due {
		t.f()
	}
}

func TestCrashFilter(t *testing.T) {
	tests := []struct {
		name         string
		writes       []string
		passed, held string
	}{
		{"ordinary", []string{"one\n", "two"}, "one\ntwo", ""},
		{"a fatal error", []string{"one\nfatal error: x\n", "goroutine 1 [running]:\n"}, "one\n", "fatal error: x\ngoroutine 1 [running]:\n"},
		{"a mark in pieces", []string{"fat", "al er", "ror: x\n"}, "", "fatal error: x\n"},
		{"no mark after all", []string{"fat", "ter\n"}, "fatter\n", ""},
		{"inside a line", []string{"it says ", "panic: x\n"}, "it says panic: x\n", ""},
		{"yaegi's own line", []string{"1:40: pan", "ic: main.f(...)\npanic: boom"}, "", "1:40: panic: main.f(...)\npanic: boom"},
		{"a time is no mark", []string{"12:30 lunch\n"}, "12:30 lunch\n", ""},
	}
	for _, tt := range tests {
		var passed strings.Builder
		c := &crashFilter{clock: &stillClock{}, pass: func(p []byte) { passed.Write(p) }}
		for _, w := range tt.writes {
			c.take([]byte(w))
		}
		if held := string(c.close()); passed.String() != tt.passed || held != tt.held {
			t.Errorf("%s: passed %q, held %q", tt.name, passed.String(), held)
		}
	}
}

func TestCrashTextIsOutputWhenTheProcessLives(t *testing.T) {
	clock := &stillClock{}
	var passed strings.Builder
	c := &crashFilter{clock: clock, pass: func(p []byte) { passed.Write(p) }}
	c.take([]byte("panic: only a word\nmore\n"))
	clock.pass()
	c.take([]byte("and on\n"))
	if got := passed.String(); got != "panic: only a word\nmore\nand on\n" {
		t.Errorf("%q", got)
	}
	c.close()
}

func TestCrashTextIsBounded(t *testing.T) {
	c := &crashFilter{clock: &stillClock{}, pass: func([]byte) { t.Error("passed") }}
	c.take([]byte("fatal error: first\n"))
	for range 1000 {
		c.take([]byte(strings.Repeat("x", 1000)))
	}
	c.take([]byte("last"))
	text := string(c.close())
	if !strings.HasPrefix(text, "fatal error: first\n") || !strings.HasSuffix(text, "xlast") || len(text) > crashHead+crashTail+100 {
		t.Errorf("%d bytes", len(text))
	}
}

// TestCrashFilterLosesNothing cuts text anywhere and holds what is passed and
// held, together, against it.
func TestCrashFilterLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := &stillClock{}
		var passed strings.Builder
		c := &crashFilter{clock: clock, pass: func(p []byte) { passed.Write(p) }}
		var wrote strings.Builder
		for _, w := range rapid.SliceOf(rapid.SampledFrom([]string{"panic: ", "pan", "ic", "\n", "1:", "2: ", "x", "fatal error: y\n", "goroutine"})).Draw(t, "writes") {
			wrote.WriteString(w)
			c.take([]byte(w))
			if rapid.IntRange(0, 4).Draw(t, "quiet") == 0 {
				clock.pass()
			}
		}
		if got := passed.String() + string(c.close()); got != wrote.String() {
			t.Fatalf("wrote %q, got %q", wrote.String(), got)
		}
	})
}
