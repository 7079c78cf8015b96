package yaegi

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"runnext/kernel/engine"
)

// accounts are the stacks of calls that programs keep which ask for their own
// stack; the others' calls are not noted. A stack may hold calls that a panic
// has left until the function below them calls again: as Go's does while
// deferred calls run.
type accounts struct {
	mu    sync.Mutex
	of    map[uint64][]noted // by goroutine
	pcs   []noted            // by what stands for a program counter
	known map[noted]uintptr
	funcs sync.Map // *runtime.Func → frame
	named sync.Map // uintptr of a closure → frame
}

// noted is a call of a function, and the site at which it has called another.
type noted struct {
	cell *cell
	fn   int
	site int
}

// frame is a call as the runtime shows it.
type frame struct {
	name, file string
	line       int
}

// pcBase is above all addresses of code; a noted call has every pcStep-th one.
const (
	pcBase = 1 << 48
	pcStep = 16
)

func (c *cell) enter(fn int) int {
	a := &c.r.accounts
	g := goid()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil {
		a.of, a.known = map[uint64][]noted{}, map[noted]uintptr{}
	}
	a.of[g] = append(a.of[g], noted{cell: c, fn: fn})
	return len(a.of[g])
}

// at notes the site of a call by the function at a depth.
func (c *cell) at(depth, site int) {
	a := &c.r.accounts
	g := goid()
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.of[g]; depth <= len(s) {
		s[depth-1].site = site
		a.of[g] = s[:depth]
	}
}

func (c *cell) leave(depth int) {
	a := &c.r.accounts
	g := goid()
	a.mu.Lock()
	defer a.mu.Unlock()
	switch s := a.of[g]; {
	case depth == 1:
		delete(a.of, g)
	case depth <= len(s):
		a.of[g] = s[:depth-1]
	}
}

// failing notes the site of a panic that begins in the running function.
func (a *accounts) failing(site int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.of) == 0 || site == 0 {
		return
	}
	if s := a.of[goid()]; len(s) > 0 {
		s[len(s)-1].site = site
	}
}

// panicking adds the runtime's frames between a panic and a deferred call, and
// gives what takes them away again.
func (a *accounts) panicking(c *cell, v any) (undo func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.of) == 0 {
		return func() {}
	}
	g := goid()
	s := a.of[g]
	depth := len(s)
	if err, ok := v.(runtime.Error); ok && strings.Contains(err.Error(), "nil pointer dereference") {
		s = append(s, noted{cell: c, fn: runtimeSigpanic}, noted{cell: c, fn: runtimePanicmem})
	}
	a.of[g] = append(s, noted{cell: c, fn: runtimeGopanic})
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if s := a.of[g]; depth < len(s) {
			a.of[g] = s[:depth]
		}
	}
}

// Functions of the runtime that stand between a panic and a deferred call:
// go1.26.8 runtime/panic.go:809 gopanic, runtime/panic.go:334 panicmem,
// runtime/signal_unix.go:912 sigpanic.
const (
	runtimeGopanic = -1 - iota
	runtimePanicmem
	runtimeSigpanic
)

var runtimeFrames = map[int]frame{
	runtimeGopanic:  {"runtime.gopanic", "runtime/panic.go", 860},
	runtimePanicmem: {"runtime.panicmem", "runtime/panic.go", 336},
	runtimeSigpanic: {"runtime.sigpanic", "runtime/signal_unix.go", 931},
}

// forget drops what an unwound goroutine has left.
func (a *accounts) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.of) > 0 {
		delete(a.of, goid())
	}
}

// stack gives the running goroutine's calls, innermost first.
func (a *accounts) stack() []noted {
	g := goid()
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.of[g]
	if len(s) > 1 && s[0].name() == "" && (s[1].name() == "main" || strings.HasPrefix(s[1].name(), "init.")) {
		s = s[1:] // what calls main is not the program's
	}
	out := make([]noted, 0, len(s))
	for i := len(s) - 1; i >= 0; i-- {
		out = append(out, s[i])
	}
	return out
}

// name gives the function's name as the program has it.
func (n noted) name() string {
	if n.fn < 0 {
		return runtimeFrames[n.fn].name
	}
	return n.cell.prog.Funcs[n.fn].Name
}

// frame gives a call in Go's words.
func (n noted) frame() frame {
	if f, ok := runtimeFrames[n.fn]; ok {
		return f
	}
	f := n.cell.prog.Funcs[n.fn]
	site := n.site
	if site == 0 {
		site = f.Site
	}
	p, _ := n.cell.place(site, "")
	name := f.Name
	_, alone := n.cell.io.(engine.Program)
	switch {
	case name == "" && alone:
		name = "init"
	case name == "":
		name = "main"
	case f.Literal && strings.HasPrefix(name, "func"):
		name = "main." + name // of the statements of a cell
	}
	return frame{"main." + name, n.cell.fileOf(p), p.Line}
}

