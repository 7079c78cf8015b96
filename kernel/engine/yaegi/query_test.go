package yaegi

import (
	"context"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"runnext/kernel/engine"
)

func (n *notebook) ask(q string) string {
	n.t.Helper()
	rep := n.runner.Run(context.Background(), engine.Job{ID: 99, Query: q}, &testIO{})
	if rep.Value == nil {
		n.t.Fatalf("%s: %v", q, rep.Failure)
	}
	return rep.Value.Data["text/plain"].(string)
}

func TestGoroutinesAndKill(t *testing.T) {
	n := newNotebook(t)
	if got := n.ask("goroutines"); got != "No goroutine of a cell is running." {
		t.Errorf("at first %q", got)
	}
	n.run("gate := make(chan int)\nready := make(chan bool)\nfunc wait() {\n\tdefer func() { ready <- true }()\n\t<-gate\n}\ngo wait()")
	n.run("go func() {\n\tfor {\n\t}\n}()")
	row := regexp.MustCompile(`(?m)^ *1 +goroutine 2, started at line 7 +waits to receive from channel gate +line 5 +`)
	for !row.MatchString(n.ask("goroutines")) { // or the test's own limit
		runtime.Gosched()
	}
	if got := n.ask("goroutines"); !regexp.MustCompile(`2 +goroutine 2, started at line 1`).MatchString(got) || !strings.Contains(got, "runs") {
		t.Errorf("the table is\n%s", got)
	}
	if got := n.ask("kill 2"); got != "1 goroutine of cell 2 was told to end." {
		t.Errorf("kill says %q", got)
	}
	for strings.Contains(n.ask("goroutines"), "runs") {
		runtime.Gosched()
	}
	if got := n.ask("goroutines"); !row.MatchString(got) {
		t.Errorf("the other cell's goroutine is not in\n%s", got)
	}
	if got := n.ask("kill 2"); got != "No goroutine of cell 2 is running." {
		t.Errorf("kill again says %q", got)
	}
	n.ask("kill 1")
}

func TestWho(t *testing.T) {
	n := newNotebook(t)
	n.run("x := 1\ns := []string{\"a\", \"b\"}\nc := make(chan int, 3)\nc <- 1")
	n.run("x := \"four\"")
	want := "variable  type      size\n--------  --------  ------\nc         chan int  1 of 3\ns         []string  2\nx         string    4"
	if got := n.ask("who"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A panic after its cell is told with the cell's own outside, and who started
// the goroutine.
func TestLatePanic(t *testing.T) {
	n := newNotebook(t)
	x, rep := n.run("gate := make(chan int)\ngo func() {\n\t<-gate\n\tpanic(\"late\")\n}()")
	if rep.Failure != nil || rep.Running != 1 {
		t.Fatalf("report %+v", rep)
	}
	if _, rep := n.run("close(gate)"); rep.Failure != nil {
		t.Fatal(rep.Failure)
	}
	for n.runner.jobs.goroutines() > 0 {
		runtime.Gosched()
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.late) != 1 {
		t.Fatalf("%d late failures", len(x.late))
	}
	text := x.late[0].Error()
	if !strings.HasPrefix(text, "[cell 1]:4:7: panic: late") || !strings.Contains(text, "It happened in goroutine 2, started at line 2.") {
		t.Errorf("told\n%s", text)
	}
}

// A goroutine inside of a call of compiled code is told by that call, and what
// keeps it from ending too.
func TestGoroutinesInCalls(t *testing.T) {
	n := newNotebook(t)
	n.run("import (\n\t\"io\"\n\t\"net\"\n)\nl, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\nc, _ := net.Dial(\"tcp\", l.Addr().String())\ngo io.ReadAll(c)")
	want := func(state string) {
		t.Helper()
		for { // or the test's own limit
			if table := n.ask("goroutines"); strings.Contains(table, state) && strings.Contains(table, "line 7") {
				return
			}
		}
	}
	want("is in a call of io.ReadAll")
	n.ask("kill 1")
	want("ends as soon as its call of io.ReadAll returns")
	n.run("c.Close()")
	for n.ask("goroutines") != "No goroutine of a cell is running." {
		time.Sleep(time.Millisecond)
	}
}
