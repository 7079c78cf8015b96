package gmp_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"runnext/kernel/engine/gmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden runs the cells of testdata: files named cell are run before, gmp
// is the simulated one, whose arguments are the comment, worker is what reading
// variables of earlier cells gives. What it prints, shows
// and fails with is compared with the rest.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cells: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n := newNotebook(t, gmp.DefaultLimits())
			got := &txtar.Archive{Comment: ar.Comment}
			for _, f := range ar.Files {
				switch f.Name {
				case "cell":
					got.Files = append(got.Files, f)
					n.declare(string(f.Data))
				case "worker":
					got.Files = append(got.Files, f)
					n.worker = strings.TrimSpace(string(f.Data))
				case "gmp":
					got.Files = append(got.Files, f)
					o, out := n.run(t.Context(), string(ar.Comment), string(f.Data))
					add := func(name, text string) {
						if text != "" {
							got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(strings.TrimSuffix(text, "\n") + "\n")})
						}
					}
					add("stdout", out.streams["stdout"])
					add("stderr", out.streams["stderr"])
					add("tables", out.plain())
					if o.Failure != nil {
						add("failure", fmt.Sprintf("%s\n%s", o.Failure.Kind, strings.Join(o.Failure.Traceback(), "\n")))
					}
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := txtar.Format(ar)
			if string(txtar.Format(got)) != string(want) {
				t.Errorf("got\n%s\nwant\n%s\n-update rewrites it", txtar.Format(got), want)
			}
		})
	}
}
