package yaegi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProbes runs programs of one feature each and compares what they print
// with what a built program prints.
func TestProbes(t *testing.T) {
	files, err := filepath.Glob("testdata/probes/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no probes: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".go")
		t.Run(name, func(t *testing.T) {
			code, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".go") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			n := newNotebook(t)
			x, rep := n.run(string(code))
			if rep.Failure != nil {
				t.Errorf("failure: %v", rep.Failure)
			}
			if got := x.stdout(); got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			if t.Failed() && testing.Verbose() {
				t.Logf("source:\n%s", n.source)
			}
		})
	}
}
