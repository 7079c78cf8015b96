package yaegi

import (
	"strings"
	"sync"
	"unsafe"

	"runnext/kernel/engine"
)

// goroutine is one of a job's goroutines. Its profiling labels are the job's,
// in memory of its own: what the runtime keeps for a goroutine and hands on to
// those it starts is the address of labels, and that leads back here.
type goroutine struct {
	labels labels // first, see current
	j      *job
	c      *cell // whose go statement started it; nil for the cell's own
	site   int   // of the go statement; 0 when compiled code started it
	number int   // in its job, from 1: the cell's own

	waitMu  sync.Mutex
	waiting bool
	wait    wait // while it waits

	prev, next *goroutine // in the job's list, under its mutex
}

// labels is what the runtime holds of a goroutine's labels: go1.26.8
// runtime/pprof/label.go:34 labelMap.
type labels struct{ list []struct{ key, value string } }

// current gives the job and the goroutine that is running. The goroutine is
// the one that started it where compiled code has, and nil for what the runner
// does itself on behalf of the job.
func (t *jobTable) current() (*job, *goroutine, bool) {
	p := getProfLabel()
	if p == nil {
		return nil, nil, false
	}
	list := (*labels)(p).list
	v, ok := t.byLabel.Load(unsafe.Pointer(unsafe.SliceData(list)))
	if !ok {
		return nil, nil, false
	}
	j := v.(*job)
	if p == j.label {
		return j, nil, true
	}
	return j, (*goroutine)(p), true
}

// begin makes a goroutine of the job's, before it runs.
func (j *job) begin(c *cell, site int) *goroutine {
	g := &goroutine{labels: *(*labels)(j.label), j: j, c: c, site: site}
	j.running.Add(1)
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
	if g == nil || g.c == nil {
		return engine.Place{}, false
	}
	return g.c.place(g.site, "")
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
