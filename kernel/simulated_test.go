//go:build carried && unix

package kernel

import (
	"fmt"
	"strings"
	"testing"

	"runnext/kernel/engine"
)

// TestSimulatedCell runs %%gmp cells in a whole kernel, with variables whose
// values are in the worker.
func TestSimulatedCell(t *testing.T) {
	k := start(t).client(t, "tester")
	k.Execute("import (\n\t\"fmt\"\n\t\"strconv\"\n\t\"sync\"\n\t\"time\"\n)").OK()
	k.Execute(strings.Join([]string{
		"type point struct{ X, y int }",
		"type limits map[string][]float64",
		"n, b, p := uint8(7), \"a\\x00b\", &point{1, -2}",
		"var none []int",
		"lim := limits{\"x\": {1.5, 2e6}}",
		"grid := [2][]bool{{true}, nil}",
		"wait := 3 * time.Second",
		"var mu sync.Mutex",
		"func show() { fmt.Println(n, strconv.Quote(b), *p, lim, none == nil, grid, wait) }",
	}, "\n")).OK()
	const want = "7 \"a\\x00b\" {1 -2} map[x:[1.5 2e+06]] true [[true] []] 3s\n"
	k.Execute("show()").OK().Stdout(want)
	cell := k.Execute("%%gmp -p 2\nn++; n--\nvar wg sync.WaitGroup\nwg.Go(show)\nwg.Wait()").OK()
	cell.Stdout(want)
	k.Execute("%%gmp\nn, p.X, lim[\"y\"] = 100, 9, nil\nprintln(n, p.X, len(lim))").OK().Stderr("100 9 2\n")
	k.Execute("int(n) + p.X + len(lim)").Value("9") // they were copies

	refused := k.Execute("%%gmp\nmu.Lock()").Error(string(engine.KindRefused))
	if got := fmt.Sprint(refused.Content()["traceback"]); !strings.Contains(got, "[cell 7]:2:1: mu cannot be copied into the program: sync.Mutex has fields that only its package may read") {
		t.Errorf("told %s", got)
	}
	dead := k.Execute("%%gmp\nc := make(chan int)\n<-c").Error(string(engine.KindDeadlock))
	if got := fmt.Sprint(dead.Content()["traceback"]); !strings.Contains(got, "[cell 8]:3:1: fatal error: all goroutines are asleep - deadlock!") {
		t.Errorf("told %s", got)
	}
	k.Execute("c").Error(string(engine.KindCompile))
	k.Execute("%help gmp").OK()
}
