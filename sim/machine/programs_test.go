package machine_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"runnext/sim/machine"
	"runnext/sim/verify"
)

// program is a file of testdata/programs: what a compiled program printed with
// GOMAXPROCS=1 in 24 of 25 runs or more, its status, and the first line of its
// standard error. Where command record has looked, there are also the states of
// the real scheduler at each call of ev.
type program struct {
	name, stderr        string
	status              int
	src, stdout, states []byte
}

func programs(t *testing.T) []program {
	files, err := filepath.Glob("testdata/programs/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	var out []program
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := program{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), src: ar.Files[0].Data, stdout: ar.Files[1].Data}
		head, rest, _ := strings.Cut(string(ar.Comment), "\n")
		if _, err := fmt.Sscanf(head, "exit %d", &p.status); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		p.stderr, _, _ = strings.Cut(rest, "\n")
		if len(ar.Files) > 2 {
			p.states = ar.Files[2].Data
		}
		out = append(out, p)
	}
	return out
}

func TestPrograms(t *testing.T) {
	for _, p := range programs(t) {
		t.Run(p.name, func(t *testing.T) {
			var states bytes.Buffer
			o, err := run(t, "main.go", p.src, func(c *machine.Config) {
				if len(p.states) > 0 {
					c.State, c.StateAt = &states, "ev"
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(p.states) > 0 {
				compareStates(t, states.Bytes(), p.states)
			}
			if got := strings.TrimSuffix(o.stdout.String(), "\n"); got != strings.TrimSuffix(string(p.stdout), "\n") {
				t.Errorf("printed\n%s\nwant\n%s\nstderr\n%s", got, p.stdout, &o.stderr)
			}
			if o.res.Status != p.status {
				t.Errorf("status %d, want %d", o.res.Status, p.status)
			}
			if first, _, _ := strings.Cut(o.stderr.String(), "\n"); first != p.stderr {
				t.Errorf("stderr begins with %q, want %q", first, p.stderr)
			}
			for _, v := range verify.Check(o.res.Log) {
				t.Errorf("log: %v", v)
			}
		})
	}
}

// TestManyPs runs all programs with several Ps and seeds: no order is promised
// then, but the log must hold, and a program ends as it does with one.
func TestManyPs(t *testing.T) {
	for _, p := range programs(t) {
		switch p.name {
		case "numgoroutine":
			continue // it prints the number of Ps
		case "preempt_two", "preempt_timer", "preempt_sleep":
			continue // they spin on all Ps but one until sysmon comes
		}
		t.Run(p.name, func(t *testing.T) {
			counts, twice := []int{2, 4}, 2
			if len(p.states) > 0 {
				counts, twice = []int{3}, 1 // they are many
			}
			for _, procs := range counts {
				var hash [2]any
				for i := range twice {
					o, err := run(t, "main.go", p.src, func(c *machine.Config) { c.P, c.Seed = procs, 3 })
					if err != nil {
						t.Fatal(err)
					}
					hash[i] = o.res.Hash
					if o.res.Status != p.status {
						t.Errorf("P=%d: status %d, want %d; stderr\n%s", procs, o.res.Status, p.status, &o.stderr)
					}
					for _, v := range verify.Check(o.res.Log) {
						t.Errorf("P=%d: log: %v", procs, v)
					}
				}
				if twice == 2 && hash[0] != hash[1] {
					t.Errorf("P=%d: one seed, two hashes: %v", procs, hash)
				}
			}
		})
	}
}
