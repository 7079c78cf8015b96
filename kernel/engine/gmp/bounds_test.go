package gmp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"runnext/kernel/directive"
	"runnext/kernel/engine"
	"runnext/kernel/engine/gmp"
	"runnext/sim/render"
)

const spins = "fmt.Println(\"READY\")\nfor i := 0; ; i++ {\n\t_ = i\n}"

// onReady cancels when a cell has printed.
type onReady struct {
	output
	cancel context.CancelFunc
}

func (o *onReady) Stream(name string, p []byte) {
	o.output.Stream(name, p)
	o.cancel()
}

func TestInterrupt(t *testing.T) {
	n := newNotebook(t, gmp.DefaultLimits())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &onReady{cancel: cancel}
	o := n.engine.Run(ctx, n.check(spins), gmp.Options{P: 1, Seed: 1}, nil, out)
	if o.Failure == nil || o.Failure.Kind != engine.KindInterrupted {
		t.Errorf("got %v, want interrupted", o.Failure)
	}
	if o, _ := n.run(t.Context(), "", "println(1)"); o.Failure != nil {
		t.Errorf("the next cell: %v", o.Failure)
	}
}

func TestBounds(t *testing.T) {
	tests := []struct {
		name, code, text string
		limits           gmp.Limits
	}{
		{"time", spins, "stopped after 50ms of real time", gmp.Limits{Steps: 1 << 40, Time: 50 * time.Millisecond, Memory: 1 << 40, Tables: 5, Bytes: 1 << 20}},
		{"memory", "var all [][]int\nfor {\n\tall = append(all, make([]int, 1000))\n\truntime.Gosched()\n}", "stopped at 32 MB of memory",
			gmp.Limits{Steps: 1 << 40, Time: time.Minute, Memory: 32 << 20, Tables: 5, Bytes: 1 << 20}},
		{"steps", "for { runtime.Gosched() }", "the limit of 100 steps is reached", gmp.Limits{Steps: 100, Time: time.Minute, Memory: 1 << 40, Tables: 5, Bytes: 1 << 20}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNotebook(t, tt.limits)
			o, out := n.run(t.Context(), "", tt.code)
			switch f := o.Failure; {
			case f == nil || f.Kind != engine.KindLimit || f.Text != tt.text:
				t.Errorf("got %v, want %q", f, tt.text)
			case f.Places[0].Cell != 1:
				t.Errorf("the place is %v", f.Places[0])
			case len(out.displays) != 1:
				t.Errorf("%d displays, want the tables of what was run", len(out.displays))
			}
		})
	}
}

// A picture holds what fits, and says so.
func TestLongRunsAreCutShort(t *testing.T) {
	n := newNotebook(t, gmp.Limits{Steps: 1000, Time: time.Minute, Memory: 1 << 40, Tables: 200, Bytes: 20_000})
	_, out := n.run(t.Context(), "", "for range 300 { runtime.Gosched() }")
	html := out.displays[0].Data["text/html"].(string)
	if len(html) > 20_000 || !strings.Contains(strings.Join(strings.Fields(out.plain()), " "), "Shown are the first ") {
		t.Errorf("%d bytes of HTML; the text begins %.300q", len(html), out.plain())
	}
}

func TestInput(t *testing.T) {
	n := newNotebook(t, gmp.DefaultLimits())
	out := &output{input: []string{"Ada"}}
	o := n.engine.Run(t.Context(), n.check("var name string\nk, err := fmt.Scanln(&name)\nfmt.Println(name, k, err)\nk, err = fmt.Scanln(&name)\nfmt.Println(k, err)"), gmp.Options{P: 1}, nil, out)
	if got := out.streams["stdout"]; o.Failure != nil || got != "Ada 1 <nil>\n0 EOF\n" {
		t.Errorf("printed %q, failure %v", got, o.Failure)
	}
}

func TestParseOptions(t *testing.T) {
	tests := []struct {
		args string
		want gmp.Options
		err  string
	}{
		{"", gmp.Options{P: 1, Seed: 1, BootTick: 4, View: render.Queues}, ""},
		{"-p 4 -seed=9 --boot-tick 5 -steps 30", gmp.Options{P: 4, Seed: 9, BootTick: 5, Steps: 30, View: render.Queues}, ""},
		{"-view lanes,stack", gmp.Options{P: 1, Seed: 1, BootTick: 4, View: render.Lanes | render.Stack}, ""},
		{"-view lane", gmp.Options{}, `there is no view "lane"; there are queues, waits, gobuf, stack, lanes`},
		{"-vew lanes", gmp.Options{}, "%%gmp does not take -vew"},
		{"first-steps", gmp.Options{}, "%%gmp does not take first-steps"},
		{"-p", gmp.Options{}, "a value is missing after -p"},
		{"-p 0", gmp.Options{}, "-p takes 1 to 64, not 0"},
		{"-p x", gmp.Options{}, `-p takes a whole number, not "x"`},
		{"-boot-tick 6", gmp.Options{}, "-boot-tick is 4 or 5, not 6"},
		{"-explore -bound 2", gmp.Options{P: 1, Seed: 1, BootTick: 4, View: render.Queues, Explore: true, Bounded: true, Bound: 2}, ""},
		{"-bound 2", gmp.Options{}, "-bound goes with -explore"},
		{"-explore -bound -1", gmp.Options{}, "-bound takes 0 to 100, not -1"},
		{"-steps 0", gmp.Options{}, "-steps must be above zero"},
	}
	for _, tt := range tests {
		o, err := gmp.ParseOptions(directive.Call{Args: strings.Fields(tt.args), Line: 1})
		switch {
		case tt.err == "" && (err != nil || o != tt.want):
			t.Errorf("%q: got %+v, %v", tt.args, o, err)
		case tt.err != "" && (err == nil || err.Text != tt.err):
			t.Errorf("%q: got %v, want %q", tt.args, err, tt.err)
		}
	}
}

// crowd is a program of 20 goroutines that runs for more than 200 steps.
const crowd = `jobs, results := make(chan int), make(chan int, 4)
var wg sync.WaitGroup
for w := range 18 {
	wg.Go(func() {
		for j := range jobs {
			results <- j * w
		}
	})
}
go func() {
	for i := range 40 {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	close(results)
}()
sum := 0
for r := range results {
	sum += r
}
`

// TestTablesOfACrowd holds 200 steps of 20 goroutines below a megabyte of a
// notebook's file, also with several Ps, which have a row each.
func TestTablesOfACrowd(t *testing.T) {
	for _, args := range []string{"", "-p 4"} {
		n := newNotebook(t, gmp.DefaultLimits())
		o, out := n.run(t.Context(), args, crowd)
		if o.Failure != nil {
			t.Fatal(o.Failure)
		}
		data := out.displays[len(out.displays)-1].Data
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(data); err != nil {
			t.Fatal(err)
		}
		if steps := strings.Count(data["text/html"].(string), "data-nav="); steps != 201 || b.Len() > 1_000_000 {
			t.Errorf("%%%%gmp %s: %d steps in %d bytes", args, steps, b.Len())
		}
	}
}
