package yaegi

import (
	"reflect"
	"runtime"

	"runnext/kernel/engine"
)

// A job that is a whole program ([engine.Program]) is never asked to unwind.
// Its goroutines block as a built program's do, so that the Go runtime sees
// when none of them can go on and says of each what it waits for. What the
// runtime cannot say, where in the learner's file that is, it writes down
// itself: as the arguments of the functions here, which runnext/kernel/run
// reads from its last words.

// alone gives the process that is the job's, if it is a program.
func (j *job) alone() (engine.Program, bool) {
	return j.program, j.program != nil
}

// standing does what may block, or what the runtime may throw at, at a site.
//
//go:noinline
func standing(site int, do func()) {
	do()
	runtime.KeepAlive(site) // until here, or the runtime would not know it
}

// started is the lowest function of a goroutine that a go statement at a site
// has started.
//
//go:noinline
func started(site int, do func()) {
	do()
	runtime.KeepAlive(site)
}

// standingSelect is reflect.Select of a program's.
func standingSelect(site int, cases []reflect.SelectCase) (chosen int, v reflect.Value, ok bool, err any) {
	standing(site, func() {
		err = caught(func() { chosen, v, ok = reflect.Select(cases) })
	})
	return chosen, v, ok, err
}

// crash ends the process of a program with a panic that nobody has recovered,
// in the goroutine where that was.
func (g *goroutine) crash(p engine.Program, f *engine.Failure) {
	if place, ok := g.place(); ok {
		if s := g.site; s < len(g.prog.Sites) {
			place.Func = g.prog.Enclosing(g.prog.Sites[s])
		}
		f.Started = &place
	}
	p.Crash(f)
}

// again notes a panic in whose course another one began, as the runtime tells
// it (go1.26.8 runtime/panic.go:734 printpanics).
func (p *panicking) again(c *cell, v any, o *origin) {
	line := "panic: " + panicText(p.value)
	repeated := same(p.value, v)
	switch {
	case repeated && p.recovered:
		line += " [recovered, repanicked]"
	case p.recovered:
		line += " [recovered]"
	}
	if o == nil {
		o = &origin{cell: c}
	}
	var before []string
	if p.place != nil {
		before = p.place.before
	}
	o.under, o.underAt = p.place, len(o.calls)
	o.before, o.told = append(before[:len(before):len(before)], line), repeated
	p.value, p.place, p.recovered = v, o, false
}

// lines gives the first line of a panic that ends a goroutine, and those that
// tell of the panics before and after it.
func (o *origin) lines(text string) (first string, others []string) {
	var all []string
	if o != nil {
		all = o.before
	}
	if o == nil || !o.told {
		all = append(all[:len(all):len(all)], text)
	}
	for _, line := range all[1:] {
		others = append(others, "\t"+line)
	}
	return all[0], others
}
