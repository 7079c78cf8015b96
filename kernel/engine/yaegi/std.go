package yaegi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"go/token"
	"io"
	"os"
	"reflect"
)

// streams are the standard streams of the notebook. os.Stdin, os.Stdout and
// os.Stderr have the type *os.File, so these variables hold files that stand for
// them: what writes to one of these writes to the cell whose goroutine it is.
type streams struct {
	in, out, err     *os.File // what the variables hold
	inID, outID, erD *os.File // what they held at the start
}

func newStreams() streams {
	s := streams{inID: new(os.File), outID: new(os.File), erD: new(os.File)}
	s.in, s.out, s.err = s.inID, s.outID, s.erD
	return s
}

func (s *streams) own(f *os.File) bool {
	return f != nil && (f == s.inID || f == s.outID || f == s.erD)
}

func (s *streams) fd(f *os.File) uintptr {
	switch f {
	case s.inID:
		return 0
	case s.outID:
		return 1
	case s.erD:
		return 2
	}
	return f.Fd()
}

func (s *streams) name(f *os.File) string {
	if s.own(f) {
		return [...]string{"/dev/stdin", "/dev/stdout", "/dev/stderr"}[s.fd(f)]
	}
	return f.Name()
}

// writer gives what a write to f goes to.
func (c *cell) writer(f *os.File) io.Writer {
	switch f {
	case c.r.std.outID:
		return c.owner().io.Stdout()
	case c.r.std.erD:
		return c.owner().io.Stderr()
	}
	return f
}

// file stands for a standard stream inside an interface.
type file struct {
	*os.File
	c *cell
}

func (f file) Write(p []byte) (int, error)       { return f.c.writer(f.File).Write(p) }
func (f file) WriteString(t string) (int, error) { return io.WriteString(f.c.writer(f.File), t) }
func (f file) Read(p []byte) (int, error)        { return f.c.read(f.File, p) }
func (f file) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(f.c.writer(f.File), r)
}
func (f file) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{f})
}
func (f file) Close() error { return nil }
func (f file) Sync() error  { return nil }
func (f file) Fd() uintptr  { return f.c.r.std.fd(f.File) }
func (f file) Name() string { return f.c.r.std.name(f.File) }

func (c *cell) read(f *os.File, p []byte) (int, error) {
	if f != c.r.std.inID {
		return f.Read(p)
	}
	j := c.owner()
	in := j.stdin()
	if in == nil {
		return 0, io.EOF
	}
	n, err := in.Read(p)
	if errors.Is(err, context.Canceled) {
		// An interrupt has ended the wait for an answer; the cell must not go
		// on to work with the error, and its word may not have been seen yet.
		j.halt()
	}
	c.check(0)
	return n, err
}

// stdin gives the job's standard input, or nil.
func (j *job) stdin() *bufio.Reader {
	j.mu.Lock()
	defer j.mu.Unlock()
	if in := j.io.Stdin(); j.in == nil && in != nil {
		j.in = bufio.NewReader(in)
	}
	return j.in
}

// stream gives what stands for a file that goes into an interface.
func (c *cell) stream(v reflect.Value) reflect.Value {
	f := (*os.File)(v.UnsafePointer())
	if c.r.std.own(f) {
		return reflect.ValueOf(file{f, c})
	}
	return v
}

// carriedType finds a type of a carried package: an exported one by its name,
// another by a variable that has it.
func (r *Runner) carriedType(path, name string) (reflect.Type, bool) {
	if t, ok := r.stdType(path, name); ok || token.IsExported(name) {
		return t, ok
	}
	for _, v := range r.symbols(path) {
		if !v.IsValid() || !v.CanAddr() {
			continue
		}
		t := v.Type()
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Name() == name && t.PkgPath() == path {
			return t, true
		}
	}
	return nil, false
}

// function gives a function of a carried package as the cell is to see it.
func (c *cell) function(path, name string, site int) (reflect.Value, bool) {
	if fn, ok := c.sited(path+"."+name, site); ok {
		return reflect.ValueOf(fn), true
	}
	if fn, ok := c.overrides()[path+"."+name]; ok {
		return reflect.ValueOf(fn), true
	}
	if bound, ok := c.r.cfg.Bound[path]; ok {
		v, ok := bound(c.io)[name]
		return v, ok
	}
	v, ok := c.r.symbols(path)[name]
	return v, ok
}

// global gives the pointer to a variable of a carried package.
func (c *cell) global(path, name string) (reflect.Value, bool) {
	switch path + "." + name {
	case "os.Stdin":
		return reflect.ValueOf(&c.r.std.in), true
	case "os.Stdout":
		return reflect.ValueOf(&c.r.std.out), true
	case "os.Stderr":
		return reflect.ValueOf(&c.r.std.err), true
	}
	v, ok := c.r.symbols(path)[name]
	if !ok || !v.CanAddr() {
		return v, false
	}
	return v.Addr(), true
}

// method gives a method of a compiled type as a function that takes the
// receiver first.
func (c *cell) method(recv reflect.Type, name string, site int) (reflect.Value, error) {
	if fn, ok := c.sited(recv.String()+"."+name, site); ok {
		return reflect.ValueOf(fn), nil
	}
	if fn, ok := c.overrides()[recv.String()+"."+name]; ok {
		return reflect.ValueOf(fn), nil
	}
	m, ok := recv.MethodByName(name)
	if !ok {
		return reflect.Value{}, fmt.Errorf("%v has no method %s", recv, name)
	}
	if recv.Kind() == reflect.Interface {
		if (name == "Lock" || name == "Unlock") && m.Type.NumIn() == 0 && m.Type.NumOut() == 0 {
			return c.lockThrough(recv, name, site), nil
		}
		in := list(recv)
		for t := range m.Type.Ins() {
			in = append(in, t)
		}
		var out []reflect.Type
		for t := range m.Type.Outs() {
			out = append(out, t)
		}
		return makeFunc(in, out, func(args []reflect.Value) []reflect.Value {
			call := args[0].Method(m.Index).Call
			if m.Type.IsVariadic() {
				call = args[0].Method(m.Index).CallSlice
			}
			return call(args[1:])
		}), nil
	}
	return m.Func, nil
}

func (c *cell) stdout() io.Writer { return c.writer(c.r.std.out) }
func (c *cell) stderr() io.Writer { return c.writer(c.r.std.err) }

// ownerStderr is where the process's logger writes: the cell of the goroutine
// that logs.
type ownerStderr struct{ r *Runner }

func (w ownerStderr) Write(p []byte) (int, error) {
	if j, _, ok := w.r.jobs.current(); ok {
		return j.io.Stderr().Write(p)
	}
	return os.Stderr.Write(p)
}
