package yaegi

import (
	"reflect"
	"runtime"
	"strings"
	"unsafe"

	"runnext/kernel/engine"
	"runnext/kernel/engine/yaegi/forge"
)

// origin is where a panic began: a site of a program, and the functions it has
// passed through so far, innermost first.
type origin struct {
	cell  *cell
	site  int
	value any
	calls []passed

	before []earlier // the panics in whose course this one began
	under  []under
}

// under is what a function was doing when it was left for its deferred calls:
// the panic under way then, and the number of the function in calls of the one
// that began in a deferred call.
type under struct {
	panicked *origin
	at       int
}

// passed is a function of a program that a panic has left, and the site of what
// it was doing, where that is known, or of the last call it has begun, see
// [Mark]. fn is 0 for a loop of the function that follows.
type passed struct {
	cell *cell
	fn   int
	site int
	mark int
}

// raise panics with v at a site.
func (c *cell) raise(site int, v any) {
	c.r.accounts.failing(site)
	c.r.panics.setOrigin(goid(), &origin{cell: c, site: site, value: v})
	panic(v)
}

// markPanic notes the site of a panic that is under way in compiled code.
func (c *cell) markPanic(site int) {
	c.r.panics.setOrigin(goid(), &origin{cell: c, site: site})
}

// panic is a panic statement.
func (c *cell) panic(site int, v any) {
	if v == nil {
		v = new(runtime.PanicNilError)
	}
	c.raise(site, v)
}

func (ps *panics) setOrigin(g uint64, o *origin) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if o == nil {
		delete(ps.origin, g)
	} else {
		ps.origin[g] = o
	}
}

// explain gives the value that Go code sees for what was recovered, and where
// its panic began: the value of a panic statement, a run-time error, or what
// compiled code panicked with. What package reflect says when the interpreter
// trips over nil is Go's error for that.
func (ps *panics) explain(g uint64, v any) (any, *origin) {
	ps.mu.Lock()
	o := ps.origin[g]
	delete(ps.origin, g)
	ps.mu.Unlock()
	if o != nil && same(o.value, v) {
		return v, o
	}
	if fromReflect(v) && programReflects() {
		return v, o
	}
	switch v := v.(type) {
	case *reflect.ValueError:
		if v.Kind == reflect.Invalid {
			return nilError(), o
		}
		return interpreterError(v.Error()), o
	case string:
		switch {
		case v == "reflect.Value.Grow: slice overflow" || v == "reflect.Append: slice overflow":
			return runtimeError("growslice: len out of range"), o
		case strings.HasPrefix(v, "reflect") && strings.Contains(v, "nil"):
			return nilError(), o
		case strings.HasPrefix(v, "reflect"):
			return interpreterError(v), o
		}
	}
	return v, o
}

// fromReflect tells whether package reflect may have panicked with v.
func fromReflect(v any) bool {
	switch v := v.(type) {
	case *reflect.ValueError:
		return true
	case string:
		return strings.HasPrefix(v, "reflect")
	}
	return false
}

// programReflects tells whether the panic under way began in package reflect
// because the program has called it, and not the interpreter, which calls
// compiled functions by reflect.Value.Call. The stack is still whole: it is
// looked at by a deferred call.
func programReflects() bool {
	pcs := make([]uintptr, 512)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	panicked, inside := false, false
	for {
		f, more := frames.Next()
		switch reflects := strings.HasPrefix(f.Function, "reflect."); {
		case f.Function == "runtime.gopanic":
			panicked = true
		case f.Function == "reflect.Value.call" && inside:
			return true
		case reflects && panicked:
			inside = true
		case inside && !reflects:
			return false
		default:
			panicked = false
		}
		if !more {
			return false
		}
	}
}

// interpreterError is a defect of the kernel that shows while a cell runs.
type interpreterError string

func (e interpreterError) Error() string { return "defect of the interpreter: " + string(e) }

// runtimeError gives an error of the runtime's with a text that it cannot be
// brought to.
func runtimeError(text string) any { return withText(nilError(), text) }

// plainError is the same for those that do not say that they are run-time
// errors.
func plainError(text string) any {
	return withText(caught(func() {
		var c chan int
		close(c)
	}), text)
}

