package yaegi

import (
	"strings"

	"runnext/kernel/core/program"
	"runnext/kernel/engine"
)

// failure tells a panic that nobody has recovered.
func (c *cell) failure(v any) *engine.Failure {
	v, o := c.r.panics.explain(goid(), v)
	f := &engine.Failure{Kind: engine.KindPanic}
	f.Text, f.Detail = o.lines("panic: " + panicText(v))
	if o != nil {
		f.Places = o.places()
	}
	f.Why, f.Try = advice("panic: " + panicText(v))
	return f
}

// places gives the learner's frames, innermost first. Where a function was
// left from is known when it has only one call of the function left before.
func (o *origin) places() []engine.Place {
	var out []engine.Place
	for i, p := range o.calls {
		fn := p.cell.prog.Funcs[p.fn]
		site := 0
		switch {
		case o.under != nil && i == o.underAt && p.cell == o.under.cell:
			site = o.under.from(fn)
		case i == 0 && o.site != 0 && p.cell == o.cell:
			site = o.site
		case i == 0:
			site = p.cell.onlyCall(fn, func(c program.Call) bool { return c.Func == 0 })
		case o.calls[i-1].cell == p.cell:
			left := o.calls[i-1].fn
			site = p.cell.onlyCall(fn, func(c program.Call) bool { return c.Func == left })
			if site == 0 {
				site = p.cell.onlyCall(fn, func(c program.Call) bool { return c.Func == 0 })
			}
		}
		if site == 0 {
			site = fn.Site
		}
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

// from gives the site at which fn was left, as the next function on the way of
// the panic.
func (o *origin) from(fn program.Func) int {
	if len(o.calls) == 0 {
		return o.site
	}
	left := o.calls[len(o.calls)-1].fn
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

func (c *cell) place(site int, fn string) (engine.Place, bool) {
	if site <= 0 || site >= len(c.prog.Sites) {
		return engine.Place{}, false
	}
	s := c.prog.Sites[site]
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
	{"interface conversion", "the interface holds a value of another type", "use the form v, ok := x.(T)"},
	{"slice bounds out of range", "the bounds of a slice expression go from 0 to the capacity, low first", "compare them with len and cap"},
}
