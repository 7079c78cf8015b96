package yaegi

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"runnext/kernel/display"
	"runnext/kernel/engine"
)

// query answers what a notebook asks of its worker without running a cell:
// "goroutines", "kill CELL", "who", "reset", "top", "trace FILE" and, to end it,
// "trace".
func (r *Runner) query(q string) engine.Report {
	word, arg, _ := strings.Cut(q, " ")
	switch word {
	case "goroutines":
		return r.goroutineTable(r.clock.read())
	case "kill":
		if n, err := strconv.Atoi(arg); err == nil {
			return told(r.kill(n))
		}
	case "trace":
		return r.observe(arg)
	case "who":
		return r.who()
	case "reset":
		return told(r.reset())
	case "top":
		return tabled(r.top())
	}
	return engine.Report{Failure: internal(fmt.Errorf("no query %q", q))}
}

func told(text string) engine.Report {
	b := display.Text(text)
	return engine.Report{Value: &b}
}

func tabled(t display.Table) engine.Report {
	b := t.Bundle()
	return engine.Report{Value: &b}
}

// maxRows bounds the table of goroutines.
const maxRows = 200

// goroutineTable lists the learner's goroutines by cell. One that can never go
// on is called a leak.
func (r *Runner) goroutineTable(now time.Duration) engine.Report {
	p, _ := r.leaked(true)
	calls := r.callsOf()
	jobs := r.jobs.all()
	slices.SortFunc(jobs, func(a, b *job) int { return int(a.id) - int(b.id) })
	t := display.Table{Headers: []string{"cell", "goroutine", "state", "line", "since"}}
	total, leaks := 0, 0
	for _, j := range jobs {
		waits := map[*goroutine]*wait{}
		for _, w := range j.waitList() {
			waits[w.g] = w
		}
		n := j.named()
		for _, g := range j.goroutines() {
			total++
			w, leak := waits[g], p.goroutine(g)
			if leak {
				leaks++
			}
			if len(t.Rows) == maxRows {
				continue
			}
			row := []string{itoa(j.cell), g.name(), "", "", ""}
			if w != nil {
				row[4] = max(now-w.since, 0).Round(10 * time.Millisecond).String()
			} else if leak {
				w = p.compiledWait(g)
			}
			state, places := g.state(calls[g.key()])
			if w != nil {
				state, places = w.says(n), w.places()
			}
			row[2] = state
			if len(places) == 1 {
				row[3] = at(places[0], j.cell)
			}
			if leak {
				row[2] = "leak: " + row[2]
			}
			t.Rows = append(t.Rows, row)
		}
	}
	if total == 0 {
		return told("No goroutine of a cell is running.")
	}
	var notes []string
	if total > len(t.Rows) {
		notes = append(notes, fmt.Sprintf("and %d more", total-len(t.Rows)))
	}
	if leaks > 0 {
		notes = append(notes, "A leak can never go on: nothing that is left can reach what it waits for. %kill CELL ends the goroutines of a cell.")
	}
	t.Note = strings.Join(notes, ". ")
	return tabled(t)
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

// reset ends all goroutines and drops all variables.
func (r *Runner) reset() string {
	n := 0
	for _, j := range r.jobs.all() {
		n += int(j.running.Load())
		j.halt()
	}
	r.Forget()
	switch n {
	case 0:
		return "All variables are gone."
	case 1:
		return "All variables are gone, and 1 goroutine was told to end."
	}
	return fmt.Sprintf("All variables are gone, and %d goroutines were told to end.", n)
}

// who lists the notebook's variables, the newest version of each.
func (r *Runner) who() engine.Report {
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
		return told("There are no variables.")
	}
	t := display.Table{Headers: []string{"variable", "type", "size"}}
	for _, name := range slices.Sorted(maps.Keys(newest)) {
		v, size := r.vars.byID[newest[name]].Elem(), ""
		switch v.Kind() {
		case reflect.Slice, reflect.Map, reflect.String:
			size = itoa(v.Len())
		case reflect.Chan:
			size = fmt.Sprintf("%d of %d", v.Len(), v.Cap())
		}
		t.Rows = append(t.Rows, []string{name, r.vars.types[newest[name]].String(), size})
	}
	return tabled(t)
}
