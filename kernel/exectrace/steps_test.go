package exectrace

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestSteps follows each goroutine of a run: what a step leads to is what the
// next one leads from, and all that [Read] makes spans of is there.
func TestSteps(t *testing.T) {
	data := record(t, func() { workload(3) })
	at, born, woken, placed := map[int64]State{}, 0, 0, 0
	n, last := 0, Step{}
	err := Steps(bytes.NewReader(data), func(s Step) bool {
		n++
		if s.At < last.At {
			t.Errorf("a step at %v comes after one at %v", s.At, last.At)
		}
		if was, known := at[s.G]; known && was != s.From && s.From != 0 {
			t.Errorf("G%d was %v, and goes from %v to %v", s.G, was, s.From, s.To)
		}
		at[s.G], last = s.To, s
		if s.Born {
			born++
		}
		if s.Gone && s.To != 0 {
			t.Errorf("G%d is gone and %v", s.G, s.To)
		}
		if s.From == Waiting && s.To == Runnable && s.By > 0 {
			woken++
		}
		if p, ok := s.Place(); ok && p.Cell == 7 {
			placed++
		}
		if s.Ends() && s.At < 5*time.Millisecond {
			t.Errorf("G%d ends the trace after %v, and the cell sleeps longer", s.G, s.At)
		}
		return false
	})
	if err != nil {
		t.Fatal(err)
	}
	if born < 3 || woken < 3 || placed < 3 {
		t.Errorf("of %d steps %d are births, %d wakings, %d in the cell", n, born, woken, placed)
	}
	for _, g := range read(t, data).Goroutines {
		if _, ok := at[g.ID]; !ok {
			t.Errorf("%s has spans and takes no step", name(g))
		}
	}
}

func TestStepsThatAreEnough(t *testing.T) {
	data := record(t, func() { pingPong(100) })
	n := 0
	if err := Steps(bytes.NewReader(data), func(Step) bool { n++; return n == 10 }); err != nil || n != 10 {
		t.Errorf("%d steps, %v", n, err)
	}
	if err := Steps(strings.NewReader("no trace"), func(Step) bool { return false }); err == nil || !strings.HasPrefix(err.Error(), "execution trace, event 1: ") {
		t.Errorf("what is no trace: %v", err)
	}
}
