package machine

import (
	"go/token"
	"go/types"
	"iter"

	"runnext/sim/machine/interp"
)

// stringerType is fmt.Stringer; goStringerType fmt.GoStringer.
var (
	stringerType   = methodType("String")
	goStringerType = methodType("GoString")
)

func methodType(name string) types.Type {
	str := types.NewTuple(types.NewVar(token.NoPos, nil, "", types.Typ[types.String]))
	sig := types.NewSignatureType(nil, nil, nil, nil, str, false)
	return types.NewInterfaceType([]*types.Func{types.NewFunc(token.NoPos, nil, name, sig)}, nil).Complete()
}

// fmtNatives are the functions of package fmt over simulated values. Methods
// of the program that formatting calls run as any other code: they may block.
func fmtNatives(h *host) map[string]native {
	out := map[string]native{}
	forms := map[string]func(p *printer, a []value){
		"":   func(p *printer, a []value) { p.doPrint(a) },
		"ln": func(p *printer, a []value) { p.doPrintln(a) },
		"f":  func(p *printer, a []value) { p.doPrintf(a[0].Str(), list(a[1])) },
	}
	args := func(suffix string, a []value) []value {
		if suffix == "f" {
			return a
		}
		return list(a[0])
	}
	for suffix, form := range forms {
		out["fmt.Print"+suffix] = func(t *thread, a []value) status {
			return h.format(t, func(p *printer) { form(p, args(suffix, a)) }, func(t *thread, p *printer) status {
				return h.write(t, value{}, p.buf)
			})
		}
		out["fmt.Sprint"+suffix] = func(t *thread, a []value) status {
			return h.format(t, func(p *printer) { form(p, args(suffix, a)) }, func(t *thread, p *printer) status {
				t.M.MadeText(int64(len(p.buf)))
				return t.Return(interp.String(string(p.buf)))
			})
		}
		out["fmt.Fprint"+suffix] = func(t *thread, a []value) status {
			w := a[0]
			return h.format(t, func(p *printer) { form(p, args(suffix, a[1:])) }, func(t *thread, p *printer) status {
				return h.writeTo(t, w, p.buf)
			})
		}
		out["fmt.Append"+suffix] = func(t *thread, a []value) status {
			return h.format(t, func(p *printer) { form(p, args(suffix, a[1:])) }, func(t *thread, p *printer) status {
				if !t.M.Room(int64(a[0].Len() + len(p.buf))) {
					return t.Throw(interp.OutOfMemory)
				}
				t.M.MadeText(int64(a[0].Len() + len(p.buf)))
				return t.Return(interp.ByteSlice(append(a[0].Bytes(), p.buf...)))
			})
		}
	}
	out["fmt.Errorf"] = h.errorf
	for name, f := range scanNatives(h) {
		out[name] = f
	}
	return out
}

// list gives the elements of a ...any.
func list(v value) []value { return v.Cells(v.Len()) }

// writeTo writes to an io.Writer of the program.
func (h *host) writeTo(t *thread, w value, b []byte) status {
	if w.N == 0 {
		return t.RaiseError("invalid memory address or nil pointer dereference")
	}
	typ, recv := t.M.Unbox(w)
	if t.M.TypeString(typ) == "*os.File" {
		return h.write(t, recv, b)
	}
	if !t.M.Room(int64(len(b))) {
		return t.Throw(interp.OutOfMemory)
	}
	return t.Call(interp.Method(t.M, typ, "Write"), []value{recv, interp.ByteSlice(b)},
		func(t *thread) status { return interp.Done })
}

// needed is a method whose result the printer needs. It unwinds one that is no
// coroutine.
type needed struct {
	c     *interp.Closure
	args  []value
	state *formatState // what a Format method writes to, nil for other methods
}

// answer is what a method gave, or the panic it ended with.
type answer struct {
	text     string
	val      value
	panicked bool
}

// format runs a printer. The first time it needs a method of the program it is
// given up and begins anew as a coroutine, which waits where it needs one until
// the method has run.
func (h *host) format(t *thread, form func(p *printer), end func(t *thread, p *printer) status) status {
	finish := func(t *thread, p *printer) status {
		if p.raised != nil {
			return t.Panic(*p.raised)
		}
		h.s.Charge(h.sync(t), int64(100+2*len(p.buf)))
		return end(t, p)
	}
	p := &printer{h: h, t: t}
	if p.run(form) || p.raised != nil {
		return finish(t, p)
	}
	c := h.pause(&printer{h: h, t: t}, form)
	var again func(t *thread) status
	again = func(t *thread) status {
		need, more := c.next()
		if !more {
			h.forget(&c.pausing)
			return finish(t, c.p)
		}
		return t.Try(need.c, need.args, func(t *thread, val value, panicked bool) status {
			c.answer = answer{val: val, panicked: panicked}
			switch {
			case panicked:
			case need.state != nil:
				c.answer.text = string(need.state.buf)
			default:
				c.answer.text = t.R[0].Str()
			}
			return again(t)
		})
	}
	return again(t)
}

