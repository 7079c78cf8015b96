package yaegi

import (
	"log"
	"path/filepath"
	"reflect"
	"strconv"
	"unsafe"

	"runnext/kernel/core/program"
)

// makeNamed makes func(F) F as makeIdentity does, and remembers which function
// the value is.
func makeNamed(c *cell, d program.Helper) reflect.Value {
	t := c.core(d, 0)
	n := noted{cell: c, fn: d.Site}
	return makeFunc(list(t), list(t), func(in []reflect.Value) []reflect.Value {
		c.r.accounts.named.Store(closureOf(in[0]), n)
		return in
	})
}

// closureOf gives the address of what a func value points to.
func closureOf(v reflect.Value) uintptr {
	holder := reflect.New(v.Type())
	holder.Elem().Set(v)
	return *(*uintptr)(holder.UnsafePointer())
}

// pointer is [reflect.Value.Pointer]: of a function of the program what stands
// for its code, which is all the interpreter's otherwise.
func (c *cell) pointer(v reflect.Value) uintptr {
	if v.Kind() == reflect.Func && !v.IsNil() && v.CanInterface() {
		if n, ok := c.r.accounts.named.Load(closureOf(v)); ok {
			return c.r.accounts.pc(n.(noted))
		}
	}
	return v.Pointer()
}

func (c *cell) unsafePointer(v reflect.Value) unsafe.Pointer {
	if v.Kind() == reflect.Func {
		p := c.pointer(v)
		return *(*unsafe.Pointer)(unsafe.Pointer(&p))
	}
	return v.UnsafePointer()
}

// filed gives a logger like l that writes the place in the program, skip calls
// out, where l would write one in the interpreter.
func (c *cell) filed(l *log.Logger, skip int) *log.Logger {
	flags := l.Flags()
	if flags&(log.Lshortfile|log.Llongfile) == 0 {
		return l
	}
	_, file, line, ok := c.caller(skip)
	if !ok {
		file, line = "???", 0
	}
	if flags&log.Lshortfile != 0 {
		file = filepath.Base(file)
	}
	place := file + ":" + strconv.Itoa(line) + ": "
	// The order is prefix, time, place, message, or with Lmsgprefix time, place,
	// prefix, message.
	rest := flags&^(log.Lshortfile|log.Llongfile) | log.Lmsgprefix
	if flags&log.Lmsgprefix != 0 {
		return log.New(l.Writer(), place+l.Prefix(), rest)
	}
	return log.New(prefixed{l}, place, rest)
}

// prefixed writes a logger's prefix before each line.
type prefixed struct{ l *log.Logger }

func (p prefixed) Write(text []byte) (int, error) {
	if _, err := p.l.Writer().Write(append([]byte(p.l.Prefix()), text...)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// logging gives the functions and methods of package log.
func (c *cell) logging() map[string]any {
	std := func() *log.Logger { return c.filed(log.Default(), 0) }
	return map[string]any{
		"log.Print":   func(a ...any) { std().Print(a...) },
		"log.Printf":  func(f string, a ...any) { std().Printf(f, a...) },
		"log.Println": func(a ...any) { std().Println(a...) },
		"log.Panic":   func(a ...any) { std().Panic(a...) },
		"log.Panicf":  func(f string, a ...any) { std().Panicf(f, a...) },
		"log.Panicln": func(a ...any) { std().Panicln(a...) },

		"log.Output": func(depth int, s string) error {
			return c.filed(log.Default(), depth-1).Output(1, s)
		},
		"*log.Logger.Output": func(l *log.Logger, depth int, s string) error {
			return c.filed(l, depth-1).Output(1, s)
		},

		"*log.Logger.Print":   func(l *log.Logger, a ...any) { c.filed(l, 0).Print(a...) },
		"*log.Logger.Printf":  func(l *log.Logger, f string, a ...any) { c.filed(l, 0).Printf(f, a...) },
		"*log.Logger.Println": func(l *log.Logger, a ...any) { c.filed(l, 0).Println(a...) },
		"*log.Logger.Panic":   func(l *log.Logger, a ...any) { c.filed(l, 0).Panic(a...) },
		"*log.Logger.Panicf":  func(l *log.Logger, f string, a ...any) { c.filed(l, 0).Panicf(f, a...) },
		"*log.Logger.Panicln": func(l *log.Logger, a ...any) { c.filed(l, 0).Panicln(a...) },
	}
}
