package machine_test

import (
	"strings"
	"testing"
	"time"

	"runnext/sim/event"
	"runnext/sim/machine"
	"runnext/sim/verify"
)

// TestCollections has goroutines allocate more than the heap may hold, on
// several numbers of Ps: collections begin and end, those who allocate help,
// and the workers are counted as goroutines are.
func TestCollections(t *testing.T) {
	const src = `package main

import (
	"fmt"
	"runtime"
	"sync"
)

var keep [4][][]byte

func main() {
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 60 {
				keep[i] = append(keep[i], make([]byte, 64<<10))
			}
		})
	}
	wg.Wait()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println(m.NumGC > 1, m.NumForcedGC, m.HeapAlloc >= 240*64<<10, runtime.NumGoroutine())
}
`
	for _, procs := range []int{1, 2, 4, 7} {
		o, err := run(t, "main.go", []byte(src), func(c *machine.Config) { c.P, c.Seed = procs, uint64(procs) })
		if err != nil {
			t.Fatal(err)
		}
		if got := o.stdout.String(); got != "true 1 true 1\n" {
			t.Errorf("%d Ps: printed %q", procs, got)
		}
		for _, v := range verify.Check(o.res.Log) {
			t.Fatalf("%d Ps: %v", procs, v)
		}
		n := map[event.Kind]int{}
		workers := 0
		for i := range o.res.Log.Events {
			e := &o.res.Log.Events[i]
			n[e.Kind]++
			if e.Kind == event.Created && strings.HasPrefix(e.Name, "runtime.gcBgMarkWorker") {
				workers++
			}
		}
		if n[event.GCStarts] < 2 || n[event.GCStarts] != n[event.GCEnds] || workers != procs {
			t.Errorf("%d Ps: %d collections start, %d end, with %d workers", procs, n[event.GCStarts], n[event.GCEnds], workers)
		}
		if n[event.WorldStops] != 2*n[event.GCStarts] {
			t.Errorf("%d Ps: the world stops %d times for %d collections", procs, n[event.WorldStops], n[event.GCStarts])
		}
	}
}

// TestForcedCollection sleeps for more than two minutes after a collection.
func TestForcedCollection(t *testing.T) {
	const src = `package main

import (
	"runtime"
	"time"
)

func main() {
	runtime.GC()
	time.Sleep(5 * time.Minute)
}
`
	o, err := run(t, "main.go", []byte(src), func(c *machine.Config) { c.P = 2 })
	if err != nil {
		t.Fatal(err)
	}
	var at []time.Duration
	for i := range o.res.Log.Events {
		if e := &o.res.Log.Events[i]; e.Kind == event.GCStarts {
			at = append(at, time.Duration(e.Time))
			if want := []string{"forced", "time", "time"}[len(at)-1]; e.Name != want {
				t.Errorf("the collection at %v is started by %s, want %s", at[len(at)-1], e.Name, want)
			}
		}
	}
	if len(at) != 3 || at[1] < 2*time.Minute || at[1] > 3*time.Minute+time.Second {
		t.Errorf("collections start at %v, want one at once, and one each two minutes", at)
	}
}

// TestGCPercent turns collections off and on.
func TestGCPercent(t *testing.T) {
	const src = `package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

var sink []byte

func main() {
	old := debug.SetGCPercent(-1)
	for range 200 {
		sink = make([]byte, 64<<10)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println(old, m.NumGC, debug.SetGCPercent(100))
	for range 200 {
		sink = make([]byte, 64<<10)
	}
	runtime.ReadMemStats(&m)
	fmt.Println(m.NumGC > 0)
}
`
	o, err := run(t, "main.go", []byte(src), func(c *machine.Config) {})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := o.stdout.String(), "100 0 -1\ntrue\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
