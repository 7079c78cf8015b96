package explore

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"runnext/sim/internal/gosrc"
	"runnext/sim/machine"
)

// loader keeps what programs import; tests here run one after the other.
var loader = gosrc.New()

func built(t *testing.T, src string) machine.Config {
	t.Helper()
	pkgs, err := loader.Program("a.go", []byte(src))
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	prog, main := machine.Build(loader.Fset, pkgs)
	return machine.Config{Program: prog, Main: main, Seed: 1}
}

// came gives what one search comes to, in words, and how many schedules it
// took; ok is false when it did not come to its end.
func came(t *testing.T, cfg machine.Config, bound int, brute bool) (words []string, n int, ok bool) {
	t.Helper()
	found := newFindings()
	x := newSearch(nil, found)
	s, err := machine.NewSteered(cfg, x)
	if err != nil {
		t.Fatal(err)
	}
	x.s, x.brute = s, brute
	x.limit = limits{steps: 400, tries: 1000, deadline: time.Now().Add(time.Hour)}
	done, err := x.all(t.Context(), bound)
	if err != nil {
		t.Fatal(err)
	}
	for key := range found.byKey {
		words = append(words, key)
	}
	for key := range found.seen {
		words = append(words, key)
	}
	slices.Sort(words)
	return words, x.schedules, done && !x.long
}

// TestRandomPrograms compares what is found with what trying everything finds,
// for small programs drawn by lot.
func TestRandomPrograms(t *testing.T) {
	first, count := uint64(0), 8
	if os.Getenv("RUNNEXT_CORPUS") != "" {
		count = 300
	}
	if s := os.Getenv("RUNNEXT_SEED"); s != "" {
		fmt.Sscan(s, &first)
		count = 1
	}
	compared, reduced, whole := 0, 0, 0
	for seed := first; seed < first+uint64(count); seed++ {
		src := draw(seed)
		cfg := built(t, src)
		for _, bound := range []int{-1, 0, 1} {
			want, m, ok := came(t, cfg, bound, true)
			if !ok {
				continue
			}
			got, n, ok := came(t, cfg, bound, false)
			compared++
			if bound < 0 {
				reduced, whole = reduced+n, whole+m
			}
			if !ok || !slices.Equal(got, want) {
				t.Errorf("seed %d, bound %d: %d schedules give\n  %s\nall %d give\n  %s\n%s", seed, bound, n,
					strings.Join(got, "\n  "), m, strings.Join(want, "\n  "), src)
			}
		}
	}
	if compared < count {
		t.Errorf("only %d of %d searches could be compared", compared, 3*count)
	}
	t.Logf("%d searches; without a bound %d schedules stand for %d", compared, reduced, whole)
}

// draw makes a program of two or three goroutines that use a few shared things.
func draw(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 7))
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n\t\"fmt\"\n\t\"sync\"\n\t\"sync/atomic\"\n\t\"time\"\n)\n\n" +
		"var (\n\tmu, nu sync.Mutex\n\trw sync.RWMutex\n\twg sync.WaitGroup\n\tonce sync.Once\n\tat, au atomic.Int64\n\tn, m int\n)\n\n" +
		"var _ = time.Now\n\nfunc main() {\n")
	fmt.Fprintf(&b, "\tc, d := make(chan int, %d), make(chan int, %d)\n\t_, _ = c, d\n", r.IntN(3), r.IntN(2))
	k := 2 + r.IntN(2)
	fmt.Fprintf(&b, "\twg.Add(%d)\n", k)
	for i := range k {
		b.WriteString("\tgo func() {\n\t\tdefer wg.Done()\n")
		for range 1 + r.IntN(4-k/3) {
			b.WriteString(statement(r, i))
		}
		b.WriteString("\t}()\n")
	}
	if r.IntN(3) > 0 {
		b.WriteString("\twg.Wait()\n")
	} else {
		b.WriteString(statement(r, 9))
	}
	b.WriteString("\tfmt.Println(at.Load())\n}\n")
	return b.String()
}

func statement(r *rand.Rand, i int) string {
	list := []string{
		"\t\tmu.Lock()\n\t\tn++\n\t\tmu.Unlock()\n",
		"\t\tmu.Lock()\n\t\tnu.Lock()\n\t\tm++\n\t\tnu.Unlock()\n\t\tmu.Unlock()\n",
		"\t\tnu.Lock()\n\t\tmu.Lock()\n\t\tm++\n\t\tmu.Unlock()\n\t\tnu.Unlock()\n",
		"\t\tc <- I\n", "\t\td <- I\n", "\t\t<-c\n", "\t\t<-d\n", "\t\tfmt.Println(<-c)\n",
		"\t\tselect {\n\t\tcase c <- I:\n\t\tdefault:\n\t\t\tat.Add(10)\n\t\t}\n",
		"\t\tselect {\n\t\tcase v := <-c:\n\t\t\tat.Add(int64(v))\n\t\tcase v := <-d:\n\t\t\tat.Add(int64(10 * v))\n\t\t}\n",
		"\t\tselect {\n\t\tcase <-c:\n\t\t\tat.Add(1)\n\t\tcase d <- I:\n\t\t\tat.Add(3)\n\t\t}\n",
		"\t\tat.Add(1)\n", "\t\tat.Store(I)\n", "\t\tau.Store(at.Load() + 1)\n", "\t\tif at.CompareAndSwap(0, 5) {\n\t\t\tau.Add(1)\n\t\t}\n",
		"\t\tif au.Load() > 0 {\n\t\t\tfmt.Println(\"au\", I)\n\t\t}\n",
		"\t\tfmt.Println(I)\n", "\t\tfmt.Println(\"x\")\n",
		"\t\trw.RLock()\n\t\t_ = n\n\t\trw.RUnlock()\n", "\t\trw.Lock()\n\t\tat.Add(2)\n\t\trw.Unlock()\n",
		"\t\trw.RLock()\n\t\trw.RLock()\n\t\trw.RUnlock()\n\t\trw.RUnlock()\n",
		"\t\tonce.Do(func() { at.Add(7) })\n", "\t\tif mu.TryLock() {\n\t\t\tat.Add(1)\n\t\t\tmu.Unlock()\n\t\t}\n",
		"\t\tm = I\n", "\t\tclose(d)\n", "\t\ttime.Sleep(I)\n", "\t\ttime.Sleep(5)\n\t\tat.Add(4)\n", "\t\tat.Store(int64(len(c)))\n",
		"\t\tselect {\n\t\tcase <-time.After(3):\n\t\t\tat.Add(1)\n\t\tcase <-c:\n\t\t}\n",
	}
	return strings.ReplaceAll(list[r.IntN(len(list))], "I", fmt.Sprint(i+1))
}
