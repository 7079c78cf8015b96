package explore

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPrograms explores the programs of testdata. The first line of each says
// what must be found: kinds, or none; that the search is complete; how many
// outcomes there are; how many executions are enough.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/programs/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".go"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(src), "\n")
			want := strings.Fields(strings.TrimPrefix(first, "// want:"))
			cfg := Config{Machine: built(t, string(src)), Bound: -1, Time: time.Hour, Tries: 30_000}
			if i := slices.Index(want, "tries"); i >= 0 {
				fmt.Sscan(want[i+1], &cfg.Tries)
				want = want[:i]
			}
			start := time.Now()
			rep, err := Explore(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("complete %v, bound %d, %d schedules, %d outcomes, %d findings, %v", rep.Complete, rep.Bound, rep.Schedules,
				len(rep.Outcomes), len(rep.Findings), time.Since(start).Round(time.Millisecond))
			var got []string
			for _, f := range rep.Findings {
				if !slices.Contains(got, string(f.Kind)) {
					got = append(got, string(f.Kind))
				}
				if len(f.Lines) == 0 || len(f.Schedule) == 0 {
					t.Errorf("%s has lines %v and a schedule of %d steps", f.Kind, f.Lines, len(f.Schedule))
				}
			}
			if len(got) == 0 {
				got = append(got, "none")
			}
			for i, w := range want {
				switch {
				case w == "complete":
					if !rep.Complete {
						t.Errorf("not complete: %s", rep.Why)
					}
				case w == "outcomes":
					if want[i+1] != fmt.Sprint(len(rep.Outcomes)) {
						t.Errorf("%d outcomes, want %s", len(rep.Outcomes), want[i+1])
					}
				case i > 0 && want[i-1] == "outcomes":
				case !slices.Contains(got, w):
					t.Errorf("found %v, want %s\n%s", got, w, rep.Text())
				default:
					got = slices.DeleteFunc(got, func(s string) bool { return s == w })
				}
			}
			if len(got) > 0 {
				t.Errorf("found %v as well\n%s", got, rep.Text())
			}
		})
	}
}
