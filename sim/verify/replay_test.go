package verify_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"runnext/sim"
	"runnext/sim/event"
)

// TestReplayGivesTheState applies a log to its start state and compares the
// queues, the Ps and every G with what the scheduler says of itself, over and
// over: a table drawn from a log shows what was.
func TestReplayGivesTheState(t *testing.T) {
	for _, procs := range []int{1, 3} {
		for seed := range uint64(5) {
			h := &randomHost{r: rand.New(rand.NewPCG(seed, 9)), resize: seed > 2}
			s, err := sim.New(sim.Config{P: procs, Seed: seed, Sink: func(e *event.Event) { h.log.Add(*e) }})
			if err != nil {
				t.Fatal(err)
			}
			h.s = s
			state := s.Snapshot()
			for range 4 {
				h.chans = append(h.chans, s.MakeChan(1))
			}
			done := 0
			for range 400 {
				m, err := s.Next()
				if err != nil {
					break
				}
				for ; done < len(h.log.Events); done++ {
					state.Apply(&h.log.Events[done])
				}
				compare(t, seed, &state, s)
				h.act(m)
			}
		}
	}
}

func compare(t *testing.T, seed uint64, got *event.Snapshot, s *sim.Sched) {
	t.Helper()
	want := s.Snapshot()
	if !sameIDs(got.Global, want.Global) {
		t.Fatalf("seed %d: replay has the global queue %v, want %v", seed, got.Global, want.Global)
	}
	for i := range want.Ps {
		g, w := &got.Ps[i], &want.Ps[i]
		if g.RunNext != w.RunNext || !sameIDs(g.Ring, w.Ring) || g.Tick != w.Tick || g.Curg != w.Curg || g.M != w.M || g.Status != w.Status {
			t.Fatalf("seed %d: replay has P%d %+v, want %+v", seed, i, *g, *w)
		}
	}
	if len(got.Gs) != len(want.Gs) {
		t.Fatalf("seed %d: replay knows %d Gs, want %d", seed, len(got.Gs), len(want.Gs))
	}
	for i := range want.Gs {
		g, w := got.Gs[i], want.Gs[i]
		g.Site, w.Site, g.Buf, w.Buf = nil, nil, event.Gobuf{}, event.Gobuf{}
		g.Stack, w.Stack, g.Created, w.Created = event.Stack{}, event.Stack{}, 0, 0
		g.On = 0
		if !reflect.DeepEqual(g, w) {
			t.Fatalf("seed %d: replay has %+v, want %+v", seed, g, w)
		}
	}
}

func sameIDs(a, b []int64) bool {
	return len(a) == len(b) && (len(a) == 0 || reflect.DeepEqual(a, b))
}
