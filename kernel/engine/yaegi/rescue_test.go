package yaegi

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"runnext/kernel/engine"
)

// kinds are elements of channels, with how one is made of a number that is not
// zero, and what tells the number.
var kinds = []struct{ name, typ, make, number string }{
	{"int", "int", "i", "v"},
	{"string", "string", "fmt.Sprint(i)", "func() int { n, _ := strconv.Atoi(v); return n }()"},
	{"any", "any", "i", "func() int { n, _ := v.(int); return n }()"},
	{"pointer", "*int", "&i", "func() int { if v == nil { return 0 }; return *v }()"},
	{"slice", "[]int", "[]int{i}", "func() int { if v == nil { return 0 }; return v[0] }()"},
	{"float", "float32", "float32(i)", "int(v)"},
	{"struct", "struct{ n int }", "struct{ n int }{i}", "v.n"},
}

// stopped runs a cell until it says READY, then interrupts it.
func stopped(t *testing.T, n *notebook, code string) {
	t.Helper()
	x := &testIO{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for !strings.Contains(x.stdout(), "READY") && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if _, rep := n.runContext(ctx, code, x); rep.Failure == nil || rep.Failure.Kind != engine.KindInterrupted {
		t.Fatalf("not interrupted: %v", rep.Failure)
	}
}

// value runs a cell and gives its value.
func value(t *testing.T, n *notebook, code string) string {
	t.Helper()
	_, rep := n.run(code)
	if rep.Failure != nil {
		t.Fatalf("%s: %v", code, rep.Failure)
	}
	if rep.Value == nil {
		return ""
	}
	return fmt.Sprint(rep.Value.Data["text/plain"])
}

// Goroutines of an interrupted cell and of one that goes on wait in one queue:
// the former go, the latter notice nothing.
func TestRescueLeavesOthersAlone(t *testing.T) {
	for _, k := range kinds {
		for _, way := range []struct{ name, receive, send string }{
			{"plain", "v := <-c", "c <- x"},
			{"select", "var v T\nselect {\ncase v = <-c:\ncase <-never:\n}", "select {\ncase c <- x:\ncase <-never:\n}"},
			{"range", "var v T\nfor v = range c {\nbreak\n}", "c <- x"},
		} {
			t.Run(k.name+"/"+way.name, func(t *testing.T) {
				n := newNotebook(t)
				defer n.haltAll()
				fill := strings.NewReplacer("RECEIVE", way.receive, "SEND", way.send, "MAKE", k.make, "NUMBER", k.number)
				value(t, n, fill.Replace(`import ("fmt"; "strconv"; "sync"; "time")
type T = `+k.typ+`
var _, _ = fmt.Sprint, strconv.Atoi
var mu sync.Mutex
var seen = map[int]int{}
c := make(chan T)
never := make(chan bool)
func take(times int) {
	for range times {
		RECEIVE
		mu.Lock()
		seen[NUMBER]++
		mu.Unlock()
	}
}
func give(from, to int) {
	for i := from; i < to; i++ {
		x := MAKE
		SEND
	}
}
func sleepABit() { time.Sleep(20 * time.Millisecond) }`))
				// The ones who live stand before and behind those who go.
				value(t, n, "for range 3 { go take(10) }\nsleepABit()")
				stopped(t, n, "for range 5 { go take(1000) }\nsleepABit()\nfmt.Println(\"READY\")\n<-never")
				value(t, n, "give(1, 31)\nsleepABit()")
				if got := value(t, n, "mu.Lock()\nsum, once := 0, len(seen) == 30\nfor v, k := range seen { sum += v; once = once && k == 1 }\nmu.Unlock()\nfmt.Sprint(sum, once)"); got != `"465 true"` {
					t.Errorf("receivers that live: %s\n%s", got, value(t, n, "fmt.Sprint(seen)"))
				}
				value(t, n, "clear(seen)\nfor k := range 3 { go give(1+10*k, 11+10*k) }\nsleepABit()")
				stopped(t, n, "for k := range 5 { go give(100*k+100, 100*k+200) }\nsleepABit()\nfmt.Println(\"READY\")\n<-never")
				value(t, n, "take(30)\nsleepABit()")
				if got := value(t, n, "sum, once = 0, len(seen) == 30\nfor v, k := range seen { sum += v; once = once && k == 1 }\nfmt.Sprint(sum, once)"); got != `"465 true"` {
					t.Errorf("senders that live: %s\n%s", got, value(t, n, "fmt.Sprint(seen)"))
				}
				if open := n.runner.rescues.open.Load(); open != 0 {
					t.Errorf("%d rescues nobody has asked about", open)
				}
			})
		}
	}
}

// Values go on between goroutines that live while others come and go.
func TestRescueWhileOthersTalk(t *testing.T) {
	n := newNotebook(t)
	defer n.haltAll()
	value(t, n, `import ("fmt"; "sync"; "time")
c, never := make(chan int), make(chan bool)
var wg sync.WaitGroup
const last = 3000
var seen [last + 1]int
func produce() {
	for i := 1; i <= last; i++ {
		c <- i
		if i%64 == 0 {
			time.Sleep(100 * time.Microsecond)
		}
	}
	wg.Done()
}
func consume() {
	for n := 0; n < last; {
		if v := <-c; v >= 0 {
			seen[v]++
			n++
		}
	}
	wg.Done()
}
func burden() {
	for {
		c <- -1
		time.Sleep(time.Millisecond)
	}
}`)
	value(t, n, "wg.Add(2)\ngo produce()\ngo consume()")
	for range 15 {
		stopped(t, n, "for range 4 { go burden() }\ntime.Sleep(2*time.Millisecond)\nfmt.Println(\"READY\")\n<-never")
	}
	if got := value(t, n, "wg.Wait()\nonce := seen[0] == 0\nfor _, k := range seen[1:] { once = once && k == 1 }\nonce"); got != "true" {
		t.Errorf("not every value has come once: %s", value(t, n, "fmt.Sprint(seen)"))
	}
}

// A great many go at once.
func TestRescueOfMany(t *testing.T) {
	n := newNotebook(t)
	defer n.haltAll()
	stopped(t, n, `import ("fmt"; "time")
c, d, never := make(chan int), make(chan string), make(chan bool)
func wait() { c <- <-c }
for range 5000 {
	go wait()
	go func() { d <- "x" }()
}
time.Sleep(50 * time.Millisecond)
fmt.Println("READY")
<-never`)
	for end := time.Now().Add(20 * time.Second); len(n.runner.jobs.all()) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("goroutines are left")
		}
	}
	if open := n.runner.rescues.open.Load(); open != 0 {
		t.Errorf("%d rescues nobody has asked about", open)
	}
}

