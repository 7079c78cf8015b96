package main

import (
	"encoding/json"
	"os"
	"testing"
)

// stable are the figures that reality repeats, or nearly so: workload, metric.
// Of the others `make oracle` makes a table.
var stable = map[string][]string{
	"pingpong": {"goroutines", "starts", "blocks"},
	"spawn":    {"goroutines", "starts", "blocks"},
	"pipeline": {"goroutines", "starts", "blocks"},
	"yields":   {"goroutines", "yields", "starts"},
	"spinners": {"goroutines", "slice ms", "least share"},
	"syscalls": {"goroutines", "threads", "retakes"},
	"sleepers": {"goroutines", "starts", "blocks"},
	"network":  {"goroutines", "starts", "blocks"},
	"ticker":   {"goroutines", "starts", "blocks"},
	"wired":    {"goroutines", "starts", "blocks"},
}

// recordedOn is how many processors the machine had on which testdata/bands.json
// was recorded.
const recordedOn = 2

// TestStable holds the simulator to what was recorded of 30 real runs each, on
// 1, 2 and 4 Ps: counts within a hundredth of their median, lengths and shares
// within the band.
func TestStable(t *testing.T) {
	real := readBands(t)
	s := newSimulator(recordedOn, tracedCosts())
	for _, w := range workloads {
		if stable[w.name] == nil {
			continue
		}
		sim, err := s.bands(&workload{name: w.name, exact: stable[w.name]}, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range procs {
			for _, m := range stable[w.name] {
				r, ok := real[w.name][key(p)][m]
				v := sim[key(p)][m]
				if !ok {
					t.Errorf("%s: %s was not recorded", w.name, m)
				}
				near := v.Median >= r.Median*0.99 && v.Median <= r.Median*1.01
				if m == "slice ms" || m == "least share" {
					near = v.within(r)
				}
				if !near {
					t.Errorf("%s on %d Ps: %s is %v, in reality %v", w.name, p, m, v, r)
				}
			}
		}
	}
}

// TestBandsCorpus holds every figure to what reality gave, also those that it
// does not repeat.
func TestBandsCorpus(t *testing.T) {
	if os.Getenv("RUNNEXT_CORPUS") == "" {
		t.Skip("RUNNEXT_CORPUS=all runs it")
	}
	real := readBands(t)
	s := newSimulator(recordedOn, tracedCosts())
	for _, w := range workloads {
		sim, err := s.bands(&w, 30)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range procs {
			for m, v := range sim[key(p)] {
				if r := real[w.name][key(p)][m]; !v.within(r) {
					t.Errorf("%s on %d Ps: %s is %v, in reality %v", w.name, p, m, v, r)
				}
			}
		}
	}
}

// readBands reads what was recorded of reality.
func readBands(t *testing.T) recorded {
	t.Helper()
	data, err := os.ReadFile("testdata/bands.json")
	if err != nil {
		t.Fatal(err)
	}
	var real recorded
	if err := json.Unmarshal(data, &real); err != nil {
		t.Fatal(err)
	}
	return real
}

// TestSleepersAndMutex holds figures that a busy machine stretches: sleepers of
// 60 ms are done soon after, and a starving mutex is handed over after a
// millisecond.
func TestSleepersAndMutex(t *testing.T) {
	s := newSimulator(recordedOn, tracedCosts())
	for _, p := range []int{2, 4} {
		for name, want := range map[string][2]float64{"sleepers": {60, 63}, "mutex": {1, 1.6}} {
			x, err := s.run(name, p, 1)
			if err != nil {
				t.Fatal(err)
			}
			if v := metrics["said ms"](x); v < want[0] || v > want[1] {
				t.Errorf("%s on %d Ps says %.3f ms, want %v", name, p, v, want)
			}
		}
	}
}

// TestFirstSlice holds the slices of goroutines that only compute to what
// sysmon's sampling makes of them: the first one ends 12 to 20 ms after it
// began, give or take how late a thread wakes, all others last 20 ms, if every
// thread has a processor to itself.
func TestFirstSlice(t *testing.T) {
	s := newSimulator(0, tracedCosts())
	for _, p := range procs {
		for seed := range uint64(5) {
			x, err := s.run("spinners", p, seed)
			if err != nil {
				t.Fatal(err)
			}
			if len(x.slices) < 2*p {
				t.Fatalf("%d Ps: %d slices", p, len(x.slices))
			}
			// Once a goroutine has ended, another begins between two looks.
			for i, ms := range x.slices[:min(len(x.slices), 8)] {
				least := 19.8
				if i < p {
					least = 12
				}
				if ms < least || ms > 20.5 {
					t.Errorf("%d Ps, seed %d: slice %d lasts %.2f ms, want %.1f to 20.5", p, seed, i, ms, least)
				}
			}
		}
	}
}
