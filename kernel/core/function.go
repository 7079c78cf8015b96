package core

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// function writes one SSA function as core Go.
type function struct {
	e  *emitter
	fn *ssa.Function
	n  int

	name string

	shape *shape
	body  strings.Builder
	decls strings.Builder
	zeros map[string]string // core type → a variable that nobody sets
	temps map[string]string // core type → a variable for exchanging registers

	deferred bool // has defer statements: the body runs inside a host frame
	block    *ssa.BasicBlock
	known    known
	after    []string     // functions that must be written before this one
	made     int          // variables given out by fresh
	asValue  bool         // write it as a function that gives the function value
	account  bool         // its calls are noted, see askStack
	marks    map[int]bool // sites that are noted, see at
}

func newFunction(e *emitter, fn *ssa.Function, n int) *function {
	return &function{e: e, fn: fn, n: n, name: fmt.Sprintf("f%d", n), zeros: map[string]string{}, temps: map[string]string{}, known: newKnown(), marks: map[int]bool{}}
}

// write gives the text of the function. One that captures variables becomes a
// function of these that gives a function value.
func (f *function) write() string {
	fn := f.fn
	f.deferred = fn.Recover != nil || hasDefer(fn)
	f.account = f.keepsAccount()
	f.shape = shapeOf(f)
	sig := fn.Signature
	results := make([]string, sig.Results().Len())
	for i := range results {
		results[i] = f.e.types.core(sig.Results().At(i).Type())
	}
	var params []string
	for i, p := range fn.Params {
		params = append(params, fmt.Sprintf("p%d %s", i, f.e.types.core(p.Type())))
	}

	blocks := f.ordered()
	var main, rec string
	f.blocks(blocks)
	main = f.take()
	if fn.Recover != nil {
		f.block = fn.Recover
		f.instrs(fn.Recover)
		rec = f.take()
	}
	main = f.marked(main)
	used := registersIn(main + rec)
	for _, r := range f.shape.declared {
		if !used[r.name] { // by bytecode alone
			continue
		}
		fmt.Fprintf(&f.decls, "\tvar %s %s\n", r.name, r.typ)
	}

	var b strings.Builder
	for _, text := range f.after {
		b.WriteString(text)
	}
	head := fmt.Sprintf("(%s)%s", strings.Join(params, ", "), resultText(results, f.deferred))
	tail := ""
	if isLiteral(fn) || f.asValue {
		var free []string
		for i, v := range fn.FreeVars {
			free = append(free, fmt.Sprintf("b%d %s", i, f.e.types.core(v.Type())))
		}
		fmt.Fprintf(&b, "func %s(%s) func(%s)%s {\nreturn func%s {\n", f.name, strings.Join(free, ", "), paramTypes(params), resultText(results, false), head)
		tail = "}\n"
	} else {
		fmt.Fprintf(&b, "func %s%s {\n", f.name, head)
	}
	b.WriteString(f.decls.String())
	b.WriteString(f.enter())
	if f.deferred {
		fmt.Fprintf(&b, "\tvar fr h.Frame\n\tfr = h.NewFrame()\n\th.Run(fr, func() {\n%s\t}, func() {\n%s\t})\n", main, rec)
		if f.account {
			b.WriteString("\th.Leave(dp)\n")
		}
		if len(results) > 0 {
			var names []string
			for i := range results {
				names = append(names, fmt.Sprintf("r%d", i))
			}
			fmt.Fprintf(&b, "\treturn %s\n", strings.Join(names, ", "))
		}
	} else {
		b.WriteString(main)
	}
	b.WriteString("}\n" + tail)
	return b.String()
}

func (f *function) take() string {
	s := f.body.String()
	f.body.Reset()
	return s
}

func resultText(types []string, named bool) string {
	if len(types) == 0 {
		return ""
	}
	if !named {
		if len(types) == 1 {
			return " " + types[0]
		}
		return " (" + strings.Join(types, ", ") + ")"
	}
	var list []string
	for i, t := range types {
		list = append(list, fmt.Sprintf("r%d %s", i, t))
	}
	return " (" + strings.Join(list, ", ") + ")"
}

