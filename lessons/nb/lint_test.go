package nb

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// good is a lesson that keeps all rules.
func good() *Notebook {
	fold := func(titles ...string) string {
		var b strings.Builder
		for _, s := range titles {
			fmt.Fprintf(&b, "<details>\n<summary>%s</summary>\n\nText.\n\n</details>\n", s)
		}
		return b.String()
	}
	n := &Notebook{Metadata: map[string]any{
		"kernelspec":    map[string]any{"name": "runnext", "display_name": "Go (runnext)", "language": "go"},
		"language_info": map[string]any{"name": "go"},
	}}
	n.SetHeader(plan().Header)
	add := func(id, kind, source string) {
		n.Cells = append(n.Cells, Cell{ID: "s01-" + id, Type: kind, Source: source})
	}
	add("title", Markdown, "# 01 · Title\n\n*30 minutes · needs: 00 · claims: S01, S02*")
	add("goals", Markdown, "## Goals\n\nRead [the pitfalls](#The-pitfalls) and [Go](https://go.dev/x).")
	add("seed", Markdown, "> 고루틴\n\nA goroutine.")
	for i := range 3 {
		add(fmt.Sprint("predict-", i), Markdown, "**Predict.** Why?")
		add(fmt.Sprint("run-", i), Code, "f()")
		add(fmt.Sprint("explain-", i), Markdown, "Thus.")
	}
	add("scene-one", Code, "%gmp one")
	for _, x := range []string{"a", "b"} {
		add("exercise-"+x, Markdown, "Do it.")
		add("work-"+x, Code, "g()")
		add("check-"+x, Code, "h()")
		add("hints-"+x, Markdown, fold("Hint 1", "Hint 2", "Hint 3", "Solution"))
	}
	add("corrected", Markdown, "It is right.")
	add("pitfalls", Markdown, "## The pitfalls\n\nNone.")
	add("glossary", Markdown, "Words.")
	add("quiz", Markdown, fold("1", "2", "3"))
	add("next", Markdown, "[On](02.ipynb).")
	return n
}

// lettered makes the second round a question with letters, and gives the cell
// that is run for it.
func lettered(t *testing.T, n *Notebook) *Cell {
	n.cell(t, "predict-1").Source = "**Predict.** Why?\n\n- **A** since\n- **B** because"
	n.cell(t, "explain-1").Source = "**B.** Thus."
	return n.cell(t, "run-1")
}

func plan() Against {
	return Against{
		Header: Header{Lesson: "01", Title: "Title", Minutes: 30, Needs: []string{"00"}, Claims: []string{"S01", "S02"}},
		Scenes: []string{"one"},
		Avoid:  map[string]string{"go routine": "goroutine"},
		Hosts:  []string{"go.dev"},
		Exists: func(target string) bool { return target == "02.ipynb" },
	}
}

func TestLintAcceptsAGoodLesson(t *testing.T) {
	for _, p := range Lint(good(), plan()) {
		t.Error(p)
	}
}

// cell finds a cell of a lesson.
func (nb *Notebook) cell(t *testing.T, id string) *Cell {
	t.Helper()
	i := slices.IndexFunc(nb.Cells, func(c Cell) bool { return c.ID == "s01-"+id })
	if i < 0 {
		t.Fatalf("no cell %s", id)
	}
	return &nb.Cells[i]
}

func (nb *Notebook) drop(t *testing.T, id string) {
	t.Helper()
	c := *nb.cell(t, id)
	nb.Cells = slices.DeleteFunc(nb.Cells, func(o Cell) bool { return o.ID == c.ID })
}

