package yaegi

import (
	"strings"
	"testing"

	"runnext/kernel/engine"
)

// clashing are cells whose goroutines use one map without a lock. Each waits
// until all have begun, so that they run at the same time on one processor too,
// as soon as they are preempted in the middle.
var clashing = []struct{ name, text, cells string }{
	{"writes of ints", "concurrent map writes", "m := map[int]int{}\nvar wg sync.WaitGroup\nfor g := range 4 {\n\twg.Go(func() {\n\t\tfor i := range N {\n\t\t\tm[i&63] = g\n\t\t}\n\t})\n}\nwg.Wait()"},
	{"writes of strings", "concurrent map writes", "m := map[string]int{}\nvar wg sync.WaitGroup\nfor g := range 4 {\n\twg.Go(func() {\n\t\tfor range N {\n\t\t\tm[\"a\"] = g\n\t\t}\n\t})\n}\nwg.Wait()"},
	{"writes of structs", "concurrent map writes", "type P struct{ x, y int }\nm := map[P]P{}\nvar wg sync.WaitGroup\nfor g := range 4 {\n\twg.Go(func() {\n\t\tfor range N {\n\t\t\tm[P{1, 2}] = P{g, g}\n\t\t}\n\t})\n}\nwg.Wait()"},
	{"counting", "concurrent map", "m := map[string]int{}\nvar wg sync.WaitGroup\nfor range 4 {\n\twg.Go(func() {\n\t\tfor range N {\n\t\t\tm[\"a\"]++\n\t\t}\n\t})\n}\nwg.Wait()"},
	{"read and write", "concurrent map read and map write", "m := map[string]int{}\nvar wg sync.WaitGroup\nwg.Go(func() {\n\tfor i := range N {\n\t\tm[\"a\"] = i\n\t}\n})\nsum := 0\nfor range N {\n\tsum += m[\"a\"]\n}\nwg.Wait()"},
	{"range and write", "concurrent map read and map write", "m := map[int]int{1: 1, 2: 2, 3: 3}\nvar wg sync.WaitGroup\nwg.Go(func() {\n\tfor i := range N {\n\t\tm[i&3] = i\n\t}\n})\nsum := 0\nfor range N / 4 {\n\tfor k := range m {\n\t\tsum += k\n\t}\n}\nwg.Wait()"},
	{"delete and write", "concurrent map writes", "m := map[int]bool{}\nvar wg sync.WaitGroup\nwg.Go(func() {\n\tfor range N {\n\t\tdelete(m, 1)\n\t}\n})\nfor range N {\n\tm[1] = true\n}\nwg.Wait()"},
	{"a method of an earlier cell", "concurrent map writes", "type counter struct{ n map[string]int }\nfunc (c *counter) set(k string, n int) { c.n[k] = n }\n---\nc := &counter{n: map[string]int{}}\nfor i := range 4 {\n\tgo func() {\n\t\tfor range N {\n\t\t\tc.set(\"x\", i)\n\t\t}\n\t}()\n}\ntime.Sleep(20 * time.Second)"},
}

const mapImports = "import (\n\t\"sync\"\n\t\"time\"\n)\nvar _ sync.Mutex\nvar _ time.Duration\nconst N = 1_000_000_000\nkept := 41"

// Two goroutines at one map are found out before the runtime ends the process.
func TestConcurrentMap(t *testing.T) {
	if underRace {
		t.Skip("the detector tells of the programs' own races, which is what they are for; make test runs them without it too")
	}
	for _, c := range clashing {
		t.Run(c.name, func(t *testing.T) {
			n := newNotebook(t)
			n.run(mapImports)
			var rep engine.Report
			for _, code := range strings.Split(c.cells, "\n---\n") {
				_, rep = n.run(code)
			}
			f := rep.Failure
			if f == nil || f.Kind != engine.KindFatal || !strings.HasPrefix(f.Text, "fatal error: "+c.text) {
				t.Fatalf("report %v\n%s", f, n.source)
			}
			all := strings.Join(f.Traceback(), "\n")
			if !strings.HasPrefix(all, "[cell ") || !strings.Contains(all, " about to ") || !strings.Contains(all, "goroutine ") {
				t.Errorf("told\n%s", all)
			}
			if strings.Contains(all, "compiled code") {
				t.Errorf("one of the two is not known:\n%s", all)
			}
			if _, rep := n.run("kept + 1"); rep.Value == nil || rep.Value.Data["text/plain"] != "42" {
				t.Errorf("the state is lost: %v", rep.Failure)
			}
		})
	}
}

