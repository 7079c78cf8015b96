package sim_test

import (
	"errors"
	"testing"

	"runnext/sim"
)

// compute runs n goroutines that compute for ns each, on as many Ps and on so
// many processors, and returns how long that takes.
func compute(t *testing.T, n, cpus int, seed uint64, ns int64) int64 {
	t.Helper()
	s, err := sim.New(sim.Config{P: n, CPUs: cpus, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	left, alive := map[int64]int64{}, n
	for alive > 0 {
		m, err := s.Next()
		if errors.Is(err, sim.ErrLater) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		g := m.Curg()
		if g.ID == 1 && len(left) == 0 {
			left[1] = ns
			for len(left) < n {
				left[s.Go(m, "main.compute", nil).ID] = ns
			}
			continue
		}
		if left[g.ID] == 0 {
			alive--
			if g.ID == 1 {
				s.Sleep(m, 1<<40)
			} else {
				s.Exit(m)
			}
			continue
		}
		d := min(s.WorkBudget(m), left[g.ID])
		s.Charge(m, d)
		left[g.ID] -= d
	}
	return s.Now()
}

// TestProcessors has threads share processors: as many of them as there are
// processors get on at a time, whatever the number of Ps.
func TestProcessors(t *testing.T) {
	const ns = 50_000_000
	for _, c := range []struct{ n, cpus int }{{4, 0}, {4, 4}, {4, 2}, {4, 1}, {8, 2}, {1, 2}} {
		for seed := range uint64(4) {
			rounds := int64(1)
			if c.cpus > 0 {
				rounds = int64((c.n + c.cpus - 1) / c.cpus)
			}
			// It takes a few per cent for what is not the program's, and a thread
			// may wait for one processor while another is at rest.
			if took := compute(t, c.n, c.cpus, seed, ns); took < rounds*ns || took > rounds*ns*4/3 {
				t.Errorf("%d Gs on %d processors take %d ns, want %d and little more", c.n, c.cpus, took, rounds*ns)
			}
			if a, b := compute(t, c.n, c.cpus, seed, ns), compute(t, c.n, c.cpus, seed, ns); a != b {
				t.Errorf("%d Gs on %d processors with seed %d take %d ns and %d", c.n, c.cpus, seed, a, b)
			}
		}
	}
}
