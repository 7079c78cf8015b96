package yaegi

import (
	"bytes"
	"fmt"
	"go/parser"
	"reflect"
	"strconv"
	"strings"

	"github.com/traefik/yaegi/interp"

	"runnext/kernel/core/program"
	"runnext/kernel/engine"
	"runnext/kernel/engine/yaegi/forge"
	"runnext/kernel/engine/yaegi/machine"
)

// cell is one loaded program: its interpreter, its types, and where its
// output goes. Functions it has made live on after its job.
type cell struct {
	r       *Runner
	prog    *program.Program
	job     *job
	io      engine.IO
	set     *forge.Set
	entry   func()
	value   []any
	given   bool
	own     map[string]any
	uses    []mapUse         // of maps, by site
	machine *machine.Machine // nil without bytecode
}

// load makes the program's types, compiles its source, and leads the methods
// of its types to it.
func (c *cell) load() (err error) {
	if c.set, err = c.r.world.Resolve(c.prog.Types); err != nil {
		return err
	}
	c.uses = make([]mapUse, max(len(c.prog.Sites), 1))
	for site := range c.uses {
		c.uses[site] = mapUse{c.prog, site}
	}
	exports, err := c.exports()
	if err != nil {
		return err
	}
	h := exports["h/h"]
	h["Entry"] = reflect.ValueOf(func(f func()) { c.entry = f })
	var bindErr error
	h["Bind"] = reflect.ValueOf(func(i int, word, direct, pointer any) {
		b := c.prog.Binds[i]
		if err := c.set.Bind(b.Type, b.Path, b.Method, forge.Methods{Word: word, Direct: direct, Pointer: pointer}); err != nil {
			bindErr = err
		}
	})
	i := interp.New(interp.Options{Stdout: discard{}, Stderr: &passing{c: c}})
	if err := i.Use(exports); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("interpreter: %v", p)
		}
	}()
	if err := evaluate(i, c.prog.Source); err != nil {
		return fmt.Errorf("interpreter: %w", err)
	}
	if c.entry == nil {
		return fmt.Errorf("interpreter: no entry")
	}
	return bindErr
}

// evaluate is i.Eval of a whole file that declares nothing twice: half of
// Eval's parsing is to find that out.
func evaluate(i *interp.Interpreter, source string) error {
	deepen()
	file, err := parser.ParseFile(i.FileSet(), interp.DefaultSourceName, source, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	p, err := i.CompileAST(file)
	if err != nil {
		return err
	}
	_, err = i.Execute(p)
	return err
}

// deepen gives the running goroutine the stack that the interpreter's compiler
// needs. A stack that grows step by step below it is copied each time.
//
//go:noinline
func deepen() byte {
	var room [40 << 10]byte
	room[deepest] = 1
	return room[deepest/2]
}

const deepest = 40<<10 - 1

// result takes the values of the cell's last expression.
func (c *cell) result(v ...any) { c.value, c.given = v, true }

// discard is where the interpreter's own output goes; emitted code prints
// through the host.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// passing reads what the interpreter says of each function that a panic
// leaves, "7:28: panic: main.f12(...)", which is how the functions on the way
// of a panic are known. It is called by the goroutine that panics.
type passing struct{ c *cell }

func (p *passing) Write(text []byte) (int, error) {
	_, name, ok := bytes.Cut(text, []byte("panic: main."))
	if ok {
		name, _, _ = bytes.Cut(name, []byte("("))
		p.c.passed(string(name))
	}
	return len(text), nil
}

// passed notes that a panic has left a function of the source.
func (c *cell) passed(name string) {
	base, inner, _ := strings.Cut(name, ".")
	if len(base) < 2 || base[0] != 'f' && base[0] != 'v' {
		return
	}
	n, err := strconv.Atoi(base[1:])
	if err != nil || n >= len(c.prog.Funcs) {
		return
	}
	literal := c.prog.Funcs[n].Literal || base[0] == 'v'
	if depth := strings.Count(inner, "func"); depth > 1 || depth == 1 && !literal {
		return // the body inside a frame; the function itself follows
	}
	c.r.panics.pass(goid(), passed{cell: c, fn: n})
}

// pass adds a function to the way of the goroutine's panic.
func (ps *panics) pass(g uint64, p passed) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	o := ps.origin[g]
	if o == nil {
		o = &origin{cell: p.cell}
		ps.origin[g] = o
	}
	if len(o.calls) < maxPassed {
		o.calls = append(o.calls, p)
	}
}

// maxPassed bounds the functions that are remembered of one panic.
const maxPassed = 64