// paramTypes takes the names off a list of parameters.
func paramTypes(params []string) string {
	var list []string
	for _, p := range params {
		_, t, _ := strings.Cut(p, " ")
		list = append(list, t)
	}
	return strings.Join(list, ", ")
}

// isLiteral tells whether a function is a function literal. It is written as a
// function of the variables it captures that gives the function value.
func isLiteral(fn *ssa.Function) bool { return fn.Parent() != nil || len(fn.FreeVars) > 0 }

func hasDefer(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, i := range b.Instrs {
			switch i := i.(type) {
			case *ssa.Defer:
				return true
			case *ssa.Call:
				if bi, ok := i.Call.Value.(*ssa.Builtin); ok && bi.Name() == "ssa:deferstack" {
					return true
				}
			}
		}
	}
	return false
}

// ordered gives the blocks so that what is known in a block was written before.
func (f *function) ordered() []*ssa.BasicBlock {
	var out []*ssa.BasicBlock
	for _, b := range f.fn.DomPreorder() {
		if b != f.fn.Recover {
			out = append(out, b)
		}
	}
	return out
}

// blocks writes the blocks. Every label is the target of a goto at the top,
// of which only the first runs: the interpreter loses a jump out of a block to
// a label it has not met (kernel/engine/yaegi has the list of such traps).
func (f *function) blocks(blocks []*ssa.BasicBlock) {
	loops := f.findLoops()
	for _, loop := range loops {
		blocks = slices.DeleteFunc(blocks, func(b *ssa.BasicBlock) bool { return loop.body[b] && b != loop.head })
	}
	next := map[*ssa.BasicBlock]*ssa.BasicBlock{}
	for i := range len(blocks) - 1 {
		next[blocks[i]] = blocks[i+1]
	}
	if len(blocks) > 1 {
		for _, b := range blocks {
			f.line("goto L%d", b.Index)
		}
	}
	for i, b := range blocks {
		f.block = b
		if len(blocks) > 1 {
			fmt.Fprintf(&f.body, "L%d:\n", b.Index)
		}
		start := f.body.Len()
		if loop := loops[b]; loop != nil {
			f.loop(loop, next[b])
			continue
		}
		switch {
		case i == 0 && f.calls():
			f.line("if *h.Stop { h.Check(%d) }", f.n) // by which an endless recursion is known
		case isLoopHead(b):
			f.line(stopCheck)
		case len(blocks) > 1 && bareReturn(b):
			f.line("%s = 0", f.temp("int")) // see the trap about returns
		}
		f.instrs(b)
		f.jump(b, next[b])
		if f.body.Len() == start && len(blocks) > 1 {
			f.line("%s = 0", f.temp("int")) // a label needs a statement
		}
	}
}

// stopCheck looks whether the goroutine must unwind. The word is read through
// a pointer: the interpreter takes a variable of the host for a constant.
const stopCheck = "if *h.Stop { h.Check(0) }"

// calls tells whether the function may call interpreted code, and so may be
// part of an endless recursion: fmt calls String.
func (f *function) calls() bool {
	for _, b := range f.fn.Blocks {
		for _, i := range b.Instrs {
			if c, ok := i.(*ssa.Call); ok {
				if _, builtin := c.Call.Value.(*ssa.Builtin); builtin {
					continue
				}
				if callee := c.Call.StaticCallee(); callee == nil || !isCompiled(callee) || takesCode(callee.Signature) {
					return true
				}
			}
		}
	}
	return false
}

// takesCode tells whether a compiled function may call what it is given.
func takesCode(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		t := v.Type()
		if s, ok := t.Underlying().(*types.Slice); ok {
			t = s.Elem()
		}
		switch t.Underlying().(type) {
		case *types.Interface, *types.Signature:
			return true
		}
	}
	return false
}

func isLoopHead(b *ssa.BasicBlock) bool {
	for _, p := range b.Preds {
		if b.Dominates(p) {
			return true
		}
	}
	return false
}

func bareReturn(b *ssa.BasicBlock) bool {
	r, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
	return ok && len(r.Results) == 0
}

