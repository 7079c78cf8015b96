package render_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"runnext/sim"
	"runnext/sim/event"
	"runnext/sim/render"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// story tells a recorded log: main starts three goroutines and receives from
// each.
func story(t *testing.T) *event.Story {
	t.Helper()
	data, err := os.ReadFile("testdata/runnext.events")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sim.New(sim.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	log := event.Log{Start: s.Snapshot()}
	for line := range strings.Lines(string(data)) {
		e, err := event.Parse(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		log.Add(e)
	}
	st := event.Tell(&log, 0)
	st.Name, st.Title = "runnext", "runnext: the newest goes first"
	return &st
}

// TestViews compares each view's text, and its HTML, with its golden file.
func TestViews(t *testing.T) {
	for _, name := range []string{"waits", "gobuf", "stack", "lanes"} {
		v, err := render.ParseViews(name)
		if err != nil {
			t.Fatal(err)
		}
		st := story(t)
		got := string(txtar.Format(&txtar.Archive{Files: []txtar.File{
			{Name: "text", Data: []byte(render.TextOf(st, v))},
			{Name: "html", Data: []byte(script.ReplaceAllString(render.HTMLOf(st, v), "") + "\n")}}}))
		file := filepath.Join("testdata", name+".txtar")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		w := strings.Split(string(want), "\n")
		for i, line := range strings.Split(got, "\n") {
			if i >= len(w) || line != w[i] {
				t.Errorf("%s:%d differs, -update rewrites it; got\n%.300s", file, i+1, line)
				break
			}
		}
	}
}

var (
	styled  = regexp.MustCompile(`style='([^']*)'`)
	script  = regexp.MustCompile(`(?s)<script>.*?</script>`)
	allowed = map[string]bool{"color": true, "background": true, "border": true, "border-top": true, "border-left": true,
		"border-radius": true, "border-collapse": true, "border-spacing": true, "word-break": true, "padding": true, "padding-left": true, "margin": true, "margin-top": true,
		"margin-bottom": true, "font": true, "font-family": true, "font-size": true, "font-weight": true, "line-height": true, "max-width": true,
		"min-height": true, "height": true, "text-align": true, "text-decoration": true, "white-space": true, "display": true,
		"flex": true, "flex-wrap": true, "gap": true, "overflow-x": true, "overflow-y": true, "cursor": true}
)

// TestHTMLSurvives holds the HTML to what a sanitizer keeps in a notebook that
// is not trusted, and to colours that come in pairs, for a dark page: what sets
// a text colour sets the ground too, and the tables, whose text would be the
// page's, set both.
func TestHTMLSurvives(t *testing.T) {
	v, _ := render.ParseViews("queues,waits,gobuf,stack,lanes")
	page := script.ReplaceAllString(render.HTMLOf(story(t), v), "")
	for _, bad := range []string{"<style", "<script", "class=", "onclick", "<svg", "var(--", "<iframe", "<code"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
	for _, m := range styled.FindAllStringSubmatch(page, -1) {
		has := map[string]bool{}
		for _, d := range strings.Split(m[1], ";") {
			k, _, _ := strings.Cut(d, ":")
			has[k] = true
			if k != "" && !allowed[k] {
				t.Errorf("the property %s may not survive", k)
			}
		}
		if has["color"] && !has["background"] {
			t.Fatalf("a style sets a text colour alone: %s", m[1])
		}
	}
	for tag, want := range map[string]string{"table": `color:[^;']+;background:`, "tr": `background:`} {
		for _, m := range regexp.MustCompile(`<`+tag+`( [^>]*)?>`).FindAllString(page, -1) {
			if !regexp.MustCompile(want).MatchString(m) {
				t.Fatalf("%s lets the page's colours in", m)
			}
		}
	}
}

// TestEveryStepIsReached follows the links from the start to the end and back.
func TestEveryStepIsReached(t *testing.T) {
	st := story(t)
	page := script.ReplaceAllString(render.HTML(st), "")
	for n := range len(st.Steps) + 1 {
		if c := strings.Count(page, fmt.Sprintf(`id='gmp-%d'`, n)); c != 1 {
			t.Errorf("step %d is drawn %d times", n, c)
		}
		want := 2
		if n == 0 {
			want = 1 // the list of sentences begins with step 1
		}
		if c := strings.Count(page, fmt.Sprintf(`href='#gmp-%d'`, n)); c < want {
			t.Errorf("%d links lead to step %d", c, n)
		}
	}
}

func TestHTMLEscapes(t *testing.T) {
	st := story(t)
	st.Title = `<b onload="x">`
	st.Steps[0].Events[0].Name = `main.f<T&U>`
	st.Steps[0].Note = "<script>alert"
	page := render.HTML(st)
	if strings.Contains(page, "<script>alert") || strings.Contains(page, "<b onload") || strings.Contains(page, "f<T&U>") {
		t.Error("text of the program is taken for HTML")
	}
}

// TestEveryStepSaysSomething draws a story with every kind of event.
func TestEveryStepSaysSomething(t *testing.T) {
	start := event.Snapshot{Ps: []event.P{{Status: "running", M: 0, Curg: 1}}, Ms: []event.M{{}},
		Gs: []event.G{{ID: 1, Status: event.Running, Entry: "main.main"}}}
	for k := event.Created; k <= event.Fatal; k++ {
		e := event.New(k, event.NoRule, 5)
		e.G, e.M, e.P, e.P2, e.By, e.N, e.Name = 1, 0, 0, 0, 1, 9, "main.f"
		step := event.Step{Events: []event.Event{e}, After: start.Clone()}
		step.After.Apply(&e)
		if c := render.Caption(&step, &start); len(c) < 6 || !strings.HasSuffix(c, ".") {
			t.Errorf("%v is told as %q", k, c)
		}
		st := &event.Story{Start: start, Steps: []event.Step{step}}
		if text := render.StepText(st, 1, render.Queues); !strings.Contains(text, "step 1") {
			t.Errorf("%v is drawn as\n%s", k, text)
		}
	}
}

func TestLongQueuesAreShortened(t *testing.T) {
	s := event.Snapshot{Ps: []event.P{{Status: "idle", M: -1}}}
	for i := range int64(300) {
		s.Ps[0].Ring = append(s.Ps[0].Ring, 100+i)
	}
	text := render.Text(&event.Story{Start: s})
	if !strings.Contains(text, "… 288 …") || !strings.Contains(text, "G100 ") || !strings.Contains(text, "G399") {
		t.Errorf("a ring of 300 is drawn as\n%s", text)
	}
	for _, line := range strings.Split(text, "\n") {
		if len([]rune(line)) > 160 {
			t.Errorf("a line of %d runes", len([]rune(line)))
		}
	}
}

func TestParseViews(t *testing.T) {
	for in, want := range map[string]string{"": "queues", "lanes": "lanes", "lanes, queues": "queues,lanes", "stack,waits,gobuf": "waits,gobuf,stack"} {
		if v, err := render.ParseViews(in); err != nil || v.String() != want {
			t.Errorf("%q is %v, %v; want %s", in, v, err, want)
		}
	}
	if _, err := render.ParseViews("queus"); err == nil || !strings.Contains(err.Error(), "queues") {
		t.Errorf("an unknown view gives %v", err)
	}
}

// TestChosenSchedulesSaySo holds what is said of a switch to who decided it.
func TestChosenSchedulesSaySo(t *testing.T) {
	for rule, want := range map[event.Rule]string{
		event.SteerRule: "the schedule stops G7: somebody else is to go on",
		event.SliceRule: "G7 is stopped at the end of its slice",
	} {
		e := event.New(event.Preempted, rule, 0)
		e.G = 7
		got := render.Caption(&event.Step{Events: []event.Event{e}}, &event.Snapshot{})
		if !strings.HasPrefix(strings.ToLower(got), strings.ToLower(want)) {
			t.Errorf("%v: %q, want %q", rule, got, want)
		}
	}
}
