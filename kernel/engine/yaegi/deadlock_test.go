package yaegi

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"runnext/kernel/engine"
)

// deadlocked are cells, or the last ones of several, that wait for good.
var deadlocked = []struct {
	name   string
	first  string // place
	cells  []string
	detail string
}{
	{"receive", "[cell 1]:2:1", []string{"c := make(chan int)\n<-c"}, "the cell's own goroutine waits to receive from channel c at line 2"},
	{"send", "[cell 1]:2:3", []string{"c := make(chan int)\nc <- 1"}, "waits to send on channel c at line 2"},
	{"nil channel", "[cell 1]:2:1", []string{"var c chan int\n<-c"}, "a nil channel, where nobody ever comes"},
	{"select nothing", "[cell 1]:1:1", []string{"select {}"}, "select {} for ever"},
	{"select", "[cell 1]:3:1", []string{"a := make(chan int)\nb := make(chan string)\nselect {\ncase <-a:\ncase b <- \"x\":\n}"}, "a select of 2 channels"},
	{"range", "[cell 1]:3:", []string{"c := make(chan int, 1)\nc <- 1\nfor range c {\n}"}, "receive from channel c"},
	{"mutex twice", "[cell 1]:4:", []string{"import \"sync\"\nvar mu sync.Mutex\nfunc lock() {\n\tmu.Lock()\n}\nlock()\nlock()"}, "waits to lock mu"},
	{"rwmutex", "[cell 1]:4:", []string{"import \"sync\"\nvar mu sync.RWMutex\nmu.Lock()\nmu.RLock()"}, "waits to lock mu for reading"},
	{"wait group", "[cell 1]:4:", []string{"import \"sync\"\nvar wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()"}, "counter of WaitGroup wg is zero"},
	{"cond", "[cell 1]:4:", []string{"import \"sync\"\nc := sync.NewCond(new(sync.Mutex))\nc.L.Lock()\nc.Wait()"}, "Signal or Broadcast of Cond c"},
	{"two goroutines", "[cell 1]:4:1", []string{"a := make(chan int)\nb := make(chan int)\ngo func() { <-a; b <- 1 }()\n<-b\na <- 1"}, "goroutine 2, started at line 3, waits to receive from channel a"},
	{"lock order", "[cell 1]:", []string{"import \"sync\"\nvar a, b sync.Mutex\nx := make(chan bool)\ny := make(chan bool)\ngo func() {\n\tb.Lock()\n\tx <- true\n\t<-y\n\ta.Lock()\n}()\na.Lock()\n<-x\ny <- true\nb.Lock()"}, "waits to lock a"},
	{"buffer full", "[cell 1]:3:", []string{"c := make(chan int, 2)\nfor i := range 5 {\n\tc <- i\n}"}, "waits to send on channel c"},
	{"worker ended", "[cell 1]:", []string{"import \"sync\"\njobs := make(chan int)\nvar wg sync.WaitGroup\nwg.Go(func() { <-jobs })\njobs <- 1\njobs <- 2\nwg.Wait()"}, "waits to send on channel jobs"},
	{"never closed", "[cell 1]:", []string{"import \"sync\"\njobs := make(chan int)\nvar wg sync.WaitGroup\nfor range 3 {\n\twg.Go(func() {\n\t\tfor range jobs {\n\t\t}\n\t})\n}\nfor i := range 10 {\n\tjobs <- i\n}\nwg.Wait()"}, "receive from channel jobs"},
	{"after a timer", "[cell 1]:", []string{"import \"time\"\nc := make(chan int)\ntime.AfterFunc(time.Millisecond, func() {})\n<-c"}, "receive from channel c"},
	{"stopped callback", "[cell 1]:", []string{"import \"time\"\nc := make(chan int)\nt := time.AfterFunc(time.Hour, func() { c <- 1 })\nt.Stop()\n<-c"}, "receive from channel c"},
	{"beside a ticker of another cell", "[cell 2]:2:1", []string{"import \"time\"\nn := 0\ngo func() {\n\tfor range time.Tick(time.Millisecond) {\n\t\tn++\n\t}\n}()", "c := make(chan int)\n<-c"}, "receive from channel c"},
	{"beside a spinning cell", "[cell 2]:2:1", []string{"go func() {\n\tfor {\n\t}\n}()", "c := make(chan int)\n<-c"}, "receive from channel c"},
	{"waits for a stuck cell", "[cell 2]:1:1", []string{"gate := make(chan bool)\ndone := make(chan bool)\ngo func() { <-gate; done <- true }()", "<-done"}, "receive from channel done"},
	{"in functions", "[cell 1]:2:", []string{"func get(c chan string) string {\n\treturn <-c\n}\nget(make(chan string))"}, "waits to receive"},
	{"struct elements", "[cell 1]:3:", []string{"type P struct{ a, b int }\nc := make(chan P)\nc <- P{1, 2}"}, "waits to send on channel c"},
	{"errgroup", "[cell 1]:", []string{"import \"golang.org/x/sync/errgroup\"\nvar g errgroup.Group\nc := make(chan int)\ng.Go(func() error { <-c; return nil })\ng.Wait()"}, "waits for the functions of an errgroup"},
}