// A channel of struct{} that a cell has made is one of these, a context's is
// not.
func TestRescueOfSignals(t *testing.T) {
	n := newNotebook(t)
	defer n.haltAll()
	value(t, n, `import ("context"; "fmt"; "sync/atomic"; "time")
c, never := make(chan struct{}), make(chan bool)
var came atomic.Int64
func take(times int, c <-chan struct{}) {
	for range times {
		<-c
		came.Add(1)
	}
}
ctx, cancel := context.WithCancel(context.Background())
child, cancelChild := context.WithCancel(struct{ context.Context }{ctx})
for range 3 { go take(10, c) }
go take(1, child.Done())
time.Sleep(20 * time.Millisecond)`)
	stopped(t, n, `for range 5 { go take(1000, c); go take(1, ctx.Done()) }
time.Sleep(20 * time.Millisecond)
fmt.Println("READY")
<-never`)
	if got := value(t, n, "time.Sleep(20*time.Millisecond)\nfmt.Sprint(came.Load(), child.Err())"); got != `"0 <nil>"` {
		t.Errorf("before anything was sent: %s", got)
	}
	if got := value(t, n, "for range 30 { c <- struct{}{} }\ncancel()\nfor came.Load() < 31 { time.Sleep(time.Millisecond) }\nfmt.Sprint(came.Load(), child.Err())"); got != `"31 context canceled"` {
		t.Errorf("after 30 were sent: %s", got)
	}
}
