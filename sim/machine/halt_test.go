package machine_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"runnext/sim/machine"
)

// TestHaltWithin ends programs that are within one instruction, or one call of
// the standard library, for minutes or for good: the context is over as soon as
// they have said that they begin.
func TestHaltWithin(t *testing.T) {
	pairs := "var x, y any; for range 60 { x, y = P{x, x}, P{y, y} }; "
	for _, c := range []struct{ name, body string }{
		{"array copied", "var a [1 << 20]int; begin(); for { b := a; a[3] += b[2] }"},
		{"array stored", "var a, b [1 << 20]int; p := &a; begin(); for { *p = b; b[1]++ }"},
		{"compared", pairs + "begin(); println(x == y)"},
		{"hashed", pairs + "m := map[any]int{}; begin(); println(m[x])"},
		{"large key", `s := strings.Repeat("x", 20<<20); m := map[K]int{}; begin(); for { m[K{s, 1}]++ }`},
		{"printed", pairs + "begin(); println(len(fmt.Sprint(x)))"},
		{"printed in pieces", "l := make([]S, 1<<20); begin(); for { println(len(fmt.Sprint(l))) }"},
		{"cleared", "l := make([]int, 1<<20); begin(); for { clear(l) }"},
		{"copied", "l := make([]int, 1<<20); begin(); for { copy(l, l[1:]) }"},
		{"appended", "l := make([]int, 1<<20, 1<<21); begin(); for { _ = append(l, l...) }"},
		{"searched", `s := strings.Repeat("x", 20<<20); begin(); for { _ = strings.Index(s, "y") }`},
		{"counted", `s := bytes.Repeat([]byte("x"), 1<<20); begin(); for { _ = bytes.Count(s, []byte("y")) }`},
		{"built", `var b strings.Builder; for range 1<<10 { b.WriteString(strings.Repeat("x", 1<<10)) }; begin(); for { _ = b.String() }`},
		{"joined", `l := strings.Split(strings.Repeat("x,", 1<<16), ","); begin(); for { _ = strings.Join(l, "") }`},
		{"scanned", `s := strings.Repeat(" ", 20<<20); var n int; begin(); for { fmt.Sscan(s, &n) }`},
		{"texts compared", `s := strings.Repeat("x", 20<<20); r := s + "a"; q := s + "b"; begin(); for { if r > q { break } }`},
		{"map walked", "m := map[int]int{}; for i := range 1<<17 { m[i] = i }; begin(); for { for range m { } }"},
		{"deep panics", "begin(); deep(1 << 16)"},
		{"asleep", "begin(); for { time.Sleep(1 << 61) }"},
		{"in a call", "begin(); for { gmp.Syscall(1 << 61) }"},
		{"in the poller", "begin(); for { gmp.NetWait(1 << 61) }"},
		{"at work", "begin(); gmp.Work(1 << 61)"},
		{"reads", "begin(); fmt.Scan(new(int))"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := "package main\n\nimport (\n\t\"bytes\"\n\t\"fmt\"\n\t\"strings\"\n\t\"time\"\n\n\t\"runnext/sim/gmp\"\n)\n\n" +
				"var _ = []any{bytes.Repeat, fmt.Sprint, strings.Join, time.Sleep, gmp.Work}\n\n" +
				"type P struct{ a, b any }\n\ntype K struct {\n\ts string\n\tn int\n}\n\ntype S int\n\nfunc (s S) String() string { return \"s\" }\n\n" +
				"func begin() { print(\"begin\\n\") }\n\n" +
				"func deep(n int) {\n\tif n > 0 {\n\t\tdeep(n - 1)\n\t\treturn\n\t}\n\tfor {\n\t\tfunc() {\n\t\t\tdefer func() { recover() }()\n\t\t\tpanic(1)\n\t\t}()\n\t}\n}\n\n" +
				"func main() {\n\t" + c.body + "\n}\n"
			for _, procs := range []int{1, 3} {
				ctx, cancel := context.WithCancel(t.Context())
				var stderr bytes.Buffer
				stdin, never := io.Pipe()
				o, err := runWithin(ctx, t, "main.go", []byte(src), func(cfg *machine.Config) {
					cfg.Log, cfg.P, cfg.Stdin = false, procs, stdin
					cfg.Stderr = writer(func(p []byte) {
						stderr.Write(p)
						cancel()
					})
				})
				never.Close()
				cancel()
				if err != nil {
					t.Fatal(err)
				}
				if o.res.Status != machine.StatusCut || !strings.HasPrefix(stderr.String(), "begin\nrunnext sim: the time is up") {
					t.Errorf("%d Ps: status %d, stderr %.200q", procs, o.res.Status, &stderr)
				}
			}
		})
	}
}

