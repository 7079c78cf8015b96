package yaegi

import (
	"reflect"
	"slices"
	"strings"

	"runnext/kernel/core/program"
	"runnext/kernel/engine"
)

// failure tells a panic that nobody has recovered.
func (c *cell) failure(v any) *engine.Failure {
	v, o := c.r.panics.explain(goid(), v)
	f := &engine.Failure{Kind: engine.KindPanic}
	if o != nil {
		o.learn(marks(), true)
		f.Places = o.places()
	}
	var lines []string
	if again := caught(func() { lines = o.lines(v) }); again != nil {
		c.unprintable(f, again)
	} else {
		f.Text, f.Detail = lines[0], lines[1:]
	}
	f.Why, f.Try = advice(strings.Join(lines, "\n"))
	return f
}

// unprintable tells of a panic that began while the value of another was made
// into text (go1.26.8 runtime/panic.go:702 preprintpanics).
func (c *cell) unprintable(f *engine.Failure, again any) {
	v, o := c.r.panics.explain(goid(), again)
	f.Kind, f.Text = engine.KindFatal, "fatal error: panic while printing panic value: "
	if s, ok := v.(string); ok {
		f.Text += s
	} else {
		f.Text += "type " + reflect.TypeOf(v).String()
	}
	if o != nil {
		f.Places = append(o.places(), f.Places...)
	}
}

// places gives the learner's frames, innermost first.
func (o *origin) places() []engine.Place {
	var out []engine.Place
	inside := 0 // where a loop of the function that follows was left
	for i, p := range o.calls {
		if p.fn == 0 {
			inside = p.site
			continue
		}
		fn := p.cell.prog.Funcs[p.fn]
		site := p.site
		if site == 0 {
			site = inside
		}
		if site == 0 {
			site = o.leftFrom(i, fn)
		}
		inside = 0
		if place, ok := p.cell.place(site, fn.Name); ok {
			out = append(out, place)
		}
	}
	if len(out) == 0 {
		if place, ok := o.cell.place(o.site, ""); ok {
			out = append(out, place)
		}
	}
	return out
}

// leftFrom gives the site at which the panic has left the function of calls[i]:
// what the function has noted, or its only call of the one left before, or where
// it is declared.
func (o *origin) leftFrom(i int, fn program.Func) int {
	p, site := o.calls[i], 0
	u := slices.IndexFunc(o.under, func(u under) bool { return u.at == i && u.panicked.cell == p.cell })
	ofValue := func(c program.Call) bool { return c.Func == 0 }
	switch {
	case u >= 0 && (p.mark == 0 || len(o.under[u].panicked.calls) == 0):
		site = o.under[u].panicked.from(fn)
	case i == 0 && o.site != 0 && p.cell == o.cell:
		site = o.site
	case p.mark != 0:
		site = p.mark
	case i == 0:
		site = p.cell.onlyCall(fn, ofValue)
	case o.calls[i-1].cell == p.cell:
		left := o.calls[i-1].fn
		site = p.cell.onlyCall(fn, func(c program.Call) bool { return c.Func == left })
		if site == 0 {
			site = p.cell.onlyCall(fn, ofValue)
		}
	}
	if site == 0 {
		return fn.Site
	}
	return site
}

// from gives the site at which fn was left, as the next function on the way of
// the panic.
func (o *origin) from(fn program.Func) int {
	if len(o.calls) == 0 {
		return o.site
	}
	last := o.calls[len(o.calls)-1]
	if last.fn == 0 {
		return last.site
	}
	left := last.fn
	return o.cell.onlyCall(fn, func(c program.Call) bool { return c.Func == left })
}

// onlyCall gives the site of the one call of a function that matches, or 0.
func (c *cell) onlyCall(fn program.Func, match func(program.Call) bool) int {
	site := 0
	for _, call := range fn.Calls {
		if match(call) {
			if site != 0 && site != call.Site {
				return 0
			}
			site = call.Site
		}
	}
	return site
}

func (c *cell) place(site int, fn string) (engine.Place, bool) { return placeOf(c.prog, site, fn) }

func placeOf(p *program.Program, site int, fn string) (engine.Place, bool) {
	if site <= 0 || site >= len(p.Sites) {
		return engine.Place{}, false
	}
	s := p.Sites[site]
	return engine.Place{Cell: s.Cell, Line: s.Line, Column: s.Column, Func: fn}, s.Line > 0
}

// advice explains the run-time errors that learners meet.
func advice(text string) (why, try string) {
	for _, a := range advices {
		if strings.Contains(text, a.text) {
			return a.why, a.try
		}
	}
	return "", ""
}

var advices = []struct{ text, why, try string }{
	{"index out of range", "a slice, array or string has elements from 0 to its length less one", "compare the index with len before using it"},
	{"nil pointer dereference", "the pointer, function or interface holds nil, so there is nothing to reach through it", "look where it should have been given a value"},
	{"integer divide by zero", "an integer divided by zero has no result", "check the divisor first"},
	{"assignment to entry in nil map", "a map variable is nil until make or a literal gives it a map", "m = make(map[K]V) before the first assignment"},
	{"send on closed channel", "nobody may send after close", "let only the sender close, once, when it has sent everything"},
	{"close of closed channel", "a channel is closed once", "let only one goroutine close it, for example with sync.Once"},
	{"close of nil channel", "the channel variable is nil until make gives it a channel", "c = make(chan T)"},
	{"negative WaitGroup counter", "Done was called more often than Add had announced", "call Add before the go statement, and Done once in each goroutine, or use wg.Go"},
	{"WaitGroup misuse", "Add was called while Wait was already under way, or the WaitGroup was used again too early", "call Add before the go statement, not inside of the goroutine"},
	{"unlock of unlocked mutex", "Unlock was called on a mutex that nobody had locked; Go ends the program then, and recover does not help", "call Unlock once for each Lock: defer mu.Unlock() right after mu.Lock() keeps them together"},
	{"Unlock of unlocked RWMutex", "Unlock was called though nobody had locked it for writing; what RLock locks RUnlock unlocks", "pair Lock with Unlock and RLock with RUnlock"},
	{"concurrent map", "two goroutines used one map at the same time and at least one of them wrote; a map is not made for that, and Go ends the program rather than let it break", "guard the map with a sync.Mutex, use sync.Map, or let one goroutine own it"},
	{"interface conversion", "the interface holds a value of another type", "use the form v, ok := x.(T)"},
	{"stack overflow", "a function called itself again and again and never came back; each call needs room on the goroutine's stack, and Go ends the program when that is too large", "look for a recursive function whose end condition is missing or never reached; or write it as a loop"},
	{"slice bounds out of range", "the bounds of a slice expression go from 0 to the capacity, low first", "compare them with len and cap"},
}
