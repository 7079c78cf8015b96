package machine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runnext/sim/machine"
)

// TestProbes runs programs that try one corner of the language each, and
// compares what they print with what the compiled ones did.
func TestProbes(t *testing.T) {
	files, err := filepath.Glob("testdata/probes/*.go.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".go.txt")
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".go.txt") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			o, err := run(t, name+".go", src, func(c *machine.Config) { c.Log, c.Steps = false, 200_000 })
			if refused, rerr := os.ReadFile(strings.TrimSuffix(file, ".go.txt") + ".refused"); rerr == nil {
				// It needs what a simulated machine does not have. It is told
				// so before anything runs, with the place.
				name := strings.TrimSpace(string(refused))
				if !errors.Is(err, machine.ErrRefused) || !strings.Contains(err.Error(), name) || o.stdout.Len() > 0 {
					t.Errorf("the error is %v, want one that refuses %s", err, name)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := o.stdout.String(); got != string(want) {
				t.Errorf("printed\n%s\nwant\n%s\nstderr\n%s", got, want, &o.stderr)
			}
		})
	}
}