func TestLint(t *testing.T) {
	say := func(id, text string) func(*testing.T, *Notebook) {
		return func(t *testing.T, n *Notebook) { n.cell(t, id).Source += text }
	}
	drop := func(id string) func(*testing.T, *Notebook) {
		return func(t *testing.T, n *Notebook) { n.drop(t, id) }
	}
	output := func(o Output) func(*testing.T, *Notebook) {
		return func(t *testing.T, n *Notebook) { n.cell(t, "run-1").Outputs = []Output{o} }
	}
	for _, test := range []struct {
		name  string
		spoil func(*testing.T, *Notebook)
		want  string
	}{
		{"no header", func(_ *testing.T, n *Notebook) { delete(n.Metadata, "runnext") }, "header: header: the notebook's metadata has no object runnext"},
		{"another plan", func(_ *testing.T, n *Notebook) {
			h := plan().Header
			h.Minutes, h.Claims = 31, nil
			n.SetHeader(h)
		}, "header: claims is [], the catalog has [S01 S02]"},
		{"another kernel", func(_ *testing.T, n *Notebook) { n.Metadata["kernelspec"] = map[string]any{"name": "python3"} }, "header: kernelspec is map[name:python3]"},
		{"another language", func(_ *testing.T, n *Notebook) { delete(n.Metadata, "language_info") }, "header: language_info has the name <nil>"},
		{"metadata of a tool", func(_ *testing.T, n *Notebook) { n.Metadata["toc"] = 1 }, "header: the metadata toc"},
		{"title", func(t *testing.T, n *Notebook) { n.cell(t, "title").Source = "# Title" }, `s01-title: header: the title does not begin with "# 01 · Title`},
		{"minutes in the title", func(t *testing.T, n *Notebook) { n.cell(t, "title").Source = "# 01 · Title\nneeds: 00" }, `does not say "30 minutes"`},
		{"an id without meaning", func(t *testing.T, n *Notebook) { n.cell(t, "run-1").ID = "a1b2c3d4" }, "a1b2c3d4: ids: an id is sNN-role-words"},
		{"an id of another lesson", func(t *testing.T, n *Notebook) { n.cell(t, "next").ID = "s02-next" }, "s02-next: ids: the id belongs to lesson 02"},
		{"an empty cell", func(t *testing.T, n *Notebook) { n.cell(t, "run-1").Source = " \n" }, "s01-run-1: ids: the cell is empty"},
		{"no goals", drop("goals"), "s01-seed: skeleton: goals does not stand before it"},
		{"no end", drop("next"), "skeleton: there is no next"},
		{"sections in another order", func(t *testing.T, n *Notebook) {
			n.cell(t, "goals").ID, n.cell(t, "seed").ID = "s01-x", "s01-goals"
			n.cell(t, "x").ID = "s01-seed"
		}, "s01-goals: skeleton: goals stands too late or twice"},
		{"seed without a quote", func(t *testing.T, n *Notebook) { n.cell(t, "seed").Source = "Words." }, "skeleton: the seed is not quoted"},
		{"scene", drop("scene-one"), "skeleton: no cell plays the scene one"},
		{"quiz", func(t *testing.T, n *Notebook) { n.cell(t, "quiz").Source = "?" }, "skeleton: a quiz has three"},
		{"two rounds", drop("predict-0"), "rounds: 2 rounds"},
		{"nothing is run", drop("run-1"), "s01-predict-1: rounds: it is not followed by a run"},
		{"nothing is explained", drop("explain-1"), "s01-predict-1: rounds: it is not followed by a run and an explanation, but by s01-predict-2"},
		{"nothing is asked", func(t *testing.T, n *Notebook) { n.cell(t, "predict-1").Source = "So." }, "with **Predict** in it"},
		{"a question of letters without a line to answer", func(t *testing.T, n *Notebook) { lettered(t, n) }, "s01-predict-1: rounds: 0 of its cells carry a %predict line"},
		{"two such lines", func(t *testing.T, n *Notebook) {
			lettered(t, n).Source = "%predict ?\n%predict ?\nf()"
		}, "s01-predict-1: rounds: 2 of its cells"},
		{"an answer is given away", func(t *testing.T, n *Notebook) {
			lettered(t, n).Source = "%predict B -of s01-1 -key 0123ab\nf()"
		}, "s01-run-1: rounds: a prediction is left to the reader: %predict ? -of s01-1 -key KEY"},
		{"the key of another question", func(t *testing.T, n *Notebook) {
			lettered(t, n).Source = "%predict ? -of s01-2 -key 0123ab\nf()"
		}, "s01-run-1: rounds: the prediction is of s01-2, the question is s01-1"},
		{"one exercise", drop("exercise-a"), "exercises: 1 exercises"},
		{"no check", drop("check-a"), "s01-exercise-a: exercises: it is not followed by s01-check-a"},
		{"two hints", func(t *testing.T, n *Notebook) {
			c := n.cell(t, "hints-a")
			c.Source = strings.Replace(c.Source, "Hint 3", "Hint", 1)
		}, "s01-hints-a: exercises: there is no hint 3"},
		{"no solution", func(t *testing.T, n *Notebook) {
			c := n.cell(t, "hints-a")
			c.Source = strings.Replace(c.Source, "Solution", "End", 1)
		}, "there is no solution"},
		{"check in prose", func(t *testing.T, n *Notebook) { n.cell(t, "check-a").Type = Markdown }, "exercises: check is not a code cell"},
		{"no Go", say("run-1", "\nif {"), "s01-run-1: code: it is no Go: 2:"},
		{"not as gofmt has it", say("run-1", "\nx:=1"), "s01-run-1: code: gofmt would write it otherwise:\nf()\nx := 1"},
		{"a function not as gofmt has it", say("run-1", "\n\nfunc  g() {\n}"), "s01-run-1: code: gofmt would write it otherwise:\nfunc g() {\n}"},
		{"a wide line", say("run-1", "\n// "+strings.Repeat("x", 70)), "s01-run-1: code: line 2 has 73 columns"},
		{"a wide line of tabs", say("run-1", strings.Repeat("\t", 18)+"x"), "code: line 1 has 76 columns"},
		{"blanks at an end", say("run-1", " \nx"), "code: line 1 ends with blanks"},
		{"an empty line at the end", say("run-1", "\n"), "code: the cell ends with an empty line"},
		{"a measured figure", say("next", " It takes 20 µs."), `prose: the figure "20 µs"`},
		{"a word of another spelling", say("next", " A Go routine."), `prose: "go routine": the glossary writes "goroutine"`},
		{"a long sentence", say("next", "\n\n"+strings.Repeat("word ", 40)+"."), "prose: a sentence of 40 words"},
		{"a script", say("next", "<script>x</script>"), "html: the tag <script> is not among"},
		{"a style", say("next", `<br style="x">`), "has attributes that are dropped"},
		{"an open fold", say("next", "<details>"), "html: a <details> is not closed"},
		{"a picture without words", say("next", "![ ](02.ipynb)"), "images: a picture has no words"},
		{"a file that is not there", say("next", " [x](03.ipynb)"), "links: 03.ipynb is not shipped"},
		{"a host that is not allowed", say("next", " [x](https://example.com/y)"), "links: https://example.com/y is not among the hosts"},
		{"plain http", say("next", " [x](http://go.dev/y)"), "links: http://go.dev/y is not among"},
		{"a heading that is not there", say("next", " [x](#Nothing)"), "links: no heading answers #Nothing"},
		{"a path in an output", output(Output{"output_type": "stream", "text": "/home/ann/x.go:1"}), "outputs: /home/ is a path of one machine"},
		{"a path in the code", say("run-1", "\n_ = \"/home/ann\""), "outputs: /home/ is a path"},
		{"an output without text", output(Output{"output_type": "display_data", "data": map[string]any{"text/html": "x"}}), "outputs: an output has no text/plain"},
		{"a large output", output(Output{"output_type": "stream", "text": strings.Repeat("x", 60<<10)}), "s01-run-1: size: outputs of 614"},
		{"times in the metadata", func(t *testing.T, n *Notebook) {
			n.cell(t, "run-1").Metadata = map[string]any{"execution": map[string]any{}}
		}, "outputs: the metadata execution is a trace"},
		{"a tag nobody knows", func(t *testing.T, n *Notebook) {
			n.cell(t, "run-1").Metadata = map[string]any{"tags": []any{"todo"}}
		}, `ids: the tag "todo" is not among`},
		{"a large file", say("next", strings.Repeat("word. ", 60<<10)), "size: the file is"},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := good()
			test.spoil(t, n)
			var lines []string
			for _, p := range Lint(n, plan()) {
				lines = append(lines, p.String())
			}
			if all := strings.Join(lines, "\n"); !strings.Contains(all, test.want) {
				t.Errorf("%q is not among\n%s", test.want, all)
			}
		})
	}
}

