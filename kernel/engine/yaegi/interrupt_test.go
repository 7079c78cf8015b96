package yaegi

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"runnext/kernel/engine"
)

// TestInterrupt cancels cells that would not end and looks at what is left.
func TestInterrupt(t *testing.T) {
	for _, c := range []struct{ name, code string }{
		{"loop", "for {\n}"},
		{"loop with work", "x := 0\nfor {\n\tx++\n}"},
		{"recursion", "func f(n int) int {\n\tif n == 0 {\n\t\treturn 0\n\t}\n\treturn f(n-1) + f(n-1)\n}\nf(60)"},
		{"receive", "<-make(chan int)"},
		{"send", "make(chan int) <- 1"},
		{"nil channel", "var c chan int\n<-c"},
		{"select", "select {}"},
		{"select of two", "a, b := make(chan int), make(chan string)\nselect {\ncase <-a:\ncase b <- \"x\":\n}"},
		{"range", "for range make(chan int) {\n}"},
		{"sleep", "import \"time\"\ntime.Sleep(time.Hour)"},
		{"mutex", "import \"sync\"\nvar mu sync.Mutex\nmu.Lock()\nmu.Lock()"},
		{"rwmutex", "import \"sync\"\nvar mu sync.RWMutex\nmu.Lock()\nmu.RLock()"},
		{"wait group", "import \"sync\"\nvar wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()"},
		{"cond", "import \"sync\"\nc := sync.NewCond(new(sync.Mutex))\nc.L.Lock()\nc.Wait()"},
		{"goroutines", "for i := 0; i < 50; i++ {\n\tgo func() {\n\t\tfor {\n\t\t}\n\t}()\n}\nselect {}"},
		{"select in a function", "func among(n int) (s int) {\n\ta, b := make(chan int), make(chan bool)\n\tfor i := range n {\n\t\tselect {\n\t\tcase v := <-a:\n\t\t\ts += v\n\t\tcase b <- i > 3:\n\t\t}\n\t}\n\treturn s\n}\namong(9)"},
		{"locks in a loop", "import \"sync\"\nvar mu sync.Mutex\nfor range 3 {\n\tmu.Lock()\n}"},
		{"goroutines of functions", "import \"sync\"\nfunc hold(wg *sync.WaitGroup, c chan int) {\n\tfor v := range c {\n\t\tc <- v\n\t}\n\twg.Done()\n}\nfunc many(n int) {\n\tvar wg sync.WaitGroup\n\tc := make(chan int)\n\tfor range n {\n\t\twg.Add(1)\n\t\tgo hold(&wg, c)\n\t}\n\twg.Wait()\n}\nmany(20)"},
		{"compiled call", "import \"net\"\nl, _ := net.Listen(\"tcp\", \"127.0.0.1:0\")\nl.Accept()"},
		{"sort", "import \"sort\"\nsort.Slice(make([]int, 10), func(i, j int) bool {\n\tfor {\n\t}\n})"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNotebook(t)
			n.run("var kept = 7")
			x := &testIO{}
			ctx, cancel := context.WithCancel(context.Background())
			code := "import \"fmt\"\nfunc() {\n\tdefer fmt.Println(\"deferred\", recover())\n\tfmt.Println(\"READY\")\n}()\n" + c.code
			code = hoist(code)
			go func() {
				for !strings.Contains(x.stdout(), "READY") {
					time.Sleep(time.Millisecond)
				}
				cancel()
			}()
			_, rep := n.runContext(ctx, code, x)
			if rep.Failure == nil || rep.Failure.Kind != engine.KindInterrupted {
				t.Fatalf("report %v\n%s", rep.Failure, n.source)
			}
			if _, rep := n.run("kept"); rep.Value == nil || rep.Value.Data["text/plain"] != "7" {
				t.Errorf("state: %v %v", rep.Value, rep.Failure)
			}
		})
	}
}

// hoist puts the imports of a cell first.
func hoist(code string) string {
	var imports, rest []string
	for _, line := range strings.Split(code, "\n") {
		if strings.HasPrefix(line, "import ") {
			imports = append(imports, line)
		} else {
			rest = append(rest, line)
		}
	}
	return strings.Join(append(imports, rest...), "\n")
}

// The shared word alone must do, whoever is starved.
func TestInterruptByWord(t *testing.T) {
	n := newNotebook(t)
	x := &testIO{}
	go func() {
		for !strings.Contains(x.stdout(), "READY") {
			time.Sleep(time.Millisecond)
		}
		atomic.StoreUint32(&x.word, 1)
	}()
	_, rep := n.runContext(context.Background(), "import \"fmt\"\nfor i := 0; i < 100; i++ {\n\tgo func() {\n\t\tfor {\n\t\t}\n\t}()\n}\nfmt.Println(\"READY\")\nselect {}", x)
	if rep.Failure == nil || rep.Failure.Kind != engine.KindInterrupted {
		t.Errorf("report %v", rep.Failure)
	}
	for n.runner.jobs.goroutines() > 0 { // ends, or the test's own limit does
		runtime.Gosched()
	}
}

// Deferred calls run, with nothing to recover; other cells' goroutines go on.
func TestInterruptUnwinds(t *testing.T) {
	n := newNotebook(t)
	bg := &testIO{}
	n.runContext(context.Background(), "import \"time\"\nticks := make(chan int)\ngo func() {\n\tfor i := 0; ; i++ {\n\t\tticks <- i\n\t}\n}()", bg)
	x := &testIO{}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for !strings.Contains(x.stdout(), "READY") {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	n.runContext(ctx, "import \"fmt\"\nfunc work() {\n\tdefer func() { fmt.Println(\"deferred\", recover()) }()\n\tfmt.Println(\"READY\")\n\tfor {\n\t}\n}\nwork()\nfmt.Println(\"AFTER\")", x)
	if got := x.stdout(); got != "READY\ndeferred <nil>\n" {
		t.Errorf("printed %q", got)
	}
	_, rep := n.run("<-ticks")
	if rep.Failure != nil || rep.Value == nil {
		t.Errorf("ticks: %v %v", rep.Value, rep.Failure)
	}
}

// A function of an interrupted cell can be called by a later one.
func TestClosuresLiveOn(t *testing.T) {
	n := newNotebook(t)
	x := &testIO{}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for !strings.Contains(x.stdout(), "READY") {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	n.runContext(ctx, "import \"fmt\"\nadd := func(n int) int {\n\ts := 0\n\tfor i := range n {\n\t\ts += i\n\t}\n\treturn s\n}\nfmt.Println(\"READY\")\nfor {\n}", x)
	if _, rep := n.run("add(10)"); rep.Value == nil || rep.Value.Data["text/plain"] != "45" {
		t.Errorf("add: %v %v", rep.Value, rep.Failure)
	}
}
