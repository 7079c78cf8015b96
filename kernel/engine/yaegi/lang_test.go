package yaegi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestLanguage runs cells one after the other; the last must print what the
// file says.
func TestLanguage(t *testing.T) {
	files, err := filepath.Glob("testdata/lang/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cells: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n := newNotebook(t)
			out, want := "", ""
			for _, f := range txtar.Parse(text).Files {
				if f.Name == "want" {
					want = strings.TrimSpace(string(f.Data))
					continue
				}
				x, rep := n.run(string(f.Data))
				if rep.Failure != nil {
					t.Errorf("%s: %v\n%s", f.Name, rep.Failure, n.source)
				}
				out = x.stdout()
			}
			if !strings.Contains(out, want) {
				t.Errorf("printed %q, want %q\n%s", out, want, n.source)
			}
		})
	}
}
