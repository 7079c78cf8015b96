package corpus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"runnext/kernel/std/stdtest"
)

// atOnce is how many programs run at a time.
const atOnce = 2

// TestCorpusProbes runs the programs that are kept here against what they are
// known to print; it needs no toolchain.
func TestCorpusProbes(t *testing.T) {
	stdtest.Carried(t)
	probes, err := Probes(filepath.Join("testdata", "probes"))
	if err != nil {
		t.Fatal(err)
	}
	if len(probes) < 53 {
		t.Fatalf("%d probes", len(probes))
	}
	// Not this binary: under the race detector a program that goes around types
	// with unsafe dies where a built one panics.
	compare(t, plainBinary(t), probes)
}

// TestCorpus runs Go's own tests, built and here. RUNNEXT_CORPUS chooses: all,
// or folders and names separated by commas, such as chan,ken,test/map.
func TestCorpus(t *testing.T) {
	chosen := os.Getenv("RUNNEXT_CORPUS")
	if chosen == "" {
		t.Skip("RUNNEXT_CORPUS=all runs Go's tests, built and here: make corpus")
	}
	stdtest.Carried(t)
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env GOROOT: %v", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(root)), "test")
	text, err := os.ReadFile(filepath.Join("testdata", "fixedbugs.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var programs []Program
	for _, folder := range Folders {
		var listed []string
		if folder == "fixedbugs" {
			listed = Lines(text)
		}
		all, err := Goroot(dir, folder, listed)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			if choose(chosen, p.Name) {
				programs = append(programs, p)
			}
		}
	}
	if len(programs) == 0 {
		t.Fatalf("RUNNEXT_CORPUS=%s chooses no program", chosen)
	}
	known := compare(t, plainBinary(t), programs)
	for name := range known {
		folder, _, _ := strings.Cut(name, "/")
		if choose(chosen, name) && folder != "probes" && !slices.ContainsFunc(programs, func(p Program) bool { return p.Name == name }) {
			t.Errorf("known.txt names %s, which is no program of the corpus", name)
		}
	}
}

func choose(chosen, name string) bool {
	folder, _, _ := strings.Cut(name, "/")
	list := strings.Split(chosen, ",")
	return chosen == "all" || slices.Contains(list, folder) || slices.Contains(list, name)
}

// plainBinary gives this test's binary as a program is run by: without cgo, with
// which Go does not see that a program is deadlocked, and without the race
// detector.
func plainBinary(t *testing.T) string {
	t.Helper()
	info, ok := debug.ReadBuildInfo()
	if ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "CGO_ENABLED", Value: "0"}) {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		return self
	}
	exe := filepath.Join(t.TempDir(), "corpus.test")
	cmd := exec.Command("go", "test", "-c", "-tags", "carried", "-o", exe, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return exe
}

// compare runs the programs with runner, two at a time, and holds the verdicts
// against known.txt, which it gives.
func compare(t *testing.T, runner string, programs []Program) map[string]Known {
	text, err := os.ReadFile("known.txt")
	if err != nil {
		t.Fatal(err)
	}
	known, err := ParseKnown(text)
	if err != nil {
		t.Fatal(err)
	}
	ref := Reference{Dir: cacheDir(t), Version: goVersion(t)}
	verdicts := make([]verdict, len(programs))
	g, ctx := errgroup.WithContext(context.Background())
	g.SetLimit(atOnce)
	for i, p := range programs {
		g.Go(func() error {
			v, err := try(ctx, ref, runner, t.TempDir(), p)
			verdicts[i] = v
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if v.category == skipped {
			t.Logf("%s is skipped: %s", v.name, v.detail)
			continue
		}
		if c := Complaint(v.name, v.category, v.slow, known); c != "" {
			t.Errorf("%s\n%s", c, v.detail)
		}
	}
	t.Log(table(verdicts))
	return known
}

// verdict is what came of one program.
type verdict struct {
	name     string
	category Category
	detail   string
	slow     bool // took more than a quarter of the limit
}

// skipped is the verdict for what Go itself does not build or end here.
const skipped Category = "skipped"

func try(ctx context.Context, ref Reference, runner, dir string, p Program) (verdict, error) {
	v := verdict{name: p.Name, category: skipped}
	want, err := ref.Result(ctx, p)
	switch {
	case errors.Is(err, ErrNotBuilt):
		v.detail = err.Error()
		return v, nil
	case err != nil:
		return v, err
	case want.Status == 124:
		v.detail = "the built program does not end in time"
		return v, nil
	}
	file := p.File
	if file == "" {
		file = filepath.Join(dir, filepath.Base(p.Name)+".go")
		if err := os.WriteFile(file, p.Source, 0o666); err != nil {
			return v, err
		}
	}
	began := time.Now()
	got, err := Exec(ctx, dir, runner, asRun, file)
	if err != nil {
		return v, err
	}
	v.slow = time.Since(began) > Limit/4
	v.category = Judge(want, got)
	v.detail = detail(want, got)
	return v, nil
}

func detail(want, got Result) string {
	return fmt.Sprintf("status %d, want %d\nstdout: %.300q\nwant:   %.300q\nstderr: %.600s",
		got.Status, want.Status, got.Stdout, want.Stdout, got.Stderr)
}

// table counts the verdicts by folder and category.
func table(verdicts []verdict) string {
	counts := map[string]map[Category]int{}
	var folders []string
	for _, v := range verdicts {
		folder, _, _ := strings.Cut(v.name, "/")
		if counts[folder] == nil {
			counts[folder] = map[Category]int{}
			folders = append(folders, folder)
		}
		counts[folder][v.category]++
	}
	var b strings.Builder
	columns := append(slices.Clone(Categories), skipped)
	fmt.Fprintf(&b, "\n%-10s", "")
	for _, c := range columns {
		fmt.Fprintf(&b, " %14s", c)
	}
	for _, f := range folders {
		fmt.Fprintf(&b, "\n%-10s", f)
		for _, c := range columns {
			fmt.Fprintf(&b, " %14d", counts[f][c])
		}
	}
	return b.String()
}

// cacheDir is where what built programs did is kept from one run of the test to
// the next.
func cacheDir(t testing.TB) string {
	base, err := os.UserCacheDir()
	if err != nil {
		return t.TempDir()
	}
	dir := filepath.Join(base, "runnext", "corpus")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

func goVersion(t testing.TB) string {
	out, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
