package yaegi

import (
	"bytes"
	"reflect"
	"runtime"
	"strconv"
	"unsafe"
)

// Mark is the type of the variable in which a function of the program notes
// where it is. It is found by its type in the interpreter's frames.
type Mark int

var markType = reflect.TypeFor[Mark]()

// interpreted begins the line of a function of the interpreter's in a stack; its
// second argument is the address of a frame (yaegi v0.16.1 interp/run.go:205
// runCfg).
var interpreted = []byte("\ngithub.com/traefik/yaegi/interp.runCfg(")

// elided stands where the runtime leaves out the middle of a deep stack.
var elided = []byte(" frames elided...\n")

// marked are the marks of the functions on a stack, innermost first. Those in the
// middle of a deep one are not known; outer are those behind them.
type marked struct {
	inner, outer []int
	deep         bool
}

// marks gives what the functions on the running goroutine's stack have noted. A
// panic that nobody has recovered has left the stack as it was.
func marks() marked {
	text := make([]byte, 64<<10) // the runtime shows a hundred frames
	text = text[:runtime.Stack(text, false)]
	inner, outer, deep := bytes.Cut(text, elided)
	return marked{marksIn(inner), marksIn(outer), deep}
}

func marksIn(stack []byte) []int {
	var out []int
	for {
		_, rest, ok := bytes.Cut(stack, interpreted)
		if !ok {
			return out
		}
		stack = rest
		args, _, _ := bytes.Cut(rest, []byte(")"))
		if list := bytes.Split(args, []byte(", ")); len(list) > 1 {
			if addr, err := strconv.ParseUint(string(list[1]), 0, 64); err == nil {
				if m, ok := markIn(uintptr(addr)); ok {
					out = append(out, m)
				}
			}
		}
	}
}

// markIn gives the mark in one of the interpreter's frames, which the stack
// keeps alive.
func markIn(addr uintptr) (mark int, ok bool) {
	// The layout is yaegi v0.16.1 interp/interp.go:105 frame.
	f := *(**struct {
		id               uint64
		debug, root, anc unsafe.Pointer
		data             []reflect.Value
	})(unsafe.Pointer(&addr))
	// There are two of the type: the zero value is before the variable.
	for _, v := range f.data {
		if v.IsValid() && v.Type() == markType {
			mark, ok = max(mark, int(v.Int())), true
		}
	}
	return mark, ok
}

// learn gives the functions that a panic has passed, and whose stack is still
// there, what they have noted. The last of them is the last of the stack when
// nothing stands below them.
func (o *origin) learn(m marked, last bool) {
	if o == nil {
		return
	}
	list := o.standing()
	for i, p := range list {
		if i < len(m.inner) {
			p.mark = m.inner[i]
		}
	}
	if !last || !m.deep || len(o.calls) >= maxPassed {
		return
	}
	for i := 1; i <= min(len(list), len(m.outer)); i++ {
		list[len(list)-i].mark = m.outer[len(m.outer)-i]
	}
}

// standing gives the functions with marks on the stack that a panic has left,
// innermost first. The stack of a deferred call that has panicked is gone; inside
// of the function that had deferred it stand those that the panic before has
// passed.
func (o *origin) standing() []*passed {
	var out []*passed
	innermost := 0
	if n := len(o.under); n > 0 {
		out, innermost = o.under[n-1].panicked.standing(), o.under[n-1].at
	}
	for i := innermost; i < len(o.calls); i++ {
		if p := &o.calls[i]; p.fn > 0 && p.site == 0 && p.cell.prog.Funcs[p.fn].Marks {
			out = append(out, p)
		}
	}
	return out
}