// paused is a printer that stops where it needs a method.
type paused struct {
	pausing
	p      *printer
	next   func() (*needed, bool)
	answer answer // of the method that has run last
}

func (h *host) pause(p *printer, form func(p *printer)) *paused {
	c := &paused{p: p}
	c.next, c.stop = iter.Pull(func(yield func(*needed) bool) {
		p.ask = func(n *needed) answer {
			if !yield(n) {
				panic(&needed{}) // nobody will run it
			}
			return c.answer
		}
		p.run(form)
	})
	h.keep(&c.pausing)
	return c
}

// pausing is what all coroutines of the host's own are, so that a run that is
// over can end them.
type pausing struct{ stop func() }

func (h *host) keep(c *pausing) {
	if h.paused == nil {
		h.paused = map[*pausing]bool{}
	}
	h.paused[c] = true
}

func (h *host) forget(c *pausing) {
	c.stop()
	delete(h.paused, c)
}

// release ends the coroutines of a run that is over: the methods they wait for
// will not come to an end.
func (h *host) release() {
	for c := range h.paused {
		h.forget(c)
	}
}

// run prints as far as it goes without a method; it reports whether it came to
// the end.
func (p *printer) run(form func(p *printer)) (whole bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(*needed); !ok {
				panic(r)
			}
		}
	}()
	form(p)
	return true
}

// needs gives what a method gave.
func (p *printer) needs(n *needed) answer {
	if p.ask == nil {
		panic(n)
	}
	return p.ask(n)
}

// errorf is fmt.Errorf: what it makes wraps the operands of %w.
// go1.26.8 fmt/errors.go:23 Errorf
func (h *host) errorf(t *thread, a []value) status {
	args := append([]value(nil), list(a[1])...)
	return h.format(t, func(p *printer) {
		p.wrapErrs = true
		p.doPrintf(a[0].Str(), args)
	}, func(t *thread, p *printer) status {
		t.M.MadeText(int64(len(p.buf)))
		text := interp.String(string(p.buf))
		if len(p.wrapped) == 0 {
			return t.Return(t.M.Box(h.textError(), interp.Pointer(&[]value{text}[0])))
		}
		var errs []value
		seen := map[int]bool{}
		for i := range args {
			for _, n := range p.wrapped {
				if n == i && !seen[i] && h.isError(args[i]) {
					seen[i] = true
					errs = append(errs, args[i])
				}
			}
		}
		if len(p.wrapped) == 1 {
			cells := []value{text, {}}
			if len(errs) > 0 {
				cells[1] = errs[0]
			}
			return t.Return(t.M.Box(h.nativeType("fmt", "wrapError", map[string]native{
				"Error":  func(t *thread, a []value) status { return t.Return(a[0].Cells(2)[0]) },
				"Unwrap": func(t *thread, a []value) status { return t.Return(a[0].Cells(2)[1]) },
			}), interp.Pointer(&cells[0])))
		}
		cells := []value{text, interp.Slice(errs)}
		return t.Return(t.M.Box(h.wrapErrors(), interp.Pointer(&cells[0])))
	})
}

// wrapErrors is the type whose Unwrap gives several errors.
func (h *host) wrapErrors() *interp.Type {
	t := h.nativeType("fmt", "wrapErrors", map[string]native{
		"Error": func(t *thread, a []value) status { return t.Return(a[0].Cells(2)[0]) },
	})
	if t.NativeMethods() == 1 {
		named := t.T.(*types.Pointer).Elem().(*types.Named)
		errs := types.NewTuple(types.NewVar(token.NoPos, nil, "", types.NewSlice(errorType)))
		sig := types.NewSignatureType(types.NewVar(token.NoPos, nil, "e", t.T), nil, nil, nil, errs, false)
		named.AddMethod(types.NewFunc(token.NoPos, named.Obj().Pkg(), "Unwrap", sig))
		t.SetNativeMethods(map[string]native{
			"Unwrap": func(t *thread, a []value) status { return t.Return(a[0].Cells(2)[1]) },
		})
	}
	return t
}

func (h *host) isError(v value) bool {
	if v.N == 0 {
		return false
	}
	ok, _ := h.vm.Implements(h.vm.Dynamic(v), h.vm.TypeOf(errorType))
	return ok
}
