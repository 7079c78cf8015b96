package machine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"runnext/sim"
	"runnext/sim/internal/gosrc"
	"runnext/sim/machine"
	"runnext/sim/verify"
)

// loader is shared by the tests of this package, because the standard library
// takes a second to check. The tests that use it do not run in parallel.
var (
	loader    = gosrc.New()
	library   *machine.Library
	libraryOf int // how many packages it was made of
)

type outcome struct {
	stdout, stderr bytes.Buffer
	res            *machine.Result
}

func run(t testing.TB, file string, src []byte, change func(*machine.Config)) (*outcome, error) {
	t.Helper()
	return runWithin(t.Context(), t, file, src, change)
}

func runWithin(ctx context.Context, t testing.TB, file string, src []byte, change func(*machine.Config)) (*outcome, error) {
	t.Helper()
	pkgs, err := loader.Program(file, src)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(pkgs) - 1; library == nil || libraryOf != n {
		library, libraryOf = machine.NewLibrary(loader.Fset, pkgs[:n]), n
	}
	prog, main := library.Program(pkgs[len(pkgs)-1])
	var o outcome
	cfg := machine.Config{Program: prog, Main: main, Seed: 1, Stdout: &o.stdout, Stderr: &o.stderr, Log: true}
	if change != nil {
		change(&cfg)
	}
	res, err := machine.Run(ctx, cfg)
	o.res = res
	return &o, err
}

type meta struct {
	Theme       string
	Exit        int
	StderrFirst string `json:"stderr_first"`
	Class       string
	Kills       []string `json:"kills_mutants"`
}

// stateLine is a line of state.jsonl; what a simulation may leave out is
// compared only where it is there.
type stateLine struct {
	Curg, Dtick, Runnext int64
	Runq, Globq          []int64
	Timers               int
	G                    map[string]string
}

// TestOracle compares what programs print, how they end and the scheduler's
// state at each of their log calls with what the real runtime did.
func TestOracle(t *testing.T) {
	dirs, err := filepath.Glob("testdata/oracle/*/main.go")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, file := range dirs {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) { oracle(t, dir) })
	}
}

func oracle(t *testing.T, dir string) {
	var m meta
	read(t, filepath.Join(dir, "meta.json"), &m)
	src, err := os.ReadFile(filepath.Join(dir, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	var state *bytes.Buffer
	o, err := run(t, "main.go", src, func(c *machine.Config) {
		if _, err := os.Stat(filepath.Join(dir, "state.jsonl")); err == nil {
			state = &bytes.Buffer{}
			c.State, c.StateAt = state, "ev"
			if !bytes.Contains(src, []byte("func ev(")) {
				c.StateAt = "rle"
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if o.res.Status != m.Exit {
		t.Errorf("status %d, want %d; stderr:\n%s", o.res.Status, m.Exit, &o.stderr)
	}
	want, err := os.ReadFile(filepath.Join(dir, "want.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if got := o.stdout.String(); got != string(want) {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
	if first, _, _ := strings.Cut(o.stderr.String(), "\n"); m.StderrFirst != "" && first != m.StderrFirst {
		t.Errorf("stderr begins with %q, want %q", first, m.StderrFirst)
	}
	for _, v := range verify.Check(o.res.Log) {
		t.Errorf("log: %v", v)
	}
	if state != nil {
		data, err := os.ReadFile(filepath.Join(dir, "state.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		compareStates(t, state.Bytes(), data)
	}
}

// compareStates compares lines of states, those that a simulation wrote with
// those of a real run.
func compareStates(t *testing.T, got, want []byte) {
	t.Helper()
	g := strings.Split(strings.TrimSpace(string(got)), "\n")
	w := strings.Split(strings.TrimSpace(string(want)), "\n")
	if len(g) != len(w) {
		t.Errorf("%d lines of state, want %d", len(g), len(w))
	}
	for i := range min(len(g), len(w)) {
		var a, b stateLine
		if err := json.Unmarshal([]byte(g[i]), &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(w[i]), &b); err != nil {
			t.Fatal(err)
		}
		if !sameState(&a, &b) {
			t.Errorf("line %d is\n%s\nwant\n%s", i+1, g[i], w[i])
			return
		}
	}
}

func sameState(a, b *stateLine) bool {
	for _, l := range []*stateLine{a, b} {
		maps.DeleteFunc(l.G, func(id, s string) bool {
			n, _ := strconv.Atoi(id)
			return n >= 2 && n <= 6 && strings.HasPrefix(s, "waiting")
		})
	}
	return a.Curg == b.Curg && a.Dtick == b.Dtick && a.Runnext == b.Runnext && a.Timers == b.Timers &&
		slices.Equal(a.Runq, b.Runq) && slices.Equal(a.Globq, b.Globq) && maps.Equal(a.G, b.G)
}

func read(t *testing.T, file string, to any) {
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestOracleKillsFaults requires of the recorded programs that they notice a
// broken scheduler.
func TestOracleKillsFaults(t *testing.T) {
	faults := map[string]sim.Faults{
		"norunnext": {NoRunNext: true}, "readytail": {ReadyTail: true}, "closefifo": {CloseFIFO: true},
		"lifoq": {LIFO: true}, "no61": {No61: true}, "overflow": {OverflowOne: true}, "yieldlocal": {YieldLocal: true},
	}
	killed := map[string]int{}
	dirs, _ := filepath.Glob("testdata/oracle/*/main.go")
	for _, file := range dirs {
		src, _ := os.ReadFile(file)
		want, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "want.txt"))
		for name, f := range faults {
			if killed[name] > 0 {
				continue
			}
			o, err := run(t, "main.go", src, func(c *machine.Config) { c.Faults, c.Log, c.Steps = f, false, 50_000 })
			if err != nil || o.stdout.String() != string(want) {
				killed[name]++
			}
		}
	}
	for name := range faults {
		if killed[name] == 0 {
			t.Errorf("no program notices the fault %s", name)
		}
	}
}
