package yaegi

import (
	"fmt"
	"runtime/metrics"
	"strconv"

	"runnext/kernel/display"
)

// meters are the rows of %top: what package runtime/metrics tells of this
// process, and what a learner is to make of it.
var meters = []struct{ metric, name, says string }{
	{"/sched/goroutines:goroutines", "goroutines of the process", "the cells' and a few of the kernel's own"},
	{"/sched/goroutines/running:goroutines", "  running", "one on each processor at most"},
	{"/sched/goroutines/runnable:goroutines", "  runnable", "ready, and waiting for a processor"},
	{"/sched/goroutines/waiting:goroutines", "  waiting", "for a channel, a lock, a timer, the network"},
	{"/sched/goroutines/not-in-go:goroutines", "  not in Go", "in a system call"},
	{"/sched/goroutines-created:goroutines", "goroutines started so far", ""},
	{"/sched/gomaxprocs:threads", "processors (GOMAXPROCS)", "how many goroutines may run at once"},
	{"/sched/threads/total:threads", "threads", "of the operating system, idle ones too"},
	{"/memory/classes/heap/stacks:bytes", "stacks", "memory of the goroutines' stacks"},
	{"/memory/classes/heap/objects:bytes", "heap", "memory of objects, dead ones too until the next collection"},
	{"/gc/cycles/total:gc-cycles", "garbage collections", "so far; the kernel asks for some itself, to find deadlocks"},
}

// top is one picture of the process that runs the cells.
func (r *Runner) top() display.Table {
	samples := make([]metrics.Sample, len(meters))
	for i, m := range meters {
		samples[i].Name = m.metric
	}
	metrics.Read(samples)
	t := display.Table{Headers: []string{"", "now", "what it is"}}
	t.Rows = append(t.Rows, []string{"goroutines of the cells", itoa(r.jobs.goroutines()), "which %goroutines lists"})
	for i, m := range meters {
		if samples[i].Value.Kind() != metrics.KindUint64 {
			continue // another release of Go
		}
		v := samples[i].Value.Uint64()
		text := strconv.FormatUint(v, 10)
		if m.metric[len(m.metric)-len("bytes"):] == "bytes" {
			text = size(v)
		}
		t.Rows = append(t.Rows, []string{m.name, text, m.says})
	}
	return t
}

// size writes bytes as a person does.
func size(n uint64) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
