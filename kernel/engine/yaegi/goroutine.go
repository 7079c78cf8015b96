package yaegi

import (
	"strings"
	"unsafe"

	"runnext/kernel/core/program"
	"runnext/kernel/engine"
)

// goroutine is one of a job's goroutines. Its profiling labels are the job's,
// in memory of its own: what the runtime keeps for a goroutine and hands on to
// those it starts is the address of labels, and that leads back here. It leads
// to no cell: what a cell holds is to be reachable from where it is used, and
// from nowhere else, see leaks.
type goroutine struct {
	labels labels // first, see current
	pair   [2]label
	j      *job
	prog   *program.Program // whose go statement started it; nil for the cell's own
	site   int              // of the go statement; 0 when compiled code started it
	number int              // in its job, from 1: the cell's own; 0 stands for the job

	wait wait // while it waits

	asked asked // about its leak; the detector's alone

	prev, next *goroutine // in the job's list, under its mutex
}

// labels is what the runtime holds of a goroutine's labels: go1.26.8
// runtime/pprof/label.go:34 labelMap.
type labels struct{ list []label }

type label struct{ key, value string }

func newGoroutine(j *job, p *program.Program, site int) *goroutine {
	g := &goroutine{j: j, prog: p, site: site, wait: wait{j: j}}
	g.wait.g = g
	g.pair[0] = label{"job", j.labelText}
	g.labels.list = g.pair[:1]
	return g
}

// current gives the job and the goroutine that is running. The goroutine is
// the one that started it where compiled code has, and nil for what the runner
// does itself on behalf of the job.
func (t *jobTable) current() (*job, *goroutine, bool) {
	p := getProfLabel()
	if p == nil {
		return nil, nil, false
	}
	// Only a goroutine's list is inside of what it is in.
	g := (*goroutine)(p)
	if unsafe.Pointer(unsafe.SliceData((*labels)(p).list)) != unsafe.Add(p, unsafe.Offsetof(g.pair)) || &g.j.r.jobs != t {
		return nil, nil, false
	}
	if g.number == 0 {
		return g.j, nil, true
	}
	return g.j, g, true
}

// begin makes a goroutine of the job's, before it runs.
func (j *job) begin(p *program.Program, site int) *goroutine {
	g := newGoroutine(j, p, site)
	j.running.Add(1)
	if j.watched { // a program by itself dies as Go's do
		j.r.maps.crowd.enter()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.numbered++
	g.number = j.numbered
	if g.next = j.first; g.next != nil {
		g.next.prev = g
	}
	j.first = g
	return g
}

// end takes a goroutine out of the list. The caller holds g.j.mu.
func (g *goroutine) end() {
	if g.prev != nil {
		g.prev.next = g.next
	} else {
		g.j.first = g.next
	}
	if g.next != nil {
		g.next.prev = g.prev
	}
}

// place gives where the goroutine was started.
func (g *goroutine) place() (engine.Place, bool) {
	if g == nil || g.prog == nil {
		return engine.Place{}, false
	}
	return placeOf(g.prog, g.site, "")
}

// name tells a goroutine from the others of its cell in words.
func (g *goroutine) name() string {
	switch {
	case g == nil:
		return "a goroutine of compiled code"
	case g.number == 1:
		return "the cell's own goroutine"
	}
	if p, ok := g.place(); ok {
		return "goroutine " + itoa(g.number) + ", started at " + at(p, g.j.cell)
	}
	return "goroutine " + itoa(g.number)
}

// subject is the name where a verb follows.
func (g *goroutine) subject() string {
	if _, ok := g.place(); ok {
		return g.name() + ","
	}
	return g.name()
}

// told says of a failure in which goroutine it happened, where that is not the
// cell's own.
func (g *goroutine) told() []string {
	if _, ok := g.place(); !ok {
		return nil
	}
	return []string{"It happened in " + g.name() + "."}
}

// at names a line, and its cell where that is another one.
func at(p engine.Place, cell int) string {
	text := "line " + itoa(p.Line)
	if p.Cell != cell {
		text += " of cell " + itoa(p.Cell)
	}
	return text
}

// short names a goroutine in a picture.
func (g *goroutine) short() string {
	switch {
	case g == nil:
		return "compiled"
	case g.number == 1:
		return "main"
	}
	return strings.TrimSpace("G" + itoa(g.number))
}