// orderly are programs whose goroutines share maps as they may.
var orderly = []string{
	"m := map[string]int{}\nvar mu sync.Mutex\nvar wg sync.WaitGroup\nfor range 4 {\n\twg.Go(func() {\n\t\tfor range 2000 {\n\t\t\tmu.Lock()\n\t\t\tm[\"a\"]++\n\t\t\tmu.Unlock()\n\t\t}\n\t})\n}\nwg.Wait()\nm[\"a\"]",
	"m := map[string]int{}\nvar mu sync.RWMutex\nvar wg sync.WaitGroup\nfor g := range 4 {\n\twg.Go(func() {\n\t\tfor range 2000 {\n\t\t\tif g > 0 {\n\t\t\t\tmu.RLock()\n\t\t\t\t_ = m[\"a\"]\n\t\t\t\tmu.RUnlock()\n\t\t\t\tcontinue\n\t\t\t}\n\t\t\tmu.Lock()\n\t\t\tm[\"a\"] += 4\n\t\t\tmu.Unlock()\n\t\t}\n\t})\n}\nwg.Wait()\nm[\"a\"]",
	"m := map[int]string{8000: \"x\"}\nvar wg sync.WaitGroup\nfor range 4 {\n\twg.Go(func() {\n\t\tfor range 2000 {\n\t\t\tif _, ok := m[8000]; !ok || len(m) != 1 {\n\t\t\t\tpanic(\"lost\")\n\t\t\t}\n\t\t\tfor range m {\n\t\t\t}\n\t\t}\n\t})\n}\nwg.Wait()\nlen(m) * 8000",
	"maps := make(chan map[int]int)\ndone := make(chan int)\nfor range 2 {\n\tgo func() {\n\t\tfor m := range maps {\n\t\t\tm[0]++\n\t\t\tdone <- m[0]\n\t\t}\n\t}()\n}\nm := map[int]int{}\nfor range 8000 {\n\tmaps <- m\n\t<-done\n}\nclose(maps)\nm[0]",
	"sum := 0\nvar mu sync.Mutex\nvar wg sync.WaitGroup\nfor range 8 {\n\twg.Go(func() {\n\t\tm := map[int]int{}\n\t\tfor i := range 1000 {\n\t\t\tm[i] = 1\n\t\t\tdelete(m, i-1)\n\t\t\tif v, ok := m[i]; ok {\n\t\t\t\tm[-1] += v\n\t\t\t}\n\t\t}\n\t\tmu.Lock()\n\t\tsum += m[-1]\n\t\tmu.Unlock()\n\t})\n}\nwg.Wait()\nsum",
	"m := map[any]int{}\ndone := make(chan bool)\nfor range 4 {\n\tgo func() {\n\t\tfor range 50 {\n\t\t\tfunc() {\n\t\t\t\tdefer func() { recover() }()\n\t\t\t\t_ = m[[]int{1}]\n\t\t\t}()\n\t\t}\n\t\tdone <- true\n\t}()\n}\nfor range 4 {\n\t<-done\n}\nm[\"a\"] = 8000\nm[\"a\"]",
}

// What is ordered is not reported.
func TestOrderlyMaps(t *testing.T) {
	for _, code := range orderly {
		n := newNotebook(t)
		n.run(mapImports)
		_, rep := n.run(code)
		if rep.Value == nil || rep.Value.Data["text/plain"] != "8000" {
			t.Errorf("%v %v\n%s", rep.Value, rep.Failure, code)
		}
	}
}
