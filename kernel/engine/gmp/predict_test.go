package gmp_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"runnext/kernel/directive"
	"runnext/kernel/engine/gmp"
)

const three = "var wg sync.WaitGroup\nfor i := range 3 {\n\twg.Go(func() { fmt.Println(\"worker\", i) })\n}\nwg.Wait()"

func last(out *output) string {
	return out.displays[len(out.displays)-1].Data["text/plain"].(string)
}

// TestPredictAsks plays a quiz to its end: right answers, a wrong one, one that
// is given up. What the program prints would give the order away.
func TestPredictAsks(t *testing.T) {
	n := newNotebook(t, gmp.DefaultLimits())
	o, out := n.run(t.Context(), "-predict", three)
	if o.Failure != nil || out.streams["stdout"] != "" {
		t.Fatalf("failure %v, printed %q", o.Failure, out.streams["stdout"])
	}
	text := last(out)
	asked := regexp.MustCompile(`Who runs next: (G\d+).* or (G\d+)\?`).FindStringSubmatch(text)
	if asked == nil || strings.Contains(text, "in step") {
		t.Fatalf("the question is\n%s", text)
	}
	// The newest sits in runnext.
	if !n.engine.Predict(asked[2], out) || !strings.HasPrefix(last(out), "right: P0 runs "+asked[2]+" out of runnext") {
		t.Errorf("the right answer gives\n%s", last(out))
	}
	for _, want := range []string{"score: 1 right of 1", "runtime/proc.go:", "question 2 of "} {
		if !strings.Contains(last(out), want) {
			t.Errorf("no %q in\n%s", want, last(out))
		}
	}
	if !n.engine.Predict("G999", out) || !strings.HasPrefix(last(out), "no: G999 is in none of the queues now.") {
		t.Errorf("a wrong answer gives\n%s", last(out))
	}
	for range 20 {
		if !n.engine.Predict("?", out) {
			break
		}
	}
	if text := last(out); !strings.Contains(text, "That was the last question") || !strings.Contains(text, "worker 2\nworker 0\nworker 1\n") {
		t.Errorf("the end is\n%s", text)
	}
	if n.engine.Predict("G1", out) {
		t.Error("an answer is taken when nothing is asked")
	}
	html := out.displays[0].Data["text/html"].(string)
	questions, yes := strings.Count(html, "data-question="), strings.Count(html, "data-answer='yes'")
	if questions < 2 || yes != questions {
		t.Errorf("%d questions have %d right answers", questions, yes)
	}
}

// TestProblems runs the programs of many seeds: each ends well and asks
// something, and they differ.
func TestProblems(t *testing.T) {
	n := newNotebook(t, gmp.DefaultLimits())
	seen := map[string]bool{}
	asks := 0
	for seed := range 12 {
		call := directive.Call{Entry: gmp.Entry(), Args: []string{"-predict", "-seed", fmt.Sprint(seed)}, Line: 1}
		code, ok := n.engine.Problem(call)
		if !ok {
			t.Fatal("there is no problem")
		}
		if seen[code] {
			t.Errorf("seed %d makes a program that was there before", seed)
		}
		seen[code] = true
		o, out := n.run(t.Context(), strings.Join(call.Args, " "), code)
		if o.Failure != nil {
			t.Errorf("seed %d: %v in\n%s", seed, o.Failure, code)
		}
		if strings.Contains(last(out), "Who runs next") {
			asks++
		}
	}
	if asks < 10 {
		t.Errorf("only %d of 12 problems ask anything", asks)
	}
	if _, ok := n.engine.Problem(directive.Call{Entry: gmp.Entry(), Line: 1}); ok {
		t.Error("a cell without -predict is given a program")
	}
}

func TestWalk(t *testing.T) {
	n := newNotebook(t, gmp.DefaultLimits())
	out := &output{}
	call := func(name string, args ...string) string {
		entry := directive.Entry{}
		for _, e := range n.engine.LineEntries() {
			if e.Name == name {
				entry = e
			}
		}
		if err := n.engine.Line(directive.Call{Entry: entry, Args: args, Line: 1, Column: 1}, out); err != nil {
			return err.Text
		}
		first, _, _ := strings.Cut(last(out), "\n")
		return first
	}
	if got := call("step"); got != "there is no simulated run yet" {
		t.Errorf("before a run: %q", got)
	}
	n.run(t.Context(), "", three)
	for _, s := range []struct{ name, arg, want string }{
		{"step", "", "step 1 · "}, {"step", "2", "step 3 · "}, {"back", "", "step 2 · "}, {"goto", "5", "step 5 · "},
		{"back", "9", "this is the state before"}, {"goto", "0", "start"}, {"goto", "9999", "step 14 is the last one"}, {"goto", "x", `%goto takes the number of a step, not "x"`},
		{"goto", "", "%goto is written %goto N"},
	} {
		var args []string
		if s.arg != "" {
			args = append(args, s.arg)
		}
		if got := call(s.name, args...); !strings.HasPrefix(got, s.want) {
			t.Errorf("%%%s %s: %q, want %q", s.name, s.arg, got, s.want)
		}
	}
}
