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
	f.First = g.number == 1
	p.Crash(f)
}
