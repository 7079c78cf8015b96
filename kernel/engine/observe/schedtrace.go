package observe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"runnext/kernel/directive"
	"runnext/kernel/display"
	"runnext/kernel/engine"
	"runnext/kernel/engine/native"
)

// SchedEntry describes %%schedtrace.
func SchedEntry() directive.Entry {
	return directive.Entry{
		Name: "schedtrace", Kind: directive.Cell, Usage: "[-every DURATION] [-cpu N] [-with] [-env K=V]", Server: "kernel",
		Summary: "build and run the cell, and show what the scheduler says of itself",
		Long: "The cell is built as by `%%native` and run with `GODEBUG=schedtrace`: at every\n" +
			"interval the runtime writes down how many Ps are idle, how many threads there are,\n" +
			"how many of them spin (look for work), and how many goroutines wait in the global\n" +
			"queue and in the queue of each P. It is a sample of a real run.\n\n" +
			"- `-every DURATION` sets the interval, in whole milliseconds; 10ms is the default.\n" +
			"- `-cpu`, `-with` and `-env` are as for `%%native`.",
	}
}

// sample is one line of GODEBUG=schedtrace (go1.26.8 runtime/proc.go:6899 schedtrace).
type sample struct {
	at     time.Duration
	counts map[string]int
	queues []int // of the Ps
}

// SchedTrace serves %%schedtrace. An error is about its line, and nothing has
// run.
func (e *Engine) SchedTrace(ctx context.Context, c engine.Cell, call directive.Call, nb Notebook, out engine.Output) (engine.Outcome, *directive.Error) {
	every := 10 * time.Millisecond
	rest := call
	rest.Args, rest.Columns = nil, nil
	for i := 0; i < len(call.Args); i++ {
		name, value, given := strings.Cut(call.Args[i], "=")
		if name != "-every" && name != "--every" {
			rest.Args, rest.Columns = append(rest.Args, call.Args[i]), append(rest.Columns, column(call, i))
			continue
		}
		if !given && i+1 < len(call.Args) {
			i++
			value = call.Args[i]
		}
		d, err := time.ParseDuration(value)
		if err != nil || d < time.Millisecond || d%time.Millisecond != 0 {
			return engine.Outcome{}, call.Fail(i, fmt.Sprintf("-every takes whole milliseconds such as 10ms, not %q", value), "The runtime counts in milliseconds.", "-every 10ms")
		}
		every = d
	}
	o, derr := native.ParseOptions(rest)
	if derr != nil {
		return engine.Outcome{}, derr
	}
	checked, failure := nb.CheckProgram(c, o.With, out)
	if failure != nil {
		return engine.Outcome{Failure: failure}, nil
	}
	p, failure := e.tools.Build(ctx, checked, native.Build{Race: o.Race})
	if failure != nil {
		return engine.Outcome{Failure: failure}, nil
	}
	defer p.Close()
	lines := &schedLines{out: stderr{out}}
	env := append([]string{fmt.Sprintf("GODEBUG=schedtrace=%d", every.Milliseconds())}, o.Env...)
	res := p.Run(ctx, native.Run{Env: env, Procs: o.CPU, Stderr: lines}, out)
	lines.end()
	if plot := schedPlot(lines.samples); plot.Data != nil {
		out.Display(engine.Display{Bundle: plot})
	}
	out.Display(engine.Display{Bundle: schedTable(lines.samples, every).Bundle()})
	return engine.Outcome{Value: res.Value, Failure: res.Failure(c.Number)}, nil
}

// schedLines takes the samples out of a program's standard error.
type schedLines struct {
	out     io.Writer
	line    []byte
	samples []sample
}

// maxSamples bounds what is kept; later ones are left out.
const maxSamples = 10_000

// Write implements [io.Writer]. Only one goroutine calls it.
func (s *schedLines) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			s.line = append(s.line, rest...)
			break
		}
		s.line = append(s.line, rest[:i+1]...)
		if x, ok := readSample(string(s.line)); !ok {
			s.out.Write(s.line) // a cell's stream takes all there is
		} else if len(s.samples) < maxSamples {
			s.samples = append(s.samples, x)
		}
		s.line, rest = s.line[:0], rest[i+1:]
	}
	return len(p), nil
}

func (s *schedLines) end() {
	if len(s.line) > 0 {
		s.out.Write(s.line)
	}
}

