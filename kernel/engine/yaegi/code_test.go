package yaegi

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"runnext/kernel/engine"
	"runnext/sim/ssaform/ssaformtest"
)

// TestRandomPrograms holds programs of arithmetic, loops and memory to what they
// print when Go builds them. RUNNEXT_CORPUS=all tries many more of them.
func TestRandomPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	n := 4
	if os.Getenv("RUNNEXT_CORPUS") != "" {
		n = 300
	}
	from := 0
	if s := os.Getenv("RUNNEXT_SEED"); s != "" {
		from, _ = strconv.Atoi(s)
	}
	for seed := from; seed < from+n; seed++ {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			sameAsGo(t, newRandProgram(uint64(seed)))
		})
	}
}

// sameAsGo runs a program here and through Go.
func sameAsGo(t *testing.T, code string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
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
	n := newNotebook(t)
	x, rep := n.run(code)
	if rep.Failure != nil {
		t.Errorf("failure: %v", rep.Failure)
	}
	if got := x.stdout(); got != string(want) {
		t.Errorf("%s", firstDifference(got, string(want)))
		if dir := os.Getenv("RUNNEXT_KEEP"); dir != "" {
			_ = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_")+".go"), []byte(code), 0o600)
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "line " + strconv.Itoa(i+1) + ": got " + g[i] + ", want " + w[i]
		}
	}
	return "got " + strconv.Itoa(len(g)) + " lines, want " + strconv.Itoa(len(w))
}

