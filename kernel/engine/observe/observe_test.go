package observe

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
)

const report = `before
==================
WARNING: DATA RACE
Write at 0x00c000094018 by goroutine 9:
  main.main.func1()
      [cell 2]:5 +0x44

Previous read at 0x00c000094018 by main goroutine:
  fmt.Println()
      /go/src/fmt/print.go:1 +0x1
  main.show()
      /tmp/x/[cell 1]:3 +0x44

Goroutine 9 (running) created at:
  main.main()
      [cell 2]:4 +0x72
==================
between
==================
no report
==================
Found 1 data race(s)
after`

func TestRaceReports(t *testing.T) {
	for _, step := range []int{1, 7, len(report)} {
		var out bytes.Buffer
		r := &raceReports{out: &out}
		for at := 0; at < len(report); at += step {
			r.Write([]byte(report[at:min(at+step, len(report))]))
		}
		r.end()
		if got, want := out.String(), "before\nbetween\n"+raceRule+"\nno report\nafter"; got != want {
			t.Errorf("passed on %q, want %q", got, want)
		}
		want := []race{{sides: []access{
			{what: "write", goroutine: "9", place: "[cell 2]:5", fn: "main.func1", origin: "[cell 2]:4"},
			{what: "previous read", goroutine: "main", place: "[cell 1]:3", fn: "show"},
		}}}
		if diff := cmp.Diff(want, r.races, cmp.AllowUnexported(race{}, access{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if text := raceTable(r.races).String(); !strings.HasPrefix(text, "1 data race seen") || strings.Contains(text, "print.go") {
			t.Errorf("table\n%s", text)
		}
	}
	if text := raceTable(nil).String(); !strings.HasPrefix(text, "No data race was seen in one real run.") {
		t.Errorf("none: %s", text)
	}
}

func TestSamples(t *testing.T) {
	const printed = "x\nSCHED 12ms: gomaxprocs=2 idleprocs=0 threads=5 spinningthreads=1 needspinning=0 idlethreads=2 runqueue=3 [4 0] schedticks=[ 7 8 ]\n" +
		"SCHED is a word\nSCHED 13ms: gomaxprocs=2 idleprocs=2 threads=5 spinningthreads=0 idlethreads=2 runqueue=0 [0 0]\nend"
	var out bytes.Buffer
	s := &schedLines{out: &out}
	for i := range printed {
		s.Write([]byte(printed[i : i+1]))
	}
	s.end()
	if out.String() != "x\nSCHED is a word\nend" || len(s.samples) != 2 {
		t.Fatalf("passed on %q, %d samples", out.String(), len(s.samples))
	}
	if x := s.samples[0]; x.at != 12*time.Millisecond || queued(x) != 7 || x.counts["threads"] != 5 || len(x.queues) != 2 {
		t.Errorf("read %+v", x)
	}
	if text := schedTable(s.samples, time.Millisecond).String(); !strings.Contains(text, "12ms       0        5         1             2             3  4 0") {
		t.Errorf("table\n%s", text)
	}
	if b := schedPlot(s.samples); b.Data["application/vnd.vegalite.v5+json"] == nil || !strings.Contains(b.Data["text/plain"].(string), "█") {
		t.Errorf("plot %v", b.Data)
	}
	if schedPlot(s.samples[:1]).Data != nil {
		t.Error("one sample is drawn as a plot")
	}
	many := make([]sample, 1000)
	if got := thin(many, 40); len(got) != 40 {
		t.Errorf("%d of 1000 samples", len(got))
	}
}

func TestTraceOptions(t *testing.T) {
	for args, want := range map[string]string{
		"":                       "",
		"-native -cpu 2 -at 5ms": "",
		"--at=0s":                "",
		"-at":                    "a time is missing after -at",
		"-at 5":                  `-at takes a time such as 5ms, not "5"`,
		"-cpu 2":                 "-cpu, -with, -env and -race are for a program that is built",
		"-fast":                  "%%trace does not take -fast",
	} {
		_, err := parseTrace(directive.Call{Entry: TraceEntry(), Args: strings.Fields(args)})
		if got := ""; err != nil {
			if got = err.Text; got != want {
				t.Errorf("%s: %q, want %q", args, got, want)
			}
		} else if want != "" {
			t.Errorf("%s is taken", args)
		}
	}
}

// shows keeps what is displayed.
type shows struct {
	engine.Output
	all []engine.Display
}

func (s *shows) Display(d engine.Display) { s.all = append(s.all, d) }

func TestOnePage(t *testing.T) {
	show := func(data ...string) engine.Display {
		d := engine.Display{Bundle: engine.Bundle{Data: map[string]any{}}}
		for i := 0; i < len(data); i += 2 {
			d.Data[data[i]] = data[i+1]
		}
		return d
	}
	var out shows
	p := &onePage{Output: &out}
	p.Display(engine.Quiet("imported"))
	p.Display(show("text/plain", "tables", "text/html", "<b>first</b>"))
	p.Display(show("text/plain", "words", "application/json", "{}"))
	p.Display(show("text/plain", "alone"))
	p.Display(show("text/plain", "no words", "text/html", "<b>second</b>"))
	p.end()
	want := []engine.Display{
		engine.Quiet("imported"),
		show("text/plain", "words", "text/html", "<b>first</b>"),
		show("text/plain", "alone"),
		show("text/plain", "no words", "text/html", "<b>second</b>"),
	}
	if diff := cmp.Diff(want, out.all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