// line writes one statement.
func (f *function) line(format string, args ...any) {
	f.body.WriteByte('\t')
	fmt.Fprintf(&f.body, format, args...)
	f.body.WriteByte('\n')
}

// zero gives a variable of a type that holds its zero value for ever.
func (f *function) zero(t types.Type) string {
	text := f.e.types.core(t)
	if name, ok := f.zeros[text]; ok {
		return name
	}
	name := fmt.Sprintf("z%d", len(f.zeros))
	f.zeros[text] = name
	fmt.Fprintf(&f.decls, "\tvar %s %s\n", name, text)
	return name
}

// temp gives a scratch variable of a core type.
func (f *function) temp(text string) string { return f.tempFor(text, text) }

// tempFor gives a scratch variable for one purpose.
func (f *function) tempFor(key, text string) string {
	if name, ok := f.temps[key]; ok {
		return name
	}
	name := fmt.Sprintf("x%d", len(f.temps))
	f.temps[key] = name
	fmt.Fprintf(&f.decls, "\tvar %s %s\n", name, text)
	return name
}

// jump writes the end of a block: what phis take along the edges, and where
// to go.
func (f *function) jump(b, next *ssa.BasicBlock) {
	switch last := b.Instrs[len(b.Instrs)-1].(type) {
	case *ssa.Jump:
		f.edge(b, b.Succs[0])
		if b.Succs[0] != next {
			f.line("goto L%d", b.Succs[0].Index)
		}
	case *ssa.If:
		yes, no := b.Succs[0], b.Succs[1]
		cond := f.cond(last.Cond, false)
		if yes == next && !f.copies(b, no) {
			cond, yes, no = f.cond(last.Cond, true), no, yes
		}
		f.line("if %s {", cond)
		f.edge(b, yes)
		f.line("goto L%d }", yes.Index)
		f.edge(b, no)
		if no != next {
			f.line("goto L%d", no.Index)
		}
	}
}

// copies tells whether an edge has work to do for phis.
func (f *function) copies(from, to *ssa.BasicBlock) bool {
	return len(f.moves(from, to)) > 0
}

type move struct{ dst, src, typ string }

// edgeIndex gives which of a block's edges comes from another.
func edgeIndex(from, to *ssa.BasicBlock) int { return slices.Index(to.Preds, from) }

// atOnce does moves as if they happened at once. spoils tells whether one writes
// what another reads. Where they form a ring, save keeps what the first writes
// and lets the others read it from there.
func atOnce[M any](todo []M, spoils func(m, o M) bool, do func(M), save func(m M, todo []M)) {
	free := func(k int) bool {
		for j, o := range todo {
			if j != k && spoils(todo[k], o) {
				return false
			}
		}
		return true
	}
	for len(todo) > 0 {
		k := 0
		for k < len(todo) && !free(k) {
			k++
		}
		if k == len(todo) {
			save(todo[0], todo)
			continue
		}
		do(todo[k])
		todo = slices.Delete(todo, k, k+1)
	}
}

// moves gives what the phis of a block take when it is entered from another.
func (f *function) moves(from, to *ssa.BasicBlock) []move {
	k := edgeIndex(from, to)
	var out []move
	for _, i := range to.Instrs {
		phi, ok := i.(*ssa.Phi)
		if !ok {
			break
		}
		dst := f.shape.reg(phi)
		if dst == "" {
			continue
		}
		if src := f.x(phi.Edges[k]); src != dst {
			out = append(out, move{dst, src, f.e.types.core(phi.Type())})
		}
	}
	return out
}

// edge writes these moves as if they happened at once.
func (f *function) edge(from, to *ssa.BasicBlock) {
	atOnce(f.moves(from, to), func(m, o move) bool { return o.src == m.dst }, func(m move) {
		f.line("%s = %s", m.dst, m.src)
	}, func(m move, todo []move) {
		t := f.temp(m.typ)
		f.line("%s = %s", t, m.dst)
		for i := range todo {
			if todo[i].src == m.dst {
				todo[i].src = t
			}
		}
	})
}