// TestCodeFailures holds what fails inside bytecode to Go's text and to the
// places a learner is shown.
func TestCodeFailures(t *testing.T) {
	tests := []struct{ name, code, text, places string }{
		{"index", "func at(a []int, i int) int {\n\treturn a[i]\n}\n\nfunc sum(a []int) int {\n\ts := 0\n\tfor i := 0; i <= len(a); i++ {\n\t\ts += at(a, i)\n\t}\n\treturn s\n}\n\nprintln(sum([]int{1, 2}))", "panic: runtime error: index out of range [2] with length 2", "2 at, 8 sum, 13 "},
		{"divide", "func half(n int) int {\n\tif n == 0 {\n\t\treturn 10 / n\n\t}\n\treturn half(n / 2)\n}\n\nprintln(half(9))", "panic: runtime error: integer divide by zero", "3 half, 5 half, 5 half, 5 half, 5 half, 8 "},
		{"shift", "x, n := 1, -3\nfor i := range 4 {\n\tx <<= n + i\n}", "panic: runtime error: negative shift amount", "3 "},
		{"nil", "type list struct {\n\tv    int\n\tnext *list\n}\n\nfunc (l *list) last() int {\n\tfor {\n\t\tl = l.next\n\t\tif l.v < 0 {\n\t\t\treturn l.v\n\t\t}\n\t}\n}\n\nprintln((&list{}).last())", "panic: runtime error: invalid memory address or nil pointer dereference", "9 (*list).last, 15 "},
		{"closure", "func each(n int, f func(int)) {\n\tfor i := range n {\n\t\tf(i)\n\t}\n}\n\na := []int{1, 2}\neach(5, func(i int) {\n\ta[i]++\n})", "panic: runtime error: index out of range [2] with length 2", "9 func1, 3 each, 8 "},
		{"closure of another kind", "func each(n int, f func(int)) {\n\tfor i := range n {\n\t\tf(i)\n\t}\n}\n\nvar seen map[int]bool\neach(5, func(i int) {\n\tseen[i] = true\n})", "panic: assignment to entry in nil map", "9 func1, 3 each, 8 "},
		{"no function", "func each(n int, f func(int)) {\n\tfor i := range n {\n\t\tf(i)\n\t}\n}\n\neach(5, nil)", "panic: runtime error: invalid memory address or nil pointer dereference", "3 each, 7 "},
		{"goroutine", "d := make(chan int)\nfor i := range 3 {\n\tgo func() {\n\t\td <- 6 / i\n\t}()\n}\n<-d\n<-d\n<-d", "panic: runtime error: integer divide by zero", "4 func1"},
		{"select", "func push(c chan int, n int) {\n\td := make(chan int)\n\tfor i := range n {\n\t\tselect {\n\t\tcase c <- i:\n\t\tcase d <- i:\n\t\t}\n\t}\n}\n\nc := make(chan int, 1)\nclose(c)\npush(c, 2)", "panic: send on closed channel", "4 push, 13 "},
		{"close", "func shut(c chan int) {\n\tclose(c)\n}\n\nfunc twice(n int) {\n\tc := make(chan int, n)\n\tshut(c)\n\tshut(c)\n}\n\ntwice(1)", "panic: close of closed channel", "2 shut, 8 twice, 11 "},
		{"makechan", "func room(n int) int {\n\treturn cap(make(chan bool, n))\n}\n\nprintln(room(3), room(-3))", "panic: makechan: size out of range", "2 room, 5 "},
		{"WaitGroup", "func done(wg *sync.WaitGroup, n int) {\n\tfor range n {\n\t\twg.Done()\n\t}\n}\n\nvar wg sync.WaitGroup\nwg.Add(1)\ndone(&wg, 2)", "panic: sync: negative WaitGroup counter", "3 done, 9 "},
		{"no mutex", "type box struct {\n\tn  int\n\tmu *sync.Mutex\n}\n\nfunc (b *box) add(k int) {\n\tb.mu.Lock()\n\tb.n += k\n}\n\n(&box{}).add(1)", "panic: runtime error: invalid memory address or nil pointer dereference", "7 (*box).add, 11 "},
		{"unlock", "func free(mu *sync.Mutex, n int) {\n\tfor range n {\n\t\tmu.Unlock()\n\t}\n}\n\nvar mu sync.Mutex\nmu.Lock()\nfree(&mu, 2)", "fatal error: sync: unlock of unlocked mutex", "3 "},
		{"started", "func div(d chan int, n int) {\n\td <- 6 / n\n}\n\nfunc start(n int) int {\n\td := make(chan int)\n\tfor i := range n {\n\t\tgo div(d, i)\n\t}\n\treturn <-d + <-d\n}\n\nprintln(start(2))", "panic: runtime error: integer divide by zero", "2 div"},
		{"array", "var a [4]int\nfor i := range 9 {\n\ta[i] = i\n}", "panic: runtime error: index out of range [4] with length 4", "3 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNotebook(t)
			_, rep := n.run(tt.code)
			if rep.Failure == nil {
				t.Fatal("no failure")
			}
			var places []string
			for _, p := range rep.Failure.Places {
				places = append(places, strconv.Itoa(p.Line)+" "+p.Func)
			}
			if got := strings.Join(places, ", "); rep.Failure.Text != tt.text || got != tt.places {
				t.Errorf("got %q at %q, want %q at %q", rep.Failure.Text, got, tt.text, tt.places)
			}
		})
	}
}

// TestFailureInAnEarlierCell holds a func value of one cell, called by bytecode
// of another, to the places of both.
func TestFailureInAnEarlierCell(t *testing.T) {
	n := newNotebook(t)
	n.run("half := func(n int) int {\n\treturn 100 / n\n}")
	_, rep := n.run("s := 0\nfor i := range 3 {\n\ts += half(2 - i)\n}")
	if rep.Failure == nil {
		t.Fatal("no failure")
	}
	want := []engine.Place{{Cell: 1, Line: 2, Column: 13, Func: "func1"}, {Cell: 2, Line: 3, Column: 11}}
	if got := rep.Failure.Places; !slices.Equal(got, want) {
		t.Errorf("places %+v, want %+v", got, want)
	}
}

// TestRandomOrder holds programs that read what calls beside the reads change to
// what they print when Go builds them.
func TestRandomOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	for seed := range uint64(2) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			sameAsGo(t, ssaformtest.Program(seed, 100))
		})
	}
}
