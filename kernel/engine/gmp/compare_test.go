package gmp_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"runnext/kernel/engine"
	"runnext/kernel/engine/gmp"
)

const handedOver = `var wg sync.WaitGroup
ch := make(chan int)
for i := range 3 {
	wg.Go(func() { ch <- i })
}
for range 3 {
	fmt.Println(<-ch)
}
wg.Wait()`

// asProgram is handedOver as a program that traces itself.
const asProgram = `package main

import (
	"fmt"
	"os"
	"runtime/trace"
	"sync"
)

func main() {
	f, _ := os.Create(os.Args[1])
	trace.Start(f)
	defer trace.Stop()
` + handedOver + `
}
`

// besideReal gives a notebook whose -compare runs asProgram by the Go toolchain.
func besideReal(t *testing.T, want int) *notebook {
	t.Helper()
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no Go toolchain")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte(asProgram), 0o600); err != nil {
		t.Fatal(err)
	}
	n := newNotebook(t, gmp.DefaultLimits())
	n.engine.CompareWith(func(ctx context.Context, number int, source string, procs int) ([]byte, string, *engine.Failure) {
		if number != 1 || source != handedOver || procs != want {
			t.Errorf("cell %d on %d Ps is\n%s", number, procs, source)
		}
		cmd := exec.CommandContext(ctx, goTool, "run", file, filepath.Join(dir, "trace"))
		cmd.Env = append(os.Environ(), fmt.Sprint("GOMAXPROCS=", procs))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, "trace"))
		if err != nil {
			t.Fatal(err)
		}
		return data, string(out), nil
	})
	return n
}

// TestCompareOnTwoPs holds the rows of the Ps to that of main: it runs on one of
// them where it runs, and on none where it does not, from the first step on.
func TestCompareOnTwoPs(t *testing.T) {
	n := besideReal(t, 2)
	o, out := n.run(t.Context(), "-compare -p 2", handedOver)
	if o.Failure != nil {
		t.Fatal(o.Failure)
	}
	_, lanes, _ := strings.Cut(out.plain(), "observed, lanes")
	var onP, runs int
	for _, l := range strings.Split(lanes, "\n")[1:4] {
		if _, row, isP := strings.Cut(l, "runs G…"); isP {
			onP += strings.Count(row, "1")
		} else {
			runs = strings.Count(l, "█") + strings.Count(l, "▒")
		}
	}
	if runs < 4 || onP != runs {
		t.Errorf("main runs in %d steps and stands in %d of the Ps' rows:\n%.900s", runs, onP, lanes)
	}
}

// TestCompare sets a cell beside the same program built by Go: on one P the
// order of turns is the runtime's habit, and the simulator has it.
func TestCompare(t *testing.T) {
	n := besideReal(t, 1)
	o, out := n.run(t.Context(), "-compare", handedOver)
	if o.Failure != nil || out.streams["stdout"] != "2\n0\n1\n" || len(out.displays) != 1 {
		t.Fatalf("failure %v, printed %q, %d displays", o.Failure, out.streams["stdout"], len(out.displays))
	}
	text := strings.Join(strings.Fields(out.plain()), " ")
	simulated := regexp.MustCompile(`Turns, simulated: ([G0-9 ]+) Turns`).FindStringSubmatch(text)
	if simulated == nil || simulated[1] != "G1 G9 G1 G7 G1 G8 G1" {
		t.Errorf("the simulated turns are %q", simulated)
	}
	// The observed run is real: what it has for certain are these.
	for _, want := range []string{"observed, lanes", "Turns, observed: G1 ", "G9 WaitGroup.Go", "Both printed", "why they may differ"} {
		if want == "Both printed" && strings.Contains(text, "They printed different things") {
			continue
		}
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%.2500s", want, out.plain())
		}
	}
	if html := out.displays[0].Data["text/html"].(string); strings.Count(html, "<img alt=") != 2 {
		t.Errorf("%d pictures", strings.Count(html, "<img alt="))
	}
}

func TestCompareWithNothing(t *testing.T) {
	n := newNotebook(t, gmp.DefaultLimits())
	n.engine.CompareWith(func(context.Context, int, string, int) ([]byte, string, *engine.Failure) {
		return nil, "", &engine.Failure{Kind: engine.KindRefused, Text: "no Go toolchain: there is no go command on PATH"}
	})
	o, out := n.run(t.Context(), "-compare", handedOver)
	first, rest, _ := strings.Cut(out.plain(), "\n")
	if o.Failure != nil || first != "not compared: no Go toolchain: there is no go command on PATH" || !strings.Contains(rest, "step 1") {
		t.Errorf("failure %v, the text begins %q", o.Failure, first)
	}
	n.engine.CompareWith(func(context.Context, int, string, int) ([]byte, string, *engine.Failure) {
		return []byte("no trace"), "", nil
	})
	if _, out := n.run(t.Context(), "-compare", handedOver); !strings.HasPrefix(out.plain(), "not compared: execution trace, event 1: ") {
		t.Errorf("what is no trace is told as %.100q", out.plain())
	}
}
