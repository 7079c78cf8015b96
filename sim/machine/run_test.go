package machine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"runnext/sim/event"
	"runnext/sim/machine"
	"runnext/sim/verify"
)

func TestStepsCutARun(t *testing.T) {
	src := "package main\n\nimport \"runtime\"\n\nfunc main() {\n\tfor {\n\t\truntime.Gosched()\n\t}\n}\n"
	o, err := run(t, "spin.go", []byte(src), func(c *machine.Config) { c.Steps = 100 })
	if err != nil {
		t.Fatal(err)
	}
	if o.res.Status != machine.StatusCut {
		t.Errorf("status %d, want %d", o.res.Status, machine.StatusCut)
	}
	if got := o.stderr.String(); !strings.Contains(got, "limit of 100 steps") {
		t.Errorf("stderr is %q", got)
	}
	if n := o.res.Events; n < 100 || n > 120 {
		t.Errorf("%d events before the cut", n)
	}
}

// TestContextCutsASpin ends a loop that never yields and says where it was.
func TestContextCutsASpin(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	src := "package main\n\nfunc main() {\n\tprintln(\"in\")\n\tfor {\n\t}\n}\n"
	pkgs, err := loader.Program("spin.go", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	prog, main := machine.Build(loader.Fset, pkgs)
	var stderr bytes.Buffer
	// The program's own output is the moment at which the run is cut.
	res, err := machine.Run(ctx, machine.Config{Program: prog, Main: main, Stderr: writer(func(p []byte) {
		stderr.Write(p)
		cancel()
	})})
	if err != nil {
		t.Fatal(err)
	}
	if res.Status != machine.StatusCut || !strings.Contains(stderr.String(), "G1 was running main.main at spin.go:") {
		t.Errorf("status %d, stderr %q", res.Status, &stderr)
	}
}

type writer func(p []byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

func TestStdinArgsExit(t *testing.T) {
	src := `package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	var n int
	fmt.Scan(&n)
	sc := bufio.NewScanner(os.Stdin)
	for sc.Scan() {
		fmt.Print(sc.Text(), ";")
	}
	fmt.Println(n+1, os.Args[1:])
	os.Exit(7)
}
`
	o, err := run(t, "main.go", []byte(src), func(c *machine.Config) {
		c.Stdin, c.Args = strings.NewReader("41 tail\nl2\n"), []string{"prog", "a", "b"}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := o.stdout.String(), " tail;l2;42 [a b]\n"; got != want || o.res.Status != 7 {
		t.Errorf("printed %q with status %d, want %q with 7", got, o.res.Status, want)
	}
}

// TestGmp is a program that speaks to the scheduler.
func TestGmp(t *testing.T) {
	src := `package main

import (
	"fmt"
	"sync"
	"time"

	"runnext/sim/gmp"
)

func main() {
	var wg sync.WaitGroup
	start := time.Now()
	wg.Go(func() { gmp.Syscall(30 * time.Millisecond); fmt.Println("call") })
	wg.Go(func() { gmp.NetWait(10 * time.Millisecond); fmt.Println("net") })
	wg.Go(func() { gmp.Work(5 * time.Millisecond); fmt.Println("work") })
	gmp.Label("all started")
	wg.Wait()
	d := time.Since(start)
	fmt.Println(d >= 30*time.Millisecond, d < 45*time.Millisecond)
}
`
	o, err := run(t, "main.go", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := o.stdout.String(), "work\nnet\ncall\ntrue true\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	kinds := map[event.Kind]int{}
	for _, e := range o.res.Log.Events {
		kinds[e.Kind]++
		if e.Kind == event.Label && e.Name != "all started" {
			t.Errorf("label %q", e.Name)
		}
	}
	for _, k := range []event.Kind{event.Label, event.Syscall, event.SysExit, event.Retaken, event.PollDone} {
		if kinds[k] == 0 {
			t.Errorf("no event %v", k)
		}
	}
	for _, v := range verify.Check(o.res.Log) {
		t.Error(v)
	}
}

func TestCrashTellsWhere(t *testing.T) {
	src := "package main\n\nfunc main() {\n\tf(nil)\n}\n\nfunc f(p *int) {\n\t*p = 1\n}\n"
	o, err := run(t, "crash.go", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	f := o.res.Fault
	if f == nil || f.Kind != "panic" || f.G != 1 || len(f.Trace) != 2 || f.Trace[0].Line != 8 || f.Trace[1].Line != 4 {
		t.Fatalf("the fault is %+v", f)
	}
	for _, want := range []string{"panic: runtime error: invalid memory address or nil pointer dereference\n",
		"\ngoroutine 1 [running]:\nmain.f(...)\n\tcrash.go:8\nmain.main(...)\n\tcrash.go:4\n"} {
		if !strings.Contains(o.stderr.String(), want) {
			t.Errorf("stderr lacks %q:\n%s", want, &o.stderr)
		}
	}
}

func TestDeadlockTellsWho(t *testing.T) {
	src := "package main\n\nfunc main() {\n\tc := make(chan int)\n\tgo func() {\n\t\tc <- 1\n\t\tselect {}\n\t}()\n\t<-c\n\t<-c\n}\n"
	o, err := run(t, "dead.go", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main(...)\n\tdead.go:10\n\n" +
		"goroutine 7 [select (no cases)]:\nmain.main.func1(...)\n\tdead.go:7\n"
	if o.stderr.String() != want || o.res.Status != machine.StatusFatal {
		t.Errorf("status %d, stderr\n%s\nwant\n%s", o.res.Status, &o.stderr, want)
	}
}

// TestGOMAXPROCS changes the number of Ps while goroutines run.
func TestGOMAXPROCS(t *testing.T) {
	src := `package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"

	"runnext/sim/gmp"
)

func main() {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { gmp.Work(10 * time.Millisecond) })
	}
	for _, n := range []int{4, 3, 1, 2, 0} {
		fmt.Print(runtime.GOMAXPROCS(n), " ")
		gmp.Work(3 * time.Millisecond)
	}
	wg.Wait()
	fmt.Println(runtime.GOMAXPROCS(0))
}
`
	for procs := range 5 {
		o, err := run(t, "main.go", []byte(src), func(c *machine.Config) { c.P, c.Seed = procs+1, uint64(procs) })
		if err != nil {
			t.Fatal(err)
		}
		if got, want := o.stdout.String(), fmt.Sprintf("%d 4 3 1 2 2\n", procs+1); got != want {
			t.Errorf("printed %q, want %q", got, want)
		}
		for _, v := range verify.Check(o.res.Log) {
			t.Error(v)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"state", "package main\n\nfunc main() {}\n", "no function nowhere"},
		{"unsafe", "package main\n\nimport \"unsafe\"\n\nfunc main() {\n\tf := 1.5\n\tprintln(*(*uint32)(unsafe.Pointer(&f)))\n}\n", "main.go:7"},
		{"variable", "package main\n\nimport \"net/http\"\n\nfunc main() { println(http.DefaultClient) }\n", "net/http.DefaultClient"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := run(t, "main.go", []byte(c.src), func(cfg *machine.Config) {
				if c.name == "state" {
					cfg.State, cfg.StateAt = &bytes.Buffer{}, "nowhere"
				}
			})
			if !errors.Is(err, machine.ErrRefused) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want one about %q", err, c.want)
			}
		})
	}
}

func TestStateAtAMethod(t *testing.T) {
	src := `package main

type T struct{ n int }

func (t *T) hit() { t.n++ }

func main() {
	t := &T{}
	c := make(chan bool)
	go func() { t.hit(); close(c) }()
	t.hit()
	<-c
}
`
	for _, at := range []string{"T.hit", "main.T.hit"} {
		var state bytes.Buffer
		if _, err := run(t, "main.go", []byte(src), func(c *machine.Config) { c.State, c.StateAt = &state, at }); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(state.String(), "\n"); n != 4 {
			t.Errorf("%s: %d lines, want @start, two calls and @end:\n%s", at, n, &state)
		}
	}
}

// TestSeeds draws different lots for different seeds, and the same for one.
func TestSeeds(t *testing.T) {
	src := `package main

import "fmt"

func main() {
	a, b := make(chan int, 40), make(chan int, 40)
	for i := range 40 {
		a <- i
		b <- i
	}
	for range 40 {
		select {
		case <-a:
			fmt.Print("a")
		case <-b:
			fmt.Print("b")
		}
	}
}
`
	outs := map[string]int{}
	for seed := range uint64(6) {
		var first string
		for range 2 {
			o, err := run(t, "main.go", []byte(src), func(c *machine.Config) { c.Seed = seed })
			if err != nil {
				t.Fatal(err)
			}
			if first != "" && first != o.stdout.String() {
				t.Errorf("seed %d gives two outputs", seed)
			}
			first = o.stdout.String()
		}
		outs[first]++
	}
	if len(outs) < 5 {
		t.Errorf("6 seeds give %d outputs", len(outs))
	}
}
