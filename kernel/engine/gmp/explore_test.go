package gmp_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"runnext/kernel/engine/gmp"
)

const lostUpdate = `import ("fmt"; "sync")
n := 0
var wg sync.WaitGroup
for range 2 {
	wg.Go(func() { n++ })
}
wg.Wait()
fmt.Println(n)
`

var mendedUpdate = strings.NewReplacer("n := 0", "n, mu := 0, sync.Mutex{}", "n++", "mu.Lock(); n++; mu.Unlock()").Replace(lostUpdate)

// explored runs a cell as `%%gmp -explore args` and gives its report as data and
// in words, and the picture.
func explored(t *testing.T, args, code string) (report map[string]any, text, html string) {
	t.Helper()
	n := newNotebook(t, gmp.DefaultLimits())
	o, out := n.run(t.Context(), "-explore "+args, code)
	if o.Failure != nil {
		t.Fatal(o.Failure)
	}
	if len(out.displays) != 2 || out.streams["stdout"] != "" {
		t.Fatalf("%d displays, printed %q", len(out.displays), out.streams["stdout"])
	}
	pictures, data := out.displays[0].Data, out.displays[1].Data
	b, err := json.Marshal(data["application/json"])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &report); err != nil {
		t.Fatal(err)
	}
	return report, data["text/plain"].(string), pictures["text/html"].(string)
}

func keys(v any) []string { return slices.Sorted(maps.Keys(v.(map[string]any))) }

// TestExploreFinds holds the bundle to its form, and the words to the findings.
func TestExploreFinds(t *testing.T) {
	report, text, html := explored(t, "", lostUpdate)
	if got, want := keys(report), []string{"bound", "complete", "findings", "outcomes", "schedules"}; !slices.Equal(got, want) {
		t.Errorf("fields %v, want %v", got, want)
	}
	outcomes, findings := report["outcomes"].([]any), report["findings"].([]any)
	if len(outcomes) != 2 || len(findings) != 1 || report["complete"] != true {
		t.Fatalf("got %v", report)
	}
	if got, want := keys(outcomes[0]), []string{"status", "stdout", "verdict"}; !slices.Equal(got, want) {
		t.Errorf("fields of an outcome %v, want %v", got, want)
	}
	f := findings[0].(map[string]any)
	if got, want := keys(f), []string{"kind", "lines", "schedule"}; !slices.Equal(got, want) {
		t.Errorf("fields of a finding %v, want %v", got, want)
	}
	if f["kind"] != "race" || len(f["schedule"].([]any)) == 0 || len(f["lines"].([]any)) != 1 || f["lines"].([]any)[0] != 5.0 {
		t.Errorf("finding %v", f)
	}
	for _, want := range []string{"data race", "not binding", "line 5", `prints "1\n"`, `prints "2\n"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, not := range []string{"deadlock", "panic", "leak", "none found", "main·"} {
		if strings.Contains(text, not) {
			t.Errorf("%q in\n%s", not, text)
		}
	}
	if !strings.Contains(html, "<table") || !strings.Contains(html, "data race") {
		t.Errorf("no tables of the schedule in\n%.500s", html)
	}
}

func TestExploreClears(t *testing.T) {
	for _, args := range []string{"", "-bound 1"} {
		report, text, _ := explored(t, args, mendedUpdate)
		outcomes := report["outcomes"].([]any)
		if len(report["findings"].([]any)) > 0 || len(outcomes) != 1 {
			t.Fatalf("%s: got %v", args, report)
		}
		want := map[string]any{"stdout": "2\n", "status": 0.0, "verdict": "possible"}
		if report["complete"] == true {
			want["verdict"] = "certain"
		}
		if !maps.Equal(outcomes[0].(map[string]any), want) {
			t.Errorf("%s: outcome %v, want %v", args, outcomes[0], want)
		}
		if args != "" && (report["bound"] != 1.0 || !strings.Contains(text, "none found up to bound 1")) && report["complete"] != true {
			t.Errorf("bound %v, and the text says\n%s", report["bound"], text)
		}
		for _, not := range []string{"deadlock", "data race", "panic", "leak"} {
			if strings.Contains(text, not) {
				t.Errorf("%q in\n%s", not, text)
			}
		}
		if !strings.Contains(text, "none found") {
			t.Errorf("no %q in\n%s", "none found", text)
		}
	}
}
