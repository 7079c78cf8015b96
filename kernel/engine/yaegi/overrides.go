package yaegi

import (
	"fmt"
	"io"
	"maps"
	"os"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sync/errgroup"
)

// overrides gives the functions and methods of carried packages that a cell
// sees in a form of its own: they print to the cell, or they can be left when
// the cell is interrupted, or they start goroutines. Methods take the receiver
// first and are named by the type of the receiver.
func (c *cell) overrides() map[string]any {
	if c.own != nil {
		return c.own
	}
	c.own = map[string]any{
		"fmt.Print":   func(a ...any) (int, error) { return fmt.Fprint(c.stdout(), a...) },
		"fmt.Printf":  func(f string, a ...any) (int, error) { return fmt.Fprintf(c.stdout(), f, a...) },
		"fmt.Println": func(a ...any) (int, error) { return fmt.Fprintln(c.stdout(), a...) },
		"fmt.Scan":    func(a ...any) (int, error) { return fmt.Fscan(c.stdin(), a...) },
		"fmt.Scanf":   func(f string, a ...any) (int, error) { return fmt.Fscanf(c.stdin(), f, a...) },
		"fmt.Scanln":  func(a ...any) (int, error) { return fmt.Fscanln(c.stdin(), a...) },

		"*os.File.Write":       func(f *os.File, p []byte) (int, error) { return c.std.writer(f).Write(p) },
		"*os.File.WriteString": func(f *os.File, s string) (int, error) { return io.WriteString(c.std.writer(f), s) },
		"*os.File.Read":        func(f *os.File, p []byte) (int, error) { return c.std.read(f, p) },
		"*os.File.Fd":          func(f *os.File) uintptr { return c.std.fd(f) },
		"*os.File.Name":        func(f *os.File) string { return c.std.name(f) },
		"*os.File.Sync":        c.onFile((*os.File).Sync),
		"*os.File.Close":       c.onFile((*os.File).Close),

		"time.Sleep":           c.sleep,
		"*sync.Mutex.Lock":     func(m *sync.Mutex) { c.lock(waitLock, unsafe.Pointer(m), m.TryLock, m.Lock, m.Unlock) },
		"*sync.RWMutex.Lock":   func(m *sync.RWMutex) { c.lock(waitLock, unsafe.Pointer(m), m.TryLock, m.Lock, m.Unlock) },
		"*sync.RWMutex.RLock":  func(m *sync.RWMutex) { c.lock(waitReadLock, unsafe.Pointer(m), m.TryRLock, m.RLock, m.RUnlock) },
		"*sync.WaitGroup.Wait": func(wg *sync.WaitGroup) { c.wait(waitGroup, unsafe.Pointer(wg), wg.Wait, nil) },
		"*sync.Cond.Wait":      func(cond *sync.Cond) { c.wait(waitCond, unsafe.Pointer(cond), cond.Wait, cond.L.Unlock) },
		"*sync.WaitGroup.Go":   c.waitGroupGo,
		"*errgroup.Group.Wait": func(g *errgroup.Group) (err error) {
			c.wait(waitErrGroup, unsafe.Pointer(g), func() { err = g.Wait() }, nil)
			return err
		},
		"*errgroup.Group.Go":          func(g *errgroup.Group, f func() error) { g.Go(c.detachedErr(f)) },
		"*errgroup.Group.TryGo":       func(g *errgroup.Group, f func() error) bool { return g.TryGo(c.detachedErr(f)) },
		"time.AfterFunc":              c.afterFunc,
		"*time.Timer.Stop":            c.stopTimer,
		"*time.Timer.Reset":           c.resetTimer,
		"context.AfterFunc":           c.contextAfterFunc,
		"runtime.NumGoroutine":        c.r.jobs.goroutines,
		"runtime.Caller":              c.caller,
		"runtime.Callers":             c.callers,
		"runtime.CallersFrames":       c.callersFrames,
		"runtime.FuncForPC":           c.funcForPC,
		"*runtime.Func.Name":          c.funcName,
		"*runtime.Func.Entry":         c.funcEntry,
		"*runtime.Func.FileLine":      c.funcFileLine,
		"reflect.Value.Pointer":       c.pointer,
		"reflect.Value.UnsafePointer": c.unsafePointer,
		"runtime/debug.PrintStack":    func() { io.WriteString(c.stderr(), c.stackText(debugFrame)) },
		"runtime/debug.Stack":         func() []byte { return []byte(c.stackText(debugFrame)) },
		"runtime.Stack":               func(buf []byte, all bool) int { return copy(buf, c.stackText("")) },
	}
	maps.Copy(c.own, c.logging())
	return c.own
}

// debugFrame is the frame of debug.Stack itself.
const debugFrame = "runtime/debug.Stack()\n\truntime/debug/stack.go:26 +0x0\n"

func (c *cell) stdin() io.Reader { return file{c.std.in, &c.std} }

func (c *cell) onFile(f func(*os.File) error) func(*os.File) error {
	return func(of *os.File) error {
		if c.std.own(of) {
			return nil
		}
		return f(of)
	}
}

// sleep is time.Sleep that ends when the job does.
func (c *cell) sleep(d time.Duration) {
	if d <= 0 {
		time.Sleep(d)
		return
	}
	if _, ok := c.job.alone(); ok {
		standing(0, func() { time.Sleep(d) })
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	w, until := c.park(waitSleep, 0)
	defer w.over()
	select {
	case <-t.C:
	case <-until:
		c.leaveNow()
	}
}

// lock takes a lock, or leaves when the job ends; a lock won later is given
// back.
func (c *cell) lock(kind waitKind, on unsafe.Pointer, try func() bool, lock, unlock func()) {
	if try() {
		return
	}
	c.wait(kind, on, lock, unlock)
}

// wait runs a compiled call that blocks where it can be left. undo is for when
// the call ends after that.
func (c *cell) wait(kind waitKind, on unsafe.Pointer, call, undo func()) {
	if _, ok := c.job.alone(); ok {
		standing(0, call)
		return
	}
	w, until := c.parkOn(kind, 0, waitOn{p: on})
	defer w.over()
	w.j.helpers.Add(1)
	over := make(chan any, 1)
	var mu sync.Mutex
	left := false
	go func() {
		defer w.j.helpers.Add(-1)
		var failure any = true
		func() {
			defer func() {
				if r := recover(); r != nil {
					failure = waitPanic{r}
				}
			}()
			call()
		}()
		mu.Lock()
		gone := left
		mu.Unlock()
		if gone && undo != nil {
			undo()
			return
		}
		over <- failure
	}()
	select {
	case r := <-over:
		if p, ok := r.(waitPanic); ok {
			panic(p.value)
		}
	case <-until:
		mu.Lock()
		left = true
		mu.Unlock()
		select {
		case <-over:
			if undo != nil {
				undo()
			}
		default:
		}
		c.leaveNow()
	}
}

type waitPanic struct{ value any }

// waitGroupGo is WaitGroup.Go with the goroutine one of the cell's.
func (c *cell) waitGroupGo(wg *sync.WaitGroup, f func()) {
	wg.Add(1)
	c.goStmt(0, func() {
		defer wg.Done()
		f()
	})
}

// detachedErr is detached for functions that give an error.
func (c *cell) detachedErr(f func() error) func() error {
	return func() (err error) {
		c.detached(func() { err = f() })()
		return err
	}
}
