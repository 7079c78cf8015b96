package yaegi

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"runnext/kernel/engine"
)

// query answers what a notebook asks of its worker without running a cell:
// "goroutines", "kill CELL", "who", "trace FILE" and, to end it, "trace".
func (r *Runner) query(q string) engine.Report {
	word, arg, _ := strings.Cut(q, " ")
	switch word {
	case "goroutines":
		return told(r.goroutineTable(time.Now()))
	case "kill":
		if n, err := strconv.Atoi(arg); err == nil {
			return told(r.kill(n))
		}
	case "trace":
		return r.observe(arg)
	case "who":
		return told(r.who())
	}
	return engine.Report{Failure: internal(fmt.Errorf("no query %q", q))}
}

func told(text string) engine.Report {
	return engine.Report{Value: &engine.Bundle{Data: map[string]any{"text/plain": text}}}
}

// maxRows bounds the table of goroutines.
const maxRows = 200

// goroutineTable lists the learner's goroutines by cell.
func (r *Runner) goroutineTable(now time.Time) string {
	jobs := r.jobs.all()
	slices.SortFunc(jobs, func(a, b *job) int { return int(a.id) - int(b.id) })
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	rows, total := 0, 0
	fmt.Fprintln(t, "cell\tgoroutine\tstate\tline\tsince")
	for _, j := range jobs {
		waits := map[*goroutine]*wait{}
		for _, w := range j.waitList() {
			waits[w.g] = w
		}
		n := j.named()
		for _, g := range j.goroutines() {
			if total++; rows >= maxRows {
				continue
			}
			rows++
			state, line, since := "runs", "", ""
			if w := waits[g]; w != nil {
				state = w.says(n)
				since = now.Sub(w.since).Round(time.Millisecond).String()
				if ps := w.places(); len(ps) == 1 {
					line = at(ps[0], j.cell)
				}
			}
			fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\n", j.cell, g.name(), state, line, since)
		}
	}
	t.Flush()
	switch {
	case total == 0:
		return "No goroutine of a cell is running."
	case total > rows:
		fmt.Fprintf(&b, "and %d more\n", total-rows)
	}
	return strings.TrimRight(b.String(), "\n")
}

// goroutines gives the job's goroutines in the order they were started.
func (j *job) goroutines() []*goroutine {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []*goroutine
	for g := j.first; g != nil; g = g.next {
		out = append(out, g)
	}
	slices.Reverse(out)
	return out
}

// kill ends the goroutines of a cell as an interrupt does.
func (r *Runner) kill(cell int) string {
	n := 0
	for _, j := range r.jobs.all() {
		if j.cell == cell {
			n += int(j.running.Load())
			j.halt()
		}
	}
	switch n {
	case 0:
		return fmt.Sprintf("No goroutine of cell %d is running.", cell)
	case 1:
		return fmt.Sprintf("1 goroutine of cell %d was told to end.", cell)
	}
	return fmt.Sprintf("%d goroutines of cell %d were told to end.", n, cell)
}

// who lists the notebook's variables, the newest version of each.
func (r *Runner) who() string {
	r.vars.mu.Lock()
	defer r.vars.mu.Unlock()
	newest := map[string]string{}
	for id := range r.vars.byID {
		name, _, _ := strings.Cut(id, "·")
		if old := newest[name]; old == "" || len(id) > len(old) || len(id) == len(old) && id > old {
			newest[name] = id
		}
	}
	if len(newest) == 0 {
		return "There are no variables."
	}
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "variable\ttype\tsize")
	for _, name := range slices.Sorted(maps.Keys(newest)) {
		v, size := r.vars.byID[newest[name]].Elem(), ""
		switch v.Kind() {
		case reflect.Slice, reflect.Map, reflect.String:
			size = itoa(v.Len())
		case reflect.Chan:
			size = fmt.Sprintf("%d of %d", v.Len(), v.Cap())
		}
		fmt.Fprintf(t, "%s\t%v\t%s\n", name, r.vars.types[newest[name]], size)
	}
	t.Flush()
	return strings.TrimRight(b.String(), "\n")
}
