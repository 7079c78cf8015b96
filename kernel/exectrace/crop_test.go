package exectrace

import (
	"fmt"
	"testing"
	"time"
)

func TestCrop(t *testing.T) {
	span := func(from, to time.Duration, s State) Span { return Span{From: from, To: to, State: s, Proc: -1} }
	for _, test := range []struct {
		name string
		gs   []*Goroutine
		want string
	}{
		{"a cell in a process that was there", []*Goroutine{
			{ID: 1, Spans: []Span{span(0, 4, Running), span(4, 12, Waiting), span(12, 20, Running)}},
			{ID: 2, Mine: true, born: true, Spans: []Span{span(10, 11, Runnable), span(11, 18, Running)}},
			{ID: 3, Spans: []Span{span(0, 3, Running)}},
		}, "8 G1 0-2 2-8 G2 0-1 1-8"},
		{"a goroutine of an earlier cell sleeps on", []*Goroutine{
			{ID: 1, Mine: true, Spans: []Span{span(0, 20, Waiting)}},
			{ID: 2, Mine: true, born: true, Spans: []Span{span(10, 18, Running)}},
		}, "10 G1 0-10 G2 0-8"},
		{"a program runs from the start", []*Goroutine{
			{ID: 1, Mine: true, Spans: []Span{span(0, 5, Running), span(5, 20, Waiting)}},
			{ID: 2, Mine: true, born: true, Spans: []Span{span(4, 18, Running)}},
		}, "20 G1 0-5 5-20 G2 4-18"},
		{"nothing of the cell", []*Goroutine{{ID: 1, Spans: []Span{span(0, 20, Running)}}}, "20 G1 0-20"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tr := &Trace{Len: 20, Goroutines: test.gs, GC: []Range{{"GC", 0, 2}, {"GC", 11, 30}}}
			tr.crop()
			got := fmt.Sprint(int64(tr.Len))
			for _, g := range tr.Goroutines {
				got += fmt.Sprintf(" G%d", g.ID)
				for _, s := range g.Spans {
					got += fmt.Sprintf(" %d-%d", s.From, s.To)
				}
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			for _, r := range tr.GC {
				if r.From < 0 || r.To > tr.Len && len(tr.Mine()) > 0 {
					t.Errorf("a collection at %v to %v of %v", r.From, r.To, tr.Len)
				}
			}
		})
	}
}