// fileOf names the file of a place: a program's own, or a cell.
func (c *cell) fileOf(p engine.Place) string {
	if program, ok := c.io.(engine.Program); ok {
		if path, err := filepath.Abs(program.SourceFile()); err == nil {
			return path
		}
		return program.SourceFile()
	}
	return fmt.Sprintf("[cell %d]", p.Cell)
}

// pc gives what stands for the program counter of a call.
func (a *accounts) pc(n noted) uintptr {
	a.mu.Lock()
	defer a.mu.Unlock()
	pc, ok := a.known[n]
	if !ok {
		pc = pcBase + uintptr(len(a.pcs))*pcStep + pcStep/2
		a.pcs = append(a.pcs, n)
		a.known[n] = pc
	}
	return pc
}

// at gives the call that a program counter stands for.
func (a *accounts) at(pc uintptr) (noted, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := (pc - pcBase) / pcStep
	if pc < pcBase || i >= uintptr(len(a.pcs)) {
		return noted{}, false
	}
	return a.pcs[i], true
}

// caller is runtime.Caller.
func (c *cell) caller(skip int) (pc uintptr, file string, line int, ok bool) {
	s := c.r.accounts.stack()
	if skip < 0 || skip >= len(s) {
		return 0, "", 0, false
	}
	f := s[skip].frame()
	return c.r.accounts.pc(s[skip]), f.file, f.line, true
}

// callers is runtime.Callers, whose own frame is the first.
func (c *cell) callers(skip int, pcs []uintptr) int {
	s := c.r.accounts.stack()
	n := 0
	for i := max(skip-1, 0); i < len(s) && n < len(pcs); i++ {
		pcs[n] = c.r.accounts.pc(s[i])
		n++
	}
	return n
}

// callersFrames is runtime.CallersFrames.
func (c *cell) callersFrames(pcs []uintptr) *runtime.Frames {
	// The layout is go1.26.8 runtime/symtab.go:17 Frames: with frames and no
	// counters Next hands these out.
	frames := new(struct {
		callers []uintptr
		nextPC  uintptr
		frames  []runtime.Frame
		store   [2]runtime.Frame
	})
	for _, pc := range pcs {
		if n, ok := c.r.accounts.at(pc); ok {
			f := n.frame()
			frames.frames = append(frames.frames, runtime.Frame{PC: pc, Func: c.funcFor(f), Function: f.name, File: f.file, Line: f.line, Entry: pc})
			continue
		}
		real := runtime.CallersFrames([]uintptr{pc})
		for {
			f, more := real.Next()
			if f.PC != 0 {
				frames.frames = append(frames.frames, f)
			}
			if !more {
				break
			}
		}
	}
	return (*runtime.Frames)(unsafe.Pointer(frames))
}

// funcFor gives a [runtime.Func] that stands for a function of the program.
// Only what is overridden looks at it.
func (c *cell) funcFor(f frame) *runtime.Func {
	fn := (*runtime.Func)(unsafe.Pointer(new([64]byte)))
	c.r.accounts.funcs.Store(fn, f)
	return fn
}

// funcForPC is runtime.FuncForPC.
func (c *cell) funcForPC(pc uintptr) *runtime.Func {
	if n, ok := c.r.accounts.at(pc); ok {
		return c.funcFor(n.frame())
	}
	return runtime.FuncForPC(pc)
}

func (c *cell) funcName(fn *runtime.Func) string {
	if f, ok := c.r.accounts.funcs.Load(fn); ok {
		return f.(frame).name
	}
	return fn.Name()
}

func (c *cell) funcEntry(fn *runtime.Func) uintptr {
	if _, ok := c.r.accounts.funcs.Load(fn); ok {
		return uintptr(unsafe.Pointer(fn))
	}
	return fn.Entry()
}

func (c *cell) funcFileLine(fn *runtime.Func, pc uintptr) (string, int) {
	if n, ok := c.r.accounts.at(pc); ok {
		f := n.frame()
		return f.file, f.line
	}
	return fn.FileLine(pc)
}

// stackText gives the goroutine's stack as far as the learner's code goes.
func (c *cell) stackText(top string) string {
	var b strings.Builder
	id := goid()
	if _, g, ok := c.r.jobs.current(); ok && g != nil && g.number == 1 {
		id = 1
	}
	b.WriteString("goroutine " + strconv.FormatUint(id, 10) + " [running]:\n" + top)
	s := c.r.accounts.stack()
	for _, n := range s {
		f := n.frame()
		fmt.Fprintf(&b, "%s(...)\n\t%s:%d +0x0\n", f.name, f.file, f.line)
	}
	return strings.Replace(b.String(), "\nmain.main(...)\n", "\nmain.main()\n", 1)
}
