package simulate_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"runnext/kernel/simulate"
	"runnext/kernel/std/stdtest"
	"runnext/sim/event"
	"runnext/sim/render"
	"runnext/sim/scene"
	"runnext/sim/verify"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestScenes plays every scene, finds a step for each of its notes, and compares
// what happens with the file of its name.
func TestScenes(t *testing.T) {
	l := stdtest.Carried(t)
	list, err := scene.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		t.Run(s.Name, func(t *testing.T) {
			played, err := simulate.Scene(t.Context(), l, s, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range played.Left {
				t.Errorf("no step for the note %+v", n)
			}
			for _, v := range verify.Check(played.Log) {
				t.Errorf("log: %v", v)
			}
			st := played.Story
			if html := render.HTML(st); !strings.Contains(html, "<table") {
				t.Errorf("no table in\n%.300s", html)
			}
			if st.Intro != s.Intro {
				t.Errorf("the introduction tells more than its author: %q", st.Intro)
			}
			if n := len(st.Steps) - 1; strings.Contains(s.Code, "fmt.Print") && !strings.Contains(st.Steps[n].Note, "has printed: ") {
				t.Errorf("the last step does not tell what is printed: %q", st.Steps[n].Note)
			}
			got := transitions(st)
			file := filepath.Join("testdata", "scenes", s.Name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs, -update rewrites it; got\n%s", file, got)
			}
		})
	}
}

// transitions writes what happens in a story, a line for each step, without
// times, which are a model's.
func transitions(st *event.Story) string {
	var b strings.Builder
	for i := range st.Steps {
		for j := range st.Steps[i].Events {
			e := &st.Steps[i].Events[j]
			if j > 0 {
				b.WriteString("; ")
			}
			fmt.Fprintf(&b, "%v G%d P%d %v", e.Kind, e.G, e.P, e.Rule)
			if e.Site != nil {
				fmt.Fprintf(&b, " line %d", e.Site.Line)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