// TestLintLeavesAlone holds what looks like a mistake and is none.
func TestLintLeavesAlone(t *testing.T) {
	for name, text := range map[string]string{
		"tags in code":     " `<script>` and\n\n```go\nx < y > z // 20 ms\n```",
		"a list of points": "\n\n- " + strings.Repeat("word ", 20) + "\n- " + strings.Repeat("word ", 20),
		"lines of a table": "\n\n| " + strings.Repeat("word ", 20) + "|\n| " + strings.Repeat("word ", 20) + "|",
		"a folded text":    "<details>\n<summary>A</summary>\n\nB.\n\n</details>",
		"a picture":        "![lanes of P0](02.ipynb)",
		"a step of one":    " It has 2 msgs.",
	} {
		n := good()
		n.cell(t, "next").Source += text
		for _, p := range Lint(n, plan()) {
			t.Errorf("%s: %v", name, p)
		}
	}
	n := good()
	c := n.cell(t, "next")
	c.Source += " It takes 20 µs."
	c.Metadata = map[string]any{"tags": []any{"cited"}}
	for _, p := range Lint(n, plan()) {
		t.Errorf("cited: %v", p)
	}
}

func TestSplit(t *testing.T) {
	got := Split("%gmp a\nimport \"fmt\"\nimport \"time\"\n\ntype a int\n\nfunc f() {\n\tg()\n}\n\ntype b struct {\n\tx int\n}\n\nx := 1\nfunc open() {")
	want := Source{Directives: []string{"%gmp a"}, Imports: []string{"fmt", "time"},
		Decls: []string{"type a int", "func f() {\n\tg()\n}", "type b struct {\n\tx int\n}", "func open() {"}, Statements: "x := 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