var (
	schedHead  = regexp.MustCompile(`^SCHED (\d+)ms: `)
	schedCount = regexp.MustCompile(`(\w+)=(\d+)`)
	schedQueue = regexp.MustCompile(`runqueue=\d+ \[([\d ]*)\]`)
)

func readSample(line string) (sample, bool) {
	m := schedHead.FindStringSubmatch(line)
	if m == nil {
		return sample{}, false
	}
	ms, err := strconv.Atoi(m[1])
	if err != nil {
		return sample{}, false
	}
	x := sample{at: time.Duration(ms) * time.Millisecond, counts: map[string]int{}}
	for _, kv := range schedCount.FindAllStringSubmatch(line, -1) {
		x.counts[kv[1]], _ = strconv.Atoi(kv[2]) // digits
	}
	if q := schedQueue.FindStringSubmatch(line); q != nil {
		for _, f := range strings.Fields(q[1]) {
			n, _ := strconv.Atoi(f) // digits
			x.queues = append(x.queues, n)
		}
	}
	return x, true
}

// schedRows is how many samples the table shows: evenly spread over the run.
const schedRows = 40

func thin(all []sample, most int) []sample {
	if len(all) <= most {
		return all
	}
	out := make([]sample, 0, most)
	for i := range most {
		out = append(out, all[i*(len(all)-1)/(most-1)])
	}
	return out
}

func schedTable(all []sample, every time.Duration) display.Table {
	t := display.Table{
		Caption: fmt.Sprintf("Observed: %d samples of the scheduler, one every %v", len(all), every),
		Headers: []string{"at", "idle P", "threads", "spinning", "idle threads", "global queue", "queues of the Ps"},
		Note:    "GODEBUG=schedtrace of a real run. What is in a P's runnext slot is not counted.",
	}
	for _, s := range thin(all, schedRows) {
		t.Rows = append(t.Rows, []string{s.at.String(), strconv.Itoa(s.counts["idleprocs"]), strconv.Itoa(s.counts["threads"]),
			strconv.Itoa(s.counts["spinningthreads"]), strconv.Itoa(s.counts["idlethreads"]), strconv.Itoa(s.counts["runqueue"]), strings.Trim(fmt.Sprint(s.queues), "[]")})
	}
	if len(all) > schedRows {
		t.Note += fmt.Sprintf(" %d of the samples are shown.", schedRows)
	}
	return t
}

// schedPlot draws the queues and the threads over time.
func schedPlot(all []sample) engine.Bundle {
	if len(all) < 2 {
		return engine.Bundle{}
	}
	var values []map[string]any
	bars := display.Table{Caption: "goroutines in the queues over time"}
	most := 1
	for _, s := range all {
		most = max(most, queued(s))
	}
	for _, s := range thin(all, 400) {
		ms := float64(s.at) / float64(time.Millisecond)
		for name, n := range map[string]int{"in the queues": queued(s), "threads": s.counts["threads"], "idle P": s.counts["idleprocs"], "spinning": s.counts["spinningthreads"]} {
			values = append(values, map[string]any{"ms": ms, "what": name, "n": n})
		}
	}
	for _, s := range thin(all, 20) {
		bars.Rows = append(bars.Rows, []string{s.at.String(), strconv.Itoa(queued(s)), strings.Repeat("█", queued(s)*32/most)})
	}
	return engine.Bundle{Data: map[string]any{
		"text/plain": bars.String(),
		"application/vnd.vegalite.v5+json": map[string]any{
			"$schema":    "https://vega.github.io/schema/vega-lite/v5.json", // a name, not fetched
			"title":      "observed: the scheduler over time",
			"background": "#ffffff", "width": 520, "height": 220,
			"data": map[string]any{"values": values},
			"mark": map[string]any{"type": "line", "interpolate": "step-after", "tooltip": true},
			"encoding": map[string]any{
				"x":          map[string]any{"field": "ms", "type": "quantitative", "title": "milliseconds"},
				"y":          map[string]any{"field": "n", "type": "quantitative", "title": "how many", "axis": map[string]any{"tickMinStep": 1}},
				"color":      map[string]any{"field": "what", "type": "nominal", "title": nil},
				"strokeDash": map[string]any{"field": "what", "type": "nominal", "title": nil},
			},
		},
	}}
}

func queued(s sample) int {
	n := s.counts["runqueue"]
	for _, q := range s.queues {
		n += q
	}
	return n
}