func TestDeadlock(t *testing.T) {
	for _, c := range deadlocked {
		t.Run(c.name, func(t *testing.T) {
			n := newNotebook(t)
			n.run("var kept = 7")
			n.number = 0
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			var rep engine.Report
			for _, code := range c.cells {
				_, rep = n.runContext(ctx, code, &testIO{})
			}
			f := rep.Failure
			if f == nil || f.Kind != engine.KindDeadlock || f.Text != deadlockText {
				t.Fatalf("report %v\n%s", f, n.source)
			}
			lines := f.Traceback()
			if !strings.HasPrefix(lines[0], c.first) || !strings.HasSuffix(lines[0], deadlockText) {
				t.Errorf("first line %q, want %s", lines[0], c.first)
			}
			if all := strings.Join(lines, "\n"); !strings.Contains(all, c.detail) {
				t.Errorf("%q is not in\n%s", c.detail, all)
			}
			if _, rep := n.run("kept"); rep.Value == nil || rep.Value.Data["text/plain"] != "7" {
				t.Errorf("state: %v %v", rep.Value, rep.Failure)
			}
			for _, j := range n.runner.jobs.all() {
				j.halt()
			}
		})
	}
}

// onlyLooks are cells that wait as long as deadlocked ones and then go on.
var onlyLooks = []struct{ name, cells string }{
	{"sleep", "import \"time\"\ntime.Sleep(D)"},
	{"after", "import \"time\"\n<-time.After(D)"},
	{"timer", "import \"time\"\nt := time.NewTimer(D)\n<-t.C"},
	{"tick", "import \"time\"\n<-time.Tick(D)"},
	{"select with timeout", "import \"time\"\nc := make(chan int)\nselect {\ncase <-c:\ncase <-time.After(D):\n}"},
	{"AfterFunc", "import \"time\"\nc := make(chan int)\ntime.AfterFunc(D, func() { c <- 1 })\n<-c"},
	{"AfterFunc reset", "import \"time\"\nc := make(chan int)\nt := time.AfterFunc(time.Hour, func() { c <- 1 })\nt.Stop()\nt.Reset(D)\n<-c"},
	{"AfterFunc unlocks", "import (\n\"sync\"\n\"time\"\n)\nvar mu sync.Mutex\nmu.Lock()\ntime.AfterFunc(D, mu.Unlock)\nmu.Lock()"},
	{"context", "import (\n\"context\"\n\"time\"\n)\nctx, cancel := context.WithTimeout(context.Background(), D)\n<-ctx.Done()\ncancel()"},
	{"context of a child", "import (\n\"context\"\n\"time\"\n)\nctx, cancel := context.WithTimeout(context.Background(), D)\nsub, stop := context.WithCancel(ctx)\ndone := make(chan bool)\ngo func() { <-sub.Done(); close(done) }()\n<-done\nstop()\ncancel()"},
	{"context.AfterFunc", "import (\n\"context\"\n\"time\"\n)\nctx, cancel := context.WithTimeout(context.Background(), D)\nc := make(chan int)\ncontext.AfterFunc(ctx, func() { c <- 1 })\n<-c\ncancel()"},
	{"sleeping goroutine", "import \"time\"\nc := make(chan int)\ngo func() { time.Sleep(D); c <- 1 }()\n<-c"},
	{"spinning goroutine", "import \"time\"\nc := make(chan int)\ngo func() {\n\tfor end := time.Now().Add(D); time.Now().Before(end); {\n\t}\n\tc <- 1\n}()\n<-c"},
	{"wait group", "import (\n\"sync\"\n\"time\"\n)\nvar wg sync.WaitGroup\nfor range 10 {\n\twg.Go(func() { time.Sleep(D) })\n}\nwg.Wait()"},
	{"cond", "import (\n\"sync\"\n\"time\"\n)\nc := sync.NewCond(new(sync.Mutex))\ngo func() { time.Sleep(D); c.Broadcast() }()\nc.L.Lock()\nc.Wait()"},
	{"mutex held by a sleeper", "import (\n\"sync\"\n\"time\"\n)\nvar mu sync.Mutex\nmu.Lock()\ngo func() { time.Sleep(D); mu.Unlock() }()\nmu.Lock()"},
	{"errgroup", "import (\n\"golang.org/x/sync/errgroup\"\n\"time\"\n)\nvar g errgroup.Group\ng.Go(func() error { time.Sleep(D); return nil })\ng.Wait()"},
	{"listener", "import (\n\"net\"\n\"time\"\n)\nl, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\nl.(*net.TCPListener).SetDeadline(time.Now().Add(D))\nl.Accept()"},
	{"pipe", "import (\n\"io\"\n\"time\"\n)\nr, w := io.Pipe()\ngo func() { time.Sleep(D); w.Close() }()\nio.ReadAll(r)"},
	{"ticker of an earlier cell", "import \"time\"\nbeat := make(chan int)\ngo func() {\n\tfor range time.Tick(D) {\n\t\tbeat <- 1\n\t}\n}()\n---\n<-beat"},
	{"channel handed to an earlier cell", "import \"time\"\nreplies := make(chan chan int)\ngo func() {\n\tfor c := range replies {\n\t\ttime.Sleep(D)\n\t\tc <- 1\n\t}\n}()\n---\nfunc() {\n\tc := make(chan int)\n\treplies <- c\n\t<-c\n}()"},
	{"lock of an earlier cell", "import (\n\"sync\"\n\"time\"\n)\nvar mu sync.Mutex\nmu.Lock()\ngo func() { time.Sleep(D); mu.Unlock() }()\n---\nmu.Lock()"},
	{"ping-pong", "import \"time\"\nping := make(chan int)\npong := make(chan int)\ngo func() {\n\tfor x := range ping {\n\t\tpong <- x\n\t}\n}()\nfor end := time.Now().Add(D); time.Now().Before(end); {\n\tping <- 1\n\t<-pong\n}"},
	{"gate opened by a later cell", "gate := make(chan bool)\ndone := make(chan bool, 1)\ngo func() { <-gate; done <- true }()\n---\nclose(gate)\n<-done"},
	{"signal", "import (\n\"os\"\n\"os/signal\"\n\"time\"\n)\nc := make(chan os.Signal, 1)\nsignal.Notify(c, os.Interrupt)\nx := make(chan int)\ngo func() { <-c; x <- 1 }()\ntime.AfterFunc(D, func() { c <- os.Interrupt })\n<-x\nsignal.Stop(c)"},
	{"http", "import (\n\"net/http\"\n\"net/http/httptest\"\n\"time\"\n)\ndone := make(chan int)\ns := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { done <- 1 }))\ngo func() {\n\ttime.Sleep(D)\n\thttp.Get(s.URL)\n}()\n<-done\ns.Close()"},
}

