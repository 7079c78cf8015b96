package machine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"runnext/sim/machine"
	"runnext/sim/ssaform/ssaformtest"
)

// TestRandomOrder holds a program that reads what calls beside the reads change
// to what it prints when Go builds it.
func TestRandomOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	src := ssaformtest.Program(2, 100)
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	exe := file + ".exe"
	if out, err := exec.Command("go", "build", "-o", exe, file).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	want, err := exec.Command(exe).Output()
	if err != nil {
		t.Fatalf("as Go builds it: %v", err)
	}
	o, err := run(t, "main.go", []byte(src), func(c *machine.Config) { c.Log = false })
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(o.stdout.String(), "\n"), strings.Split(string(want), "\n")
	if len(g) != len(w) {
		t.Fatalf("%d lines, want %d\n%s", len(g), len(w), &o.stderr)
	}
	for i := range w {
		if g[i] != w[i] {
			t.Errorf("line %d: got %s, want %s", i+1, g[i], w[i])
		}
	}
}
