package yaegi

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestSoak runs cells of every kind over and over and looks at what they leave
// behind: nothing but the notebook's variables. RUNNEXT_CORPUS=all runs 20,000.
func TestSoak(t *testing.T) {
	cells := []string{
		"total += 1\ntotal",
		"func twice(n int) int { return 2 * n }\ntwice(N)",
		"func fib(n int) int {\n\tif n < 2 {\n\t\treturn n\n\t}\n\treturn fib(n-1) + fib(n-2)\n}\nfib(9)",
		"var wg sync.WaitGroup\nfor i := range 4 {\n\twg.Go(func() { results[i] = i * N })\n}\nwg.Wait()",
		"c := make(chan int)\ngo func() {\n\tdefer close(c)\n\tfor i := range 5 {\n\t\tc <- i\n\t}\n}()\nfor v := range c {\n\tfmt.Print(v)\n}",
		"for i := range results {\n\tresults[i] += i\n}\nmax(results[0], results[1])",
		"m := map[string]int{}\nm[\"a\"]++\nfmt.Sprint(m)",
		"func() (s string) {\n\tdefer func() { s = fmt.Sprint(recover()) }()\n\treturn string(rune(results[len(results)]))\n}()",
		"fmt.Println(point{1, 2}, len(fmt.Sprintf(\"%T\", point{})))",
	}
	n := 450
	if os.Getenv("RUNNEXT_CORPUS") != "" {
		n = 20_000
	}
	nb := newNotebook(t)
	if _, rep := nb.run("total := 0\nresults := make([]int, 8)\n\ntype point struct{ x, y int }\n\nfunc (p point) String() string { return \"p\" }"); rep.Failure != nil {
		t.Fatal(rep.Failure)
	}
	var before, after remains
	for i := range n {
		code := cells[i%len(cells)]
		code = strings.ReplaceAll(code, "N", strconv.Itoa(i%50))
		if _, rep := nb.run(code); rep.Failure != nil {
			t.Fatalf("run %d of %q: %v", i, code, rep.Failure)
		}
		switch i {
		case n / 3:
			before = whatRemains()
		case n - 1:
			after = whatRemains()
		}
	}
	t.Logf("after %d runs: %+v, after %d: %+v", n/3, before, n, after)
	runs := n - n/3
	// The checker's table of positions grows by each cell, and what is declared
	// again is another variable: both are bounded by what was typed.
	if grown := int(after.heap) - int(before.heap); grown > 2<<20+runs*512 {
		t.Errorf("%d runs left %d bytes of heap", runs, grown)
	}
	if after.goroutines > before.goroutines+2 {
		t.Errorf("goroutines: %d, then %d", before.goroutines, after.goroutines)
	}
	if after.files > before.files {
		t.Errorf("files: %d, then %d", before.files, after.files)
	}
	if n := len(nb.runner.jobs.all()); n > 0 {
		t.Errorf("%d jobs are still known", n)
	}
}

// remains is what a process holds.
type remains struct {
	heap              uint64
	goroutines, files int
}

func whatRemains() remains {
	for range 100 { // goroutines that have done their work are still ending
		before := runtime.NumGoroutine()
		runtime.Gosched()
		time.Sleep(time.Millisecond)
		if runtime.NumGoroutine() >= before {
			break
		}
	}
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, _ := os.ReadDir("/proc/self/fd")
	return remains{m.HeapAlloc, runtime.NumGoroutine(), len(files)}
}
