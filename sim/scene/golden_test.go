package scene_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runnext/sim/render"
	"runnext/sim/scene"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden compares every scene's tables, in both forms, with the file of its
// name.
func TestGolden(t *testing.T) {
	for _, sc := range scene.List() {
		t.Run(sc.Name, func(t *testing.T) {
			st, log, err := scene.Run(sc.Name, 1)
			if err != nil {
				t.Fatal(err)
			}
			var events []byte
			for i := range log.Events {
				events = append(log.Events[i].AppendText(events), '\n')
			}
			got := &txtar.Archive{
				Comment: []byte(sc.Title + "\n"),
				Files: []txtar.File{
					{Name: "events", Data: events},
					{Name: "text", Data: []byte(render.Text(st))},
					{Name: "html", Data: []byte(render.HTML(st) + "\n")},
				},
			}
			file := filepath.Join("testdata", sc.Name+".txtar")
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Split(string(data), "\n")
			for i, line := range strings.Split(string(txtar.Format(got)), "\n") {
				if i >= len(want) || line != want[i] {
					t.Fatalf("%s:%d differs, -update rewrites it; got\n%.400s", file, i+1, line)
				}
			}
		})
	}
}
