package yaegi

import (
	"context"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"runnext/kernel/engine"
)

// waiting are archives of programs that wait. With RUNNEXT_CORPUS=all each
// runs twenty times. Where alone is true nothing else runs beside it: what waits
// inside of compiled code is found at once only when nothing runs.
func waiting(t *testing.T, name string, alone bool, run func(t *testing.T, cells []string)) {
	ar, err := txtar.ParseFile(filepath.Join("testdata", "waits", name))
	if err != nil {
		t.Fatal(err)
	}
	runs := 1
	if os.Getenv("RUNNEXT_CORPUS") == "all" {
		runs = 20
	}
	for _, f := range ar.Files {
		t.Run(f.Name, func(t *testing.T) {
			if !alone {
				t.Parallel()
			}
			for range runs {
				run(t, strings.Split(strings.TrimSpace(string(f.Data)), "\n---\n"))
			}
		})
	}
}

// needsLeaks skips where the toolchain was not told to build the profile in;
// make test runs these tests with it.
func needsLeaks(t *testing.T) {
	if pprof.Lookup(leakProfile) == nil {
		t.Skip("this build has no goroutineleak profile")
	}
}

func deadlocks20(t *testing.T, name string, alone bool) {
	waiting(t, name, alone, func(t *testing.T, cells []string) {
		n := newNotebook(t)
		defer n.haltAll()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		for i, code := range cells {
			_, rep := n.runContext(ctx, code, &testIO{in: strings.NewReader("")})
			switch f := rep.Failure; {
			case i < len(cells)-1:
				if f != nil {
					t.Fatal(f)
				}
			case f == nil || f.Kind != engine.KindDeadlock:
				t.Fatalf("report %v", f)
			case !strings.HasPrefix(f.Traceback()[0], "[cell "):
				t.Errorf("no place in %q", f.Traceback()[0])
			}
		}
	})
}

func (n *notebook) haltAll() {
	for _, j := range n.runner.jobs.all() {
		j.halt()
	}
}

func TestDeadlockCorpus(t *testing.T) { deadlocks20(t, "dead.txtar", false) }

func TestDeadlockCorpusCompiled(t *testing.T) {
	needsLeaks(t)
	deadlocks20(t, "compiled.txtar", true)
}

func TestNoDeadlockCorpus(t *testing.T) {
	goesOn(t, "looks.txtar")
	goesOn(t, "pulls.txtar")
}

func goesOn(t *testing.T, name string) {
	waiting(t, name, false, func(t *testing.T, cells []string) {
		n := newNotebook(t)
		defer n.haltAll()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		for _, code := range cells {
			if _, rep := n.runContext(ctx, code, &testIO{in: strings.NewReader("")}); rep.Failure != nil {
				t.Fatalf("%v\n%s", rep.Failure, code)
			}
		}
	})
}

// quietIO keeps the remarks that a job is told.
type quietIO struct {
	testIO
	said chan string
}

func (x *quietIO) Display(d engine.Display) { x.said <- d.Data["text/plain"].(string) }

// What can never go on is called a leak, by itself and in %goroutines.
func TestLeakCorpus(t *testing.T) {
	needsLeaks(t)
	waiting(t, "leaks.txtar", false, func(t *testing.T, cells []string) {
		n := newNotebook(t)
		defer n.haltAll()
		x := &quietIO{said: make(chan string, 10)}
		for _, code := range cells {
			if rep := n.runIO(code, x); rep.Failure != nil {
				t.Fatal(rep.Failure)
			}
		}
		if said := <-x.said; !strings.HasPrefix(said, "leak: goroutine") || !strings.Contains(said, "line ") { // or the test's own limit
			t.Errorf("the remark is %q", said)
		}
		table := n.ask("goroutines")
		if rows := strings.Count(table, ", started at "); strings.Count(table, "leak: ") != rows || rows == 0 {
			t.Errorf("not all of these are leaks:\n%s", table)
		}
	})
}

func TestNoLeakCorpus(t *testing.T) {
	needsLeaks(t)
	waiting(t, "alive.txtar", false, func(t *testing.T, cells []string) {
		n := newNotebook(t)
		defer n.haltAll()
		for _, code := range cells {
			if _, rep := n.run(code); rep.Failure != nil {
				t.Fatal(rep.Failure)
			}
		}
		n.run("import \"time\"\ntime.Sleep(500 * time.Millisecond)")
		if table := n.ask("goroutines"); strings.Contains(table, "leak: ") || !strings.Contains(table, "goroutine 2") {
			t.Errorf("no leak is in\n%s", table)
		}
	})
}

// An interrupt wakes goroutines that were found to be leaked, and state is
// shared with cells that come after.
func TestLeakedEnd(t *testing.T) {
	needsLeaks(t)
	n := newNotebook(t)
	n.run("n := 0\nfunc leak() {\n\tc := make(chan int)\n\tgo func() {\n\t\tdefer func() { n++ }()\n\t\t<-c\n\t}()\n}\nleak()")
	for range 3 {
		if table := n.ask("goroutines"); !strings.Contains(table, "leak: waits to receive from channel #1") {
			t.Errorf("the leak is not in\n%s", table)
		}
	}
	n.ask("kill 1")
	for n.runner.jobs.goroutines() > 0 { // or the test's own limit
		time.Sleep(time.Millisecond)
	}
	if _, rep := n.run("n"); rep.Value == nil || rep.Value.Data["text/plain"] != "1" {
		t.Errorf("%v %v", rep.Value, rep.Failure)
	}
}