// TestHaltBeforeAnything ends a run whose time is up while it is looked at what
// the program may call.
func TestHaltBeforeAnything(t *testing.T) {
	var b strings.Builder
	b.WriteString("package main\n\nfunc main() {\n\tx := 1\n")
	for range 20_000 {
		b.WriteString("\tx += x * 3\n")
	}
	b.WriteString("\tprintln(x)\n}\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o, err := runWithin(ctx, t, "main.go", []byte(b.String()), func(cfg *machine.Config) { cfg.Log = false })
	if err != nil {
		t.Fatal(err)
	}
	if got := o.stderr.String(); o.res.Status != machine.StatusCut || !strings.HasPrefix(got, "runnext sim: the time is up after 0s; no goroutine has run") {
		t.Errorf("status %d, stderr %q", o.res.Status, got)
	}
}

// TestDeepValues are programs whose values lie too deep within each other for
// the machine's own stack, or hold themselves.
func TestDeepValues(t *testing.T) {
	const over = "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n"
	deep := "var x, y any; for range 1_100_000 { x, y = P{x}, P{y} }; "
	for _, c := range []struct {
		name, body, stderr string
		status             int
	}{
		{"compared", deep + "println(x == y)", over, 2},
		{"hashed", deep + "m := map[any]int{}; println(m[x], m[y])", over, 2},
		{"printed", "l := []any{nil}; l[0] = l; fmt.Println(l)", over, 2},
		{"deeply equal", deep + "println(reflect.DeepEqual(x, y))", over, 2},
		{"shared", "var l, r *T; for range 100 { l, r = &T{l, l}, &T{r, r} }; println(reflect.DeepEqual(l, r), reflect.DeepEqual(l, &T{}))", "true false\n", 0},
		{"circular", "l, r := &T{}, &T{}; l.l, r.l = l, r; println(reflect.DeepEqual(l, r))", "true\n", 0},
		{"types", "var p *D2[D2[D2[D2[int]]]]; println(p == nil, reflect.TypeOf(p).Elem().NumField())", "true 2\n", 0},
		{"panics", "defer func() { e := recover().(E); println(e.n) }(); _ = fmt.Sprint(E{3})", "4\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := "package main\n\nimport (\n\t\"fmt\"\n\t\"reflect\"\n)\n\nvar _ = []any{fmt.Sprint, reflect.DeepEqual}\n\n" +
				"type P struct{ a any }\n\ntype T struct{ l, r *T }\n\ntype D[E any] struct{ a, b E }\n\ntype D2[E any] D[D[D[D[D[E]]]]]\n\n" +
				"type E struct{ n int }\n\nfunc (e E) Error() string { panic(E{e.n + 1 - e.n/4}) }\n\n" +
				"func main() {\n\t" + c.body + "\n}\n"
			o, err := run(t, "main.go", []byte(src), func(cfg *machine.Config) { cfg.Log = false })
			if err != nil {
				t.Fatal(err)
			}
			if got := o.stderr.String(); !strings.HasPrefix(got, c.stderr) || o.res.Status != c.status {
				t.Errorf("status %d, stderr %.200q, want %d and %q", o.res.Status, got, c.status, c.stderr)
			}
		})
	}
}
