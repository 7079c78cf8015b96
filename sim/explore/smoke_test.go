package explore

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"runnext/sim/machine"
)

// TestCorpusPrograms explores the machine's own programs a little: none of them
// may break it. With RUNNEXT_CORPUS it is all of them, otherwise some.
func TestCorpusPrograms(t *testing.T) {
	var files []string
	for _, p := range []string{"oracle/*/*.go", "programs/*.go", "programs/*.txt", "probes/*.go.txt"} {
		list, err := filepath.Glob("../machine/testdata/" + p)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, list...)
	}
	if len(files) < 50 {
		t.Fatalf("only %d programs", len(files))
	}
	step := 24
	if os.Getenv("RUNNEXT_CORPUS") != "" {
		step = 1
	}
	for i := 0; i < len(files); i += step {
		src, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		rep, err := Explore(t.Context(), Config{Machine: built(t, string(src)), Bound: -1, Time: time.Minute, Tries: 12})
		if err != nil && !errors.Is(err, machine.ErrRefused) {
			t.Errorf("%s: %v", files[i], err)
			continue
		}
		if rep != nil {
			t.Logf("%s: complete %v, %d schedules, %d outcomes, %d findings", files[i], rep.Complete, rep.Schedules, len(rep.Outcomes), len(rep.Findings))
		}
	}
}
