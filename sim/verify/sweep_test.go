package verify_test

import (
	"testing"

	"runnext/sim"
	"runnext/sim/verify"
)

// TestRegressions plays programs that once broke the scheduler: one in which a
// thief waited for a runnext that was gone, and some in which the M of a wired
// G was woken before it slept.
func TestRegressions(t *testing.T) {
	for _, c := range []struct {
		seed  uint64
		procs int
	}{{10195, 4}, {10838, 7}, {11199, 8}, {11370, 3}, {11542, 7}, {11717, 6}} {
		log, err := play(c.seed, c.procs, 400, sim.Faults{})
		if err != nil {
			t.Errorf("seed %d: %v", c.seed, err)
			continue
		}
		for _, v := range verify.Check(log) {
			t.Errorf("seed %d: %v", c.seed, v)
		}
	}
}
