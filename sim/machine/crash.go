package machine

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"runnext/sim"
	"runnext/sim/event"
	"runnext/sim/machine/interp"
)

// deadlock ends the run with the runtime's report: its text, then every
// goroutine of the program and what it waits for.
func (h *host) deadlock(text string) {
	h.status, h.ended = StatusFatal, true
	h.fault = &Fault{Kind: "deadlock", Text: "fatal error: " + text}
	if text == sim.ThreadExhaustion {
		h.fault.Kind = "fatal error"
		fmt.Fprintln(h.cfg.Stderr, "runtime: program exceeds 10000-thread limit")
	}
	fmt.Fprintf(h.cfg.Stderr, "fatal error: %s\n", text)
	h.dump(nil)
}

// crash ends the run with another fatal error.
func (h *host) crash(r *goroutine, text string) {
	h.status, h.ended = StatusFatal, true
	h.fault = &Fault{Kind: "fatal error", Text: "fatal error: " + text, G: r.g.ID, Trace: h.trace(r.t.Trace())}
	if text == interp.StackOverflow {
		fmt.Fprintf(h.cfg.Stderr, "runtime: goroutine stack exceeds %d-byte limit\n", h.s.MaxStack())
	}
	fmt.Fprintf(h.cfg.Stderr, "fatal error: %s\n", text)
	dumpG(h.cfg.Stderr, r.g.ID, "running", h.fault.Trace)
	h.dump(r.g)
}

// dump writes all goroutines but one.
func (h *host) dump(but *sim.G) {
	out := bufio.NewWriter(h.cfg.Stderr)
	defer out.Flush() // whoever cannot print is not told
	for _, g := range h.s.All() {
		if g.System() || g == but {
			continue
		}
		trace := h.dumpOne(out, g)
		if h.fault.Trace == nil {
			h.fault.G, h.fault.Trace = g.ID, trace
		}
	}
}

// dumpOne writes one goroutine and gives its calls.
func (h *host) dumpOne(w io.Writer, g *sim.G) []event.Site {
	why := g.Status().String()
	if g.Status() == event.Waiting {
		why = g.Reason().String()
	}
	var trace []event.Site
	if r, ok := g.Host.(*goroutine); ok {
		trace = h.trace(r.t.Trace())
	}
	dumpG(w, g.ID, why, trace)
	return trace
}

// maxFrames bounds a trace, as the runtime does.
const maxFrames = 100

func dumpG(w io.Writer, id int64, why string, trace []event.Site) {
	fmt.Fprintf(w, "\ngoroutine %d [%s]:\n", id, why)
	for i, s := range trace {
		if i == maxFrames {
			fmt.Fprintf(w, "...%d frames elided...\n", len(trace)-i)
			break
		}
		fmt.Fprintf(w, "%s(...)\n\t%s:%d\n", s.Func, s.File, s.Line)
	}
}

// trace keeps the frames of the program's own functions.
func (h *host) trace(places []interp.Place) []event.Site {
	var out []event.Site
	for _, p := range places {
		if h.own(p.Fn) && !strings.HasPrefix(p.Fn.Synthetic, "package init") {
			out = append(out, *h.site(p))
		}
	}
	return out
}

func (h *host) goroutine(id int64) *goroutine {
	g := h.s.G(id)
	if g == nil {
		return nil
	}
	r, _ := g.Host.(*goroutine)
	return r
}

// panicked ends the run with a panic nobody recovered. Its texts may be asked
// of the program's own methods, so the thread is set going once more.
func (h *host) panicked(m *sim.M, r *goroutine) error {
	c := r.t.Died()
	if h.dying {
		// A method that was asked for its text has panicked itself.
		h.finishPanic(r, c, []string{"(a panic while printing a panic value)"})
		return nil
	}
	h.dying = true
	texts := make([]string, 0, len(c.Panics))
	var step func(t *thread) status
	step = func(t *thread) status {
		if len(texts) == len(c.Panics) {
			h.finishPanic(r, c, texts)
			return interp.Ended
		}
		val := c.Panics[len(texts)].Val
		name := ""
		switch typ := t.M.Dynamic(val); {
		case h.isError(val):
			name = "Error"
		case typ != nil:
			if ok, _ := t.M.Implements(typ, t.M.TypeOf(stringerType)); ok {
				name = "String"
			}
		}
		if name == "" {
			texts = append(texts, h.panicText(val))
			return step(t)
		}
		typ, recv := t.M.Unbox(val)
		return t.Call(interp.Method(t.M, typ, name), []value{recv}, func(t *thread) status {
			texts = append(texts, indented(t.R[0].Str()))
			return step(t)
		})
	}
	r.t.Restart(interp.NativeFunc("runtime.fatalpanic", 0, func(t *thread, _ []value) status { return step(t) }))
	return nil
}

// finishPanic prints the chain of panics.
// go1.26.8 runtime/panic.go:734 printpanics
func (h *host) finishPanic(r *goroutine, c *interp.Crash, texts []string) {
	var b strings.Builder
	for i, p := range c.Panics {
		if i >= len(texts) {
			break
		}
		if i > 0 && c.Panics[i-1].Repanicked {
			continue
		}
		if i > 0 {
			b.WriteString("\t")
		}
		b.WriteString("panic: " + texts[i])
		switch {
		case p.Recovered && p.Repanicked:
			b.WriteString(" [recovered, repanicked]")
		case p.Recovered:
			b.WriteString(" [recovered]")
		}
		b.WriteString("\n")
	}
	out := b.String()
	h.status, h.ended = StatusFatal, true
	first, _, _ := strings.Cut(out, "\n")
	h.fault = &Fault{Kind: "panic", Text: first, G: r.g.ID, Trace: h.trace(c.Trace)}
	if len(h.fault.Trace) == 0 {
		// Package sync has caught it and panics again, in WaitGroup.Go.
		h.fault.Trace = h.trace(c.Origin)
	}
	if strings.HasSuffix(strings.TrimSpace(out), "invalid memory address or nil pointer dereference") {
		out += "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x0]\n"
	}
	fmt.Fprint(h.cfg.Stderr, out)
	dumpG(h.cfg.Stderr, r.g.ID, "running", h.fault.Trace)
}

// panicText is what the runtime prints for a panic's value.
// go1.26.8 runtime/error.go:215 printpanicval
func (h *host) panicText(val value) string {
	if val.N == 0 {
		return "nil"
	}
	t, v := h.vm.Unbox(val)
	name := h.vm.TypeString(t)
	switch k := t.Kind; {
	case k == interp.KString && name == "string":
		return indented(v.Str())
	case k == interp.KString:
		return name + "(" + strconv.Quote(v.Str()) + ")"
	case k == interp.KBool || k.Integer() || k >= interp.KFloat32 && k <= interp.KComplex128:
		text := h.vm.Printed(t, v)
		if slices.Contains(plainTypes, name) {
			return text
		}
		return name + "(" + text + ")"
	}
	return fmt.Sprintf("(%s) %#x", name, h.address(v.P))
}

var plainTypes = []string{"bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16",
	"uint32", "uint64", "uintptr", "float32", "float64", "complex64", "complex128"}

// indented keeps a text of several lines apart from what follows.
// go1.26.8 runtime/error.go:306 printindented
func indented(s string) string { return strings.ReplaceAll(s, "\n", "\n\t") }
