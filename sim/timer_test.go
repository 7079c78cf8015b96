package sim

import (
	"testing"

	"pgregory.net/rapid"
)

// TestTimersAgainstModel arms, stops and resets timers at random and lets time
// pass: each fires once, not before its time, and not after the next look at
// the heap once it is due.
func TestTimersAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, m := bare(t, 1)
		var list []*Timer
		due := map[*Timer]int64{}
		fired := map[*Timer]int{}
		when := func(t *rapid.T) int64 { return m.now + rapid.Int64Range(1, 1000).Draw(t, "in") }
		t.Repeat(map[string]func(*rapid.T){
			"new": func(t *rapid.T) {
				var x *Timer
				w := when(t)
				x = s.NewTimer(m, w, 0, nil, func(m *M, _ uint64, _ int64) {
					fired[x]++
					if m.now < due[x] {
						t.Fatalf("a timer for %d fires at %d", due[x], m.now)
					}
					delete(due, x)
				})
				due[x] = w
				list = append(list, x)
			},
			"stop": func(t *rapid.T) {
				if len(list) == 0 {
					return
				}
				x := rapid.SampledFrom(list).Draw(t, "timer")
				_, armed := due[x]
				if got := s.StopTimer(m, x); got != armed {
					t.Fatalf("Stop reports %v, want %v", got, armed)
				}
				delete(due, x)
			},
			"reset": func(t *rapid.T) {
				if len(list) == 0 {
					return
				}
				x := rapid.SampledFrom(list).Draw(t, "timer")
				_, armed := due[x]
				w := when(t)
				if got := s.ResetTimer(m, x, w, 0); got != armed {
					t.Fatalf("Reset reports %v, want %v", got, armed)
				}
				due[x] = w
			},
			"pass": func(t *rapid.T) {
				m.now += rapid.Int64Range(1, 700).Draw(t, "ns")
				now := m.now
				s.checkTimers(m, m.p, 0)
				for x, w := range due {
					if w <= now {
						t.Fatalf("at %d a timer for %d has not fired (armed %v)", now, w, x.when)
					}
				}
			},
			"": func(t *rapid.T) { checkHeap(t, &m.p.timers) },
		})
	})
}

func checkHeap(t *rapid.T, ts *timers) {
	zombies := 0
	for i, tw := range ts.heap {
		if p := (i - 1) / timerArity; i > 0 && tw.when < ts.heap[p].when {
			t.Fatalf("entry %d is due at %d, before its parent %d at %d", i, tw.when, p, ts.heap[p].when)
		}
		if tw.t.ts != ts || !tw.t.heaped {
			t.Fatalf("entry %d does not know its heap", i)
		}
		if tw.t.zombie {
			zombies++
		}
	}
	if zombies != ts.zombies {
		t.Fatalf("%d stopped timers are in the heap, %d are counted", zombies, ts.zombies)
	}
	if w := ts.wakeTime(); len(ts.heap) > 0 && w == 0 {
		t.Fatal("a heap that is not empty has no next time")
	}
}

// TestSleepersWakeInOneGo is the order measured on the real runtime: timers
// that expired during a busy stretch are run in one go, so the last one's G
// sits in runnext.
func TestSleepersWakeInOneGo(t *testing.T) {
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := s.Next()
	var ids []int64
	for range 3 {
		ids = append(ids, s.Go(m, "sleeper", nil).ID)
	}
	slept := map[int64]bool{}
	var order []int64
	s.Gosched(m)
	for len(order) < 3 {
		m, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		switch id := m.Curg().ID; {
		case id == 1:
			s.Charge(m, 8_000_000)
			s.Gosched(m)
		case !slept[id]:
			slept[id] = true
			s.Sleep(m, 1_000_000*(id-6))
		default:
			order = append(order, id)
			s.Exit(m)
		}
	}
	if want := []int64{ids[2], ids[0], ids[1]}; order[0] != want[0] || order[1] != want[1] || order[2] != want[2] {
		t.Errorf("they wake as %v, want %v", order, want)
	}
}
