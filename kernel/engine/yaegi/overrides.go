package yaegi

import (
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"strings"
)

// overrides gives the functions and methods of carried packages that a cell
// sees in a form of its own wherever it calls them. Methods take the receiver
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

		"*os.File.Write":       func(f *os.File, p []byte) (int, error) { return c.writer(f).Write(p) },
		"*os.File.WriteString": func(f *os.File, s string) (int, error) { return io.WriteString(c.writer(f), s) },
		"*os.File.Read":        func(f *os.File, p []byte) (int, error) { return c.read(f, p) },
		"*os.File.Fd":          func(f *os.File) uintptr { return c.r.std.fd(f) },
		"*os.File.Name":        func(f *os.File) string { return c.r.std.name(f) },
		"*os.File.Sync":        c.onFile((*os.File).Sync),
		"*os.File.Close":       c.onFile((*os.File).Close),

		"*time.Timer.Stop":            c.stopTimer,
		"*time.Timer.Reset":           c.resetTimer,
		"runtime.Version":             release,
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

func (c *cell) stdin() io.Reader { return file{c.r.std.in, c} }

func (c *cell) onFile(f func(*os.File) error) func(*os.File) error {
	return func(of *os.File) error {
		if c.r.std.own(of) {
			return nil
		}
		return f(of)
	}
}

// release is runtime.Version without the experiments this program was built
// with, which no program of a learner's has.
func release() string {
	v, _, _ := strings.Cut(runtime.Version(), "-X:")
	return v
}