// withText gives an error of the same type, which is one of strings.
func withText(err any, text string) any {
	v := reflect.New(reflect.TypeOf(err)).Elem()
	v.SetString(text)
	return v.Interface()
}

// same tells whether two interfaces hold one value, which need not be
// comparable.
func same(x, y any) bool {
	return *(*[2]unsafe.Pointer)(unsafe.Pointer(&x)) == *(*[2]unsafe.Pointer)(unsafe.Pointer(&y))
}

// caught runs f and gives the run-time error it ends in: the texts of Go's
// errors come from Go.
func caught(f func()) (err any) {
	defer func() { err = recover() }()
	f()
	return nil
}

func nilError() any {
	return caught(func() {
		var p *int
		sink = *p
	})
}

// sink keeps the compiler from leaving out what is done for its failure.
var sink int

// iteration is the panic of a loop over a function whose iterator does not keep
// the rules; state is the loop's, as go/ssa numbers it: -1 while the body runs
// or after it has panicked, -2 after the loop, and something else when the body
// has ended the loop (go1.26.8 runtime/panic.go:377 panicrangestate).
func (c *cell) iteration(site, state int) {
	text := "range function continued iteration after function for loop body returned false"
	switch state {
	case -1:
		text = "range function continued iteration after loop body panic"
	case -2:
		text = "range function continued iteration after whole loop exit"
	}
	c.raise(site, runtimeError(text))
}

// lostPanic is the same for an iterator that has recovered the body's panic.
func (c *cell) lostPanic(site int) {
	c.raise(site, runtimeError("range function recovered a loop body panic and did not resume panicking"))
}

// fatal ends the job as an error that the runtime cannot go on from ends a
// program: nothing recovers from it.
func (c *cell) fatal(site int, text string) {
	var places []engine.Place
	if p, ok := c.place(site, ""); ok {
		places = []engine.Place{p}
	}
	c.failForGood(places, text)
}

// failForGood is fatal where there is more to tell.
func (c *cell) failForGood(places []engine.Place, text string, detail ...string) {
	j, g := c.running()
	f := &engine.Failure{Kind: engine.KindFatal, Text: "fatal error: " + text, Places: places}
	f.Why, f.Try = advice(text)
	f.Detail = append(g.told(), detail...)
	j.fail(f)
	c.leaveNow()
}

func (c *cell) nilPanic(site int) { c.raise(site, nilError()) }

// nilValue is a call of a method of T through a nil *T.
func (c *cell) nilValue(typ, method string) {
	_, name, _ := strings.Cut(typ, ".")
	c.raise(0, plainError("value method "+typ+"."+method+" called using nil *"+name+" pointer"))
}

func (c *cell) nilMap(site int) {
	c.raise(site, nilMapError())
}

func nilMapError() any {
	return caught(func() {
		var m map[int]int
		m[0] = 0
	})
}

func (c *cell) divPanic(site int) { c.raise(site, divideError()) }

func divideError() any {
	return caught(func() {
		zero := 0
		sink = 1 / zero
	})
}

func (c *cell) shiftPanic(site int) { c.raise(site, shiftError()) }

func shiftError() any {
	return caught(func() {
		n := -1
		sink = 1 << n
	})
}

// equal is == of values whose comparison may fail.
func (c *cell) equal(site int, x, y any) (eq bool) {
	if err := caught(func() { eq = x == y }); err != nil {
		c.raise(site, err)
	}
	return eq
}

// assertionError gives Go's error for a failed type assertion.
func assertionError(iface, concrete, asserted reflect.Type, missing string) error {
	// The layout is go1.26.8 runtime/error.go:35 TypeAssertionError.
	e := new(runtime.TypeAssertionError)
	p := (*struct {
		iface, concrete, asserted unsafe.Pointer
		missing                   string
	})(unsafe.Pointer(e))
	p.iface, p.concrete, p.asserted, p.missing = typePointer(iface), typePointer(concrete), typePointer(asserted), missing
	return e
}

func typePointer(t reflect.Type) unsafe.Pointer {
	if t == nil {
		return nil
	}
	return forge.Memory(t)
}
