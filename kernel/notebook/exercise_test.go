package notebook_test

import (
	"context"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"runnext/kernel/cell"
	"runnext/kernel/engine"
	"runnext/kernel/notebook"
	"runnext/kernel/std/stdtest"
	"runnext/kernel/worker"
)

// parrot is a worker under which every cell prints the same and ends the same.
type parrot struct {
	print   string
	failure *engine.Failure
}

func (p *parrot) Run(_ context.Context, _ engine.Job, out engine.Output) worker.Ending {
	out.Stream(engine.Stdout, []byte(p.print))
	return worker.Ending{Report: engine.Report{Failure: p.failure}}
}
func (*parrot) Close(context.Context) error { return nil }

// screen keeps what a cell shows.
type screen struct {
	silent
	text strings.Builder
}

func (s *screen) Stream(_ string, text []byte) { s.text.Write(text) }
func (s *screen) Display(d engine.Display) {
	s.text.WriteString(d.Data["text/plain"].(string) + "\n")
}

// course gives a function that runs one cell and tells what was shown.
func course(t *testing.T, w *parrot) func(code string) (string, *engine.Failure) {
	t.Helper()
	library := stdtest.Carried(t)
	n, err := notebook.New(notebook.Config{
		Cells:  cell.New(cell.Config{Importer: library.Importer(token.NewFileSet()), Packages: library.Packages()}),
		Emit:   func(*cell.Checked) ([]byte, *engine.Failure) { return nil, nil },
		Worker: w,
	})
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	return func(code string) (string, *engine.Failure) {
		number++
		var s screen
		o := n.Execute(t.Context(), engine.Cell{Number: number, Code: code}, &s)
		return s.text.String(), o.Failure
	}
}

const defined = `%%exercise answer
// hint: Only one line matters.
// hint: Write 42
// behind return.
// answer:
// func answer() int {
// 	return 42
// }
// why: A cell that is run again replaces the function.
println(answer())`

func TestExercise(t *testing.T) {
	w := &parrot{}
	run := course(t, w)
	steps := []struct {
		cell, print string
		failure     *engine.Failure
		shown       string // what is shown, as a regular expression
		bad         string // the failure's text
	}{
		{cell: "%check", bad: "there is no exercise yet"},
		{cell: "%%exercise", bad: "%%exercise is written %%exercise NAME"},
		{cell: "%%exercise x\n// hint: h", bad: "the exercise has no check"},
		{cell: defined, shown: `^exercise answer: %check answer checks it, %hint answer helps \(2 hints\), %answer answer shows a solution\n$`},
		{cell: "%check answer", shown: `^not yet: undefined: answer\nHas the cell you work in been run`},
		{cell: "func answer() int { return 1 }"},
		{cell: "%check", print: "not yet: it is 1\n", shown: `^not yet: it is 1\n$`},
		{cell: "%check", failure: &engine.Failure{Kind: engine.KindPanic, Text: "panic: boom"}, shown: `^not yet: panic: boom\n$`},
		{cell: "%check", failure: &engine.Failure{Kind: engine.KindInterrupted, Text: "interrupted"}, bad: "interrupted"},
		{cell: "%hint answer", shown: `^Hint 1 of 2\. Only one line matters\.\n$`},
		{cell: "%hint", shown: `^Hint 2 of 2\. Write 42\nbehind return\.\n$`},
		{cell: "%hint", shown: `^That were all 2 hints`},
		{cell: "%answer answer", shown: `(?s)^func answer\(\) int \{\n\treturn 42\n\}\n\nA cell that is run again`},
		{cell: "%check answer", print: "right: it is 42\n", shown: `^right: it is 42\nA cell that is run again replaces the function\.\n$`},
		{cell: "%check answer", print: "right: it is 42\n", shown: `^right: it is 42\n$`},
		{cell: "%check other", bad: "there is no exercise other"},
	}
	for _, s := range steps {
		w.print, w.failure = s.print, s.failure
		shown, f := run(s.cell)
		if text := failureText(f); text != s.bad {
			t.Errorf("%.20q: failed with %q, want %q", s.cell, text, s.bad)
		}
		if s.bad == "" && !regexp.MustCompile(s.shown).MatchString(shown) {
			t.Errorf("%.20q: shows %q, want %s", s.cell, shown, s.shown)
		}
	}
}

func failureText(f *engine.Failure) string {
	if f == nil {
		return ""
	}
	return f.Text
}

func TestPredict(t *testing.T) {
	w := &parrot{}
	run := course(t, w)
	key, _ := run("%predict b -of order -key new\nprintln()")
	key = strings.TrimSpace(strings.TrimPrefix(key, "key: "))
	if !regexp.MustCompile(`^[0-9a-f]{6}$`).MatchString(key) {
		t.Fatalf("the key is %q", key)
	}
	other, _ := run("%predict b -of other -key new\nprintln()")
	if strings.Contains(other, key) {
		t.Error("two questions have the same key for the same letter")
	}
	for _, tt := range []struct {
		line, print string
		failure     *engine.Failure
		want        string
	}{
		{"%predict 3 1  2", "3\n1\n2\n", nil, "· right (1 right of 1 so far)"},
		{"%predict 1 2 3", "3\n1\n2\n", nil, "· not so"},
		{"%predict", "3\n", nil, "no prediction"},
		{"%predict ?", "3\n", nil, "no prediction"},
		{"%predict deadlock", "", &engine.Failure{Kind: engine.KindDeadlock, Text: "fatal error"}, "· right"},
		{"%predict done", "", &engine.Failure{Kind: engine.KindPanic, Text: "panic: x"}, "· not so"},
		{"%predict B -of order -key " + key, "", nil, "· right"},
		{"%predict A -of order -key " + key, "", nil, "· not so"},
		{"%predict ? -of order -key " + key, "", nil, "no prediction"},
	} {
		w.print, w.failure = tt.print, tt.failure
		shown, f := run(tt.line + "\nprintln(1)")
		if f != tt.failure || !strings.HasPrefix(shown, tt.print) || !strings.Contains(shown, tt.want) {
			t.Errorf("%s: shows %q, %v; want %q", tt.line, shown, f, tt.want)
		}
	}
	if _, f := run("%predict A -key 123\n1"); failureText(f) != "-key needs -of NAME" {
		t.Errorf("a key without a question gives %v", f)
	}
}
