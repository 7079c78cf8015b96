package simulate_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"runnext/kernel/simulate"
	"runnext/sim/render"
	"runnext/sim/scene"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestScenes plays every scene, finds a step for each of its notes, and compares
// the text of its tables with the file of its name.
func TestScenes(t *testing.T) {
	l := carried(t)
	list, err := scene.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		t.Run(s.Name, func(t *testing.T) {
			st, left, err := simulate.Scene(t.Context(), l, s, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range left {
				t.Errorf("no step for the note %+v", n)
			}
			if html := render.HTML(st); !strings.Contains(html, "<table") {
				t.Errorf("no table in\n%.300s", html)
			}
			text := render.Text(st)
			file := filepath.Join("testdata", "scenes", s.Name+".txtar")
			if *update {
				ar := &txtar.Archive{Files: []txtar.File{{Name: "text", Data: []byte(text)}}}
				if err := os.WriteFile(file, txtar.Format(ar), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := strings.TrimRight(text, "\n"), strings.TrimRight(string(ar.Files[0].Data), "\n"); got != want {
				t.Errorf("%s differs, -update rewrites it; got\n%s", file, got)
			}
		})
	}
}
