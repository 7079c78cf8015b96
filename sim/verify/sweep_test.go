package verify_test

import (
	"os"
	"testing"

	"runnext/sim"
	"runnext/sim/verify"
)

// TestRandomCorpus plays short random programs on 1 to 16 Ps. With
// RUNNEXT_CORPUS=all there are 10,000 of them.
func TestRandomCorpus(t *testing.T) {
	n := uint64(300)
	if os.Getenv("RUNNEXT_CORPUS") != "" {
		n = 10_000
	}
	for seed := range n {
		procs := 1 + int(seed%16)
		play := play
		switch seed % 5 {
		case 4:
			play = playShared
		case 0:
			play = playFew
		case 1:
			play = playResize
		case 2:
			play = playCollect
		}
		log, err := play(20_000+seed, procs, 400, sim.Faults{})
		if err != nil {
			t.Errorf("seed %d on %d Ps: %v", 20_000+seed, procs, err)
			continue
		}
		if v := verify.Check(log); len(v) > 0 {
			t.Errorf("seed %d on %d Ps: %v", 20_000+seed, procs, v[0])
		}
	}
}

// TestRegressions plays programs that once broke the scheduler: one in which a
// thief waited for a runnext that was gone, some in which the M of a wired G
// was woken before it slept, and two with which verify found fault wrongly: a
// G from the netpoller whose M sent another to look, and a P that was taken
// early from a system call because its slice was over.
func TestRegressions(t *testing.T) {
	for _, c := range []struct {
		seed  uint64
		procs int
	}{{10195, 4}, {10838, 7}, {11199, 8}, {11370, 3}, {11542, 7}, {11717, 6}, {10918, 7}} {
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
