package machine_test

import (
	"errors"
	"strings"
	"testing"

	"runnext/sim/machine"
)

// TestLimits runs programs that would take all there is.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name, body, stderr string
		status             int
	}{
		{"slices", "var l [][]int; for { l = append(l, make([]int, 1000)) }", "fatal error: runtime: out of memory\n", 2},
		{"one", "n := 1 << 40; println(len(make([]byte, n)))", "fatal error: runtime: out of memory\n", 2},
		{"len", "n := 1 << 50; println(len(make([]byte, n)))", "panic: runtime error: makeslice: len out of range\n", 2},
		{"negative", "n := -1; println(len(make([]byte, n)))", "panic: runtime error: makeslice: len out of range\n", 2},
		{"string", "s := \"x\"; for { s += s }", "fatal error: runtime: out of memory\n", 2},
		{"map", "m := map[int]int{}; for i := 0; ; i++ { m[i] = i }", "fatal error: runtime: out of memory\n", 2},
		{"goroutines", "for { go func() { select {} }() }", "runnext sim: the limit of 2000 goroutines is reached", 124},
		{"output", "for { os.Stdout.WriteString(\"line\\n\") }", "runnext sim: the limit of 4096 bytes of output is reached", 124},
		{"stack", "var f func(int) int; f = func(n int) int { return f(n+1) + 1 }; println(f(0))", "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n", 2},
		{"formatted", "s := \"x\"; for { s = fmt.Sprintf(\"%q|%s\", s, s) }", "fatal error: runtime: out of memory\n", 2},
		{"nested", "var z any = strings.Repeat(\"x\", 1<<12); for range 60 { z = []any{z, z} }; println(len(fmt.Sprint(z)))", "fatal error: runtime: out of memory\n", 2},
		{"joined", "s := strings.Repeat(\"x\", 1<<20); l := make([]string, 100_000); for i := range l { l[i] = s }; println(len(strings.Join(l, s)))", "fatal error: runtime: out of memory\n", 2},
		{"appended", "s := strings.Repeat(\"x\", 1<<24); println(len(append([]byte(nil), s...)))", "fatal error: runtime: out of memory\n", 2},
		{"copied", "s := strings.Repeat(\"x\", 1<<20); println(copy(make([]byte, 2), s))", "2\n", 0},
		{"garbage", "for range 200_000 { _ = make([]int, 1000) }; println(\"done\")", "done\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"strings\"\n)\n\nvar _ = []any{os.Args, fmt.Sprint, strings.Join}\n\nfunc main() {\n\t" + c.body + "\n}\n"
			o, err := run(t, "main.go", []byte(src), func(cfg *machine.Config) {
				cfg.Log, cfg.Heap, cfg.Goroutines, cfg.Output = false, 64<<20, 2000, 4096
				if c.name == "stack" {
					cfg.Heap = 0
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := o.stderr.String(); !strings.HasPrefix(got, c.stderr) || o.res.Status != c.status {
				t.Errorf("status %d, stderr %.200q, want %d and %q", o.res.Status, got, c.status, c.stderr)
			}
			if n := o.stdout.Len(); n > 4096+5 {
				t.Errorf("%d bytes of output", n)
			}
		})
	}
}

func TestTypeLargerThanMemory(t *testing.T) {
	_, err := run(t, "main.go", []byte("package main\n\nvar x [1 << 38]int\n\nfunc main() { x[1] = 2 }\n"), nil)
	if !errors.Is(err, machine.ErrRefused) || !strings.Contains(err.Error(), "[274877906944]int") {
		t.Errorf("the error is %v", err)
	}
}
