package yaegi

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"runnext/kernel/engine"
)

// TestProbes runs programs of one feature each and compares what they print
// with what a built program prints.
func TestProbes(t *testing.T) {
	files, err := filepath.Glob("testdata/probes/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no probes: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil || len(a.Files) != 2 {
				t.Fatalf("%d files, %v", len(a.Files), err)
			}
			code, want := a.Files[0].Data, a.Files[1].Data
			n := newNotebook(t)
			var x *testIO
			var rep engine.Report
			if name == "unsafe" { // which a notebook refuses
				x = new(testIO)
				rep = n.runner.Run(t.Context(), n.whole(string(code)), x)
			} else {
				x, rep = n.run(string(code))
			}
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
