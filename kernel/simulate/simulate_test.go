package simulate_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"runnext/kernel/simulate"
	"runnext/kernel/std/stdtest"
)

// recorded are the programs whose runs on the real runtime are kept beside the
// machine.
const recorded = "../../sim/machine/testdata/oracle"

// state is a line that was read from the real runtime's memory.
type state struct {
	Curg, Dtick, Runnext int64
	Runq, Globq          []int64
	Timers               int
	G                    map[string]string
}

// TestOracle runs recorded programs with what the binary carries: they print
// the same, end the same, and the scheduler is in the same states.
func TestOracle(t *testing.T) {
	l := stdtest.Carried(t)
	files, err := filepath.Glob(recorded + "/*/main.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			var meta struct {
				Exit        int
				StderrFirst string `json:"stderr_first"`
			}
			if err := json.Unmarshal(read(t, dir, "meta.json"), &meta); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr, states bytes.Buffer
			p := simulate.Program{File: file, P: 1, Seed: 1, BootTick: 4, Stdout: &stdout, Stderr: &stderr}
			_, err := os.Stat(filepath.Join(dir, "state.jsonl"))
			stated := err == nil
			if stated {
				if p.State, p.At = &states, "ev"; !bytes.Contains(read(t, dir, "main.go"), []byte("func ev(")) {
					p.At = "rle"
				}
			}
			status, err := simulate.Run(t.Context(), l, p)
			if err != nil || status != meta.Exit {
				t.Errorf("status %d, error %v, want %d; stderr\n%s", status, err, meta.Exit, &stderr)
			}
			if got, want := stdout.String(), string(read(t, dir, "want.txt")); got != want {
				t.Errorf("printed\n%s\nwant\n%s", got, want)
			}
			if first, _, _ := strings.Cut(stderr.String(), "\n"); meta.StderrFirst != "" && first != meta.StderrFirst {
				t.Errorf("stderr begins with %q, want %q", first, meta.StderrFirst)
			}
			if stated {
				compare(t, states.Bytes(), read(t, dir, "state.jsonl"))
			}
		})
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func compare(t *testing.T, got, want []byte) {
	t.Helper()
	g, w := bytes.Split(bytes.TrimSpace(got), []byte("\n")), bytes.Split(bytes.TrimSpace(want), []byte("\n"))
	if len(g) != len(w) {
		t.Errorf("%d states, want %d", len(g), len(w))
	}
	for i := range min(len(g), len(w)) {
		a, b := parse(t, g[i]), parse(t, w[i])
		if a.Curg != b.Curg || a.Dtick != b.Dtick || a.Runnext != b.Runnext || a.Timers != b.Timers ||
			!slices.Equal(a.Runq, b.Runq) || !slices.Equal(a.Globq, b.Globq) || !maps.Equal(a.G, b.G) {
			t.Fatalf("state %d is\n%s\nwant\n%s", i+1, g[i], w[i])
		}
	}
}

// parse reads a state, without the runtime's own goroutines while they wait:
// a simulation may leave those out.
func parse(t *testing.T, line []byte) state {
	t.Helper()
	var s state
	if err := json.Unmarshal(line, &s); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(s.G, func(id, status string) bool {
		n, _ := strconv.Atoi(id)
		return n >= 2 && n <= 6 && strings.HasPrefix(status, "waiting")
	})
	return s
}

// BenchmarkStart is what a person waits for before a small program begins.
func BenchmarkStart(b *testing.B) {
	l := stdtest.Carried(b)
	file := filepath.Join(b.TempDir(), "main.go")
	const code = "package main\nimport (\"fmt\"; \"strings\"; \"sync\"; \"time\")\nfunc main() { var wg sync.WaitGroup; wg.Go(func() { fmt.Println(strings.ToUpper(\"x\")) }); wg.Wait(); time.Sleep(1) }\n"
	if err := os.WriteFile(file, []byte(code), 0o666); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var stdout bytes.Buffer
		p := simulate.Program{File: file, Stdout: &stdout, Stderr: &stdout}
		if status, err := simulate.Run(b.Context(), l, p); err != nil || status != 0 {
			b.Fatalf("status %d, %v\n%s", status, err, &stdout)
		}
	}
}