// longEnough is longer than the detector takes to be sure.
const longEnough = "600*time.Millisecond"

var delay = regexp.MustCompile(`\bD\b`)

func TestNoDeadlock(t *testing.T) {
	for _, c := range onlyLooks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := newNotebook(t)
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			for _, code := range strings.Split(delay.ReplaceAllString(c.cells, longEnough), "\n---\n") {
				if _, rep := n.runContext(ctx, code, &testIO{}); rep.Failure != nil {
					t.Fatalf("%v\n%s", rep.Failure, code)
				}
			}
			for _, j := range n.runner.jobs.all() {
				j.halt()
			}
		})
	}
}

// TestDeadlockBesideSecondConsole has a cell that nobody can wake while another
// runs, and the collector asked a moment ago.
func TestDeadlockBesideSecondConsole(t *testing.T) {
	needsLeaks(t)
	n := newNotebook(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan engine.Report)
	start := func(ctx context.Context, code string) {
		job, fail := n.prepare(code)
		if fail != nil {
			t.Fatal(fail)
		}
		job.Shared = true
		go func() { ended <- n.runner.Run(ctx, job, &testIO{}) }()
	}
	start(ctx, "time.Sleep(time.Hour)")
	n.runner.leaks.mu.Lock()
	n.runner.leaks.asked = time.Now()
	n.runner.leaks.mu.Unlock()
	start(context.Background(), "func() { <-make(chan int) }()")
	if rep := <-ended; rep.Failure == nil || rep.Failure.Kind != engine.KindDeadlock {
		t.Errorf("a channel of nobody's: %v", rep.Failure)
	}
	cancel()
	<-ended
}

// With a second console a channel of the notebook may still be served; one
// that nobody else can reach is a deadlock all the same.
func TestDeadlockWithSecondConsole(t *testing.T) {
	n := newNotebook(t)
	n.run("gate := make(chan int)")
	run := func(code string, x *testIO) engine.Report {
		job, fail := n.prepare(code)
		if fail != nil {
			t.Fatal(fail)
		}
		job.Shared = true
		return n.runner.Run(context.Background(), job, x)
	}
	x := &testIO{}
	ended := make(chan engine.Report)
	job, fail := n.prepare("<-gate")
	if fail != nil {
		t.Fatal(fail)
	}
	job.Shared = true
	go func() { ended <- n.runner.Run(context.Background(), job, x) }()
	for x.stderr() == "" {
		time.Sleep(time.Millisecond)
	}
	if got := x.stderr(); got != "cell 2: all goroutines wait, and only another console can wake them: the cell's own goroutine waits to receive from channel gate at line 1\n" {
		t.Errorf("printed %q", got)
	}
	run("gate <- 3", &testIO{})
	if rep := <-ended; rep.Value == nil || rep.Value.Data["text/plain"] != "3" {
		t.Errorf("%v %v", rep.Value, rep.Failure)
	}
	if rep := run("func() { <-make(chan int) }()", &testIO{}); rep.Failure == nil || rep.Failure.Kind != engine.KindDeadlock {
		t.Errorf("a channel of nobody's: %v", rep.Failure)
	}
}
