// Package core turns a checked cell into a small core of Go that the
// interpreter behind it, yaegi, runs right: it builds the cell's SSA form with
// golang.org/x/tools/go/ssa and writes functions of registers, labels and
// gotos, in which generics are instantiated, captured variables are cells of
// their own, and whatever needs a type's identity is a call of a host function.
// What uses none of the interpreter's ways it writes as bytecode, for a machine
// that runs it faster. What has no right form is refused before anything runs. It runs nothing:
// runnext/kernel/engine/yaegi does, in another process.
package core

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
	"runnext/kernel/core/program"
	"runnext/kernel/engine"
	"runnext/sim/ssaform"
)

// Input is a checked cell; kernel/cell's Checked has all of it.
type Input struct {
	Fset       *token.FileSet
	Pkg        *types.Package
	Info       *types.Info
	File       *ast.File
	Entry      string
	Whole      bool
	Values     []*ast.AssignStmt
	NewVars    []*types.Var
	UsedVars   []*types.Var
	ResultFunc string
	Result     []types.Type
	Position   func(token.Pos) engine.Place
}

// Emit gives the program of a cell, or a failure of kind refused.
func (b *Builder) Emit(in Input) (p *program.Program, fail *engine.Failure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := &emitter{in: in, b: b, fns: map[*ssa.Function]int{}, helpers: map[string]int{}, sites: map[program.Site]int{}, vars: map[*types.Var]int{}, boxed: map[int]bool{}, isClosed: map[*ssa.Function]bool{}, codeIndex: map[*ssa.Function]int{}, valued: map[int]int{}, owners: owners{}}
	e.types = newTypeTable(e)
	defer func() {
		switch r := recover().(type) {
		case nil:
		case refusal:
			p, fail = nil, e.refused(r)
		default:
			panic(r)
		}
	}()
	return e.program(), nil
}

// emitter is at work on one cell.
type emitter struct {
	in   Input
	b    *Builder
	prog *ssa.Program
	main *ssa.Package

	types   *typeTable
	fns     map[*ssa.Function]int  // numbers, from 1
	order   []*ssa.Function        // by number
	out     []string               // texts of functions, callees first
	started map[*ssa.Function]bool // written as values
	helpers map[string]int
	list    []program.Helper
	sites   map[program.Site]int
	places  []program.Site
	vars    map[*types.Var]int
	globals []program.Var
	boxed   map[int]bool // by type number
	binds   []program.Bind
	funcs   []program.Func
	calls   []program.Call // of the function being written
	owners  owners
	locals  map[token.Pos]int // see localNumber
	at      token.Pos         // of the instruction being written
	traced  bool              // calls are noted, see askStack
	named   bool              // function values too

	isClosed  map[*ssa.Function]bool // see closed
	codes     []bytecode.Func
	codeIndex map[*ssa.Function]int
	valued    map[int]int // types of bytecode that is used as a value
}

// refusal is a panic inside the emitter that ends as a failure.
type refusal struct {
	pos  token.Pos
	what string
}

// refuse ends the emission: what cannot be run right is not run.
func (e *emitter) refuse(pos token.Pos, what string) { panic(refusal{pos, what}) }

func (e *emitter) refused(r refusal) *engine.Failure {
	f := &engine.Failure{
		Kind: engine.KindRefused, Text: r.what,
		Why: "this kernel interprets cells, and what it cannot do as Go does it does not do at all",
		Try: "put the code into a file with package main and func main, and go run it in a terminal",
	}
	if r.pos.IsValid() {
		f.Places = []engine.Place{e.in.Position(r.pos)}
	}
	return f
}

func (e *emitter) program() *program.Program {
	e.started = map[*ssa.Function]bool{}
	e.places = make([]program.Site, 1)
	e.funcs = make([]program.Func, 1)
	e.order = make([]*ssa.Function, 1)
	e.build()
	entry := e.main.Func(e.in.Entry)
	if entry == nil {
		e.refuse(token.NoPos, "the cell has no entry "+e.in.Entry)
	}
	p := new(program.Program)
	e.askStack()
	name := e.need(entry)
	e.bindMethods()
	e.out = append(e.out, e.mainText(name))
	for _, v := range append(append([]*types.Var(nil), e.in.NewVars...), e.in.UsedVars...) {
		e.variable(v)
	}
	for _, t := range e.in.Result {
		p.Results = append(p.Results, e.types.number(t))
	}
	for i, t := range e.valued {
		e.codes[i].Type = t
	}
	p.Source = "package main\n\nimport \"h\"\n\n" + strings.Join(e.out, "\n")
	p.Types, p.Helpers, p.Vars, p.Funcs, p.Sites, p.Binds, p.Code = e.types.list, e.list, e.globals, e.funcs, e.places, e.binds, e.codes
	return p
}

// mainText writes the function that hands the program over to its runner.
func (e *emitter) mainText(entry string) string {
	var b strings.Builder
	b.WriteString("func main() {\n")
	for i, bind := range e.binds {
		arg := func(name string) string {
			if name == "" {
				return "nil"
			}
			return name
		}
		fmt.Fprintf(&b, "\th.Bind(%d, %s, %s, %s)\n", i, arg(bind.Word), arg(bind.Direct), arg(bind.Pointer))
	}
	fmt.Fprintf(&b, "\th.Entry(%s)\n}\n", entry)
	return b.String()
}

// need gives the name of a function in core Go and sees that it is written.
// Functions are written callees first, since the interpreter takes a function
// that is used before it is declared for an empty one in some places.
func (e *emitter) need(fn *ssa.Function) string {
	n, ok := e.fns[fn]
	if !ok {
		n = len(e.order)
		e.fns[fn] = n
		e.order = append(e.order, fn)
		e.funcs = append(e.funcs, program.Func{})
		e.b.ensure(fn)
		if fn.Blocks == nil {
			e.refuse(e.callPos(fn), originName(fn)+": its code is part of Go's runtime and is not carried")
		}
		e.owners.learn(fn)
		ssaform.LateDefers(fn)
		ssaform.Unread(fn)
		switch {
		case e.isEntry(fn):
			ssaform.LateValues(fn, e.in.Values, e.in.Info)
		case e.ofCell(fn):
			ssaform.LateReads(fn)
		}
		calls := e.calls
		e.calls = nil
		var text string
		switch {
		case e.asCode(fn) && isLiteral(fn): // a value, see closureHelper
		case e.asCode(fn):
			text = e.codeText(fn, fmt.Sprintf("w%d", n))
		default:
			text = newFunction(e, fn, n).write()
		}
		e.funcs[n] = program.Func{Name: e.shownFunc(fn), Site: e.site(fn.Pos()), Literal: isLiteral(fn), Marks: e.funcs[n].Marks, Calls: append(e.funcs[n].Calls, e.calls...)}
		if s := fn.Syntax(); s != nil {
			e.funcs[n].End = e.site(s.End() - 1)
		}
		e.calls = calls
		e.out = append(e.out, text)
	}
	if e.asCode(fn) {
		return fmt.Sprintf("w%d", n)
	}
	return fmt.Sprintf("f%d", n)
}

// needValue gives the name of a function that gives fn as a function value
// with fn's own body.
func (e *emitter) needValue(fn *ssa.Function) string {
	n := e.fns[fn]
	name := fmt.Sprintf("v%d", n)
	if !e.started[fn] {
		e.started[fn] = true
		f := newFunction(e, fn, n)
		f.name, f.asValue = name, true
		calls := e.calls
		text := f.write()
		e.calls = calls
		e.out = append(e.out, text)
	}
	return name
}

// callPos gives the best place to blame for a function without a body: where
// the function being written calls it, or its own.
func (e *emitter) callPos(fn *ssa.Function) token.Pos {
	if e.at.IsValid() {
		return e.at
	}
	return fn.Pos()
}

// isEntry tells the function that holds the cell's statements.
func (e *emitter) isEntry(fn *ssa.Function) bool {
	return fn.Pkg == e.main && fn.Parent() == nil && fn.Name() == e.in.Entry
}

// shownFunc gives a function's name as a learner knows it, without the
// package: f, T.m, (*T).m, f.func1; "" for the statements of a cell, or what sets
// the variables of a file.
func (e *emitter) shownFunc(fn *ssa.Function) string {
	if e.isEntry(fn) {
		return ""
	}
	if fn.Parent() != nil {
		outer, end := ssaform.Literal(fn)
		switch {
		case !e.isEntry(outer):
			return e.shownFunc(outer) + end
		case e.in.Whole:
			return "init" + end
		}
		return end[1:]
	}
	name := strings.Replace(strings.TrimSuffix(fn.RelString(e.in.Pkg), "$thunk"), "$bound", "-fm", 1)
	if i := strings.IndexByte(name, '['); i > 0 {
		if j := strings.LastIndexByte(name, ']'); j > i {
			name = name[:i] + "[...]" + name[j+1:]
		}
	}
	for strings.Contains(name, "·") {
		i := strings.Index(name, "·")
		j := i + len("·")
		for j < len(name) && name[j] >= '0' && name[j] <= '9' {
			j++
		}
		name = name[:i] + name[j:]
	}
	if recv, method, ok := strings.Cut(name, ")."); ok && recv[0] == '(' && recv[1] != '*' { // of a value, as Go writes it
		name = recv[1:] + "." + method
	}
	return name
}

// site gives the number of a position, 0 when it is not in a cell.
func (e *emitter) site(pos token.Pos) int {
	if !pos.IsValid() {
		return 0
	}
	p := e.in.Position(pos)
	if p.Line == 0 {
		return 0
	}
	s := program.Site{Cell: p.Cell, Line: p.Line, Column: p.Column}
	n, ok := e.sites[s]
	if !ok {
		n = len(e.places)
		e.sites[s] = n
		e.places = append(e.places, s)
	}
	return n
}

// helper gives the name of a host function for some types.
func (e *emitter) helper(op string, types ...types.Type) string {
	return e.addHelper(program.Helper{Op: op, Types: e.numbers(types)})
}

func (e *emitter) numbers(ts []types.Type) []int {
	var out []int
	for _, t := range ts {
		out = append(out, e.types.number(t))
	}
	return out
}

func (e *emitter) addNamed(fn int, sig types.Type) string {
	return e.addHelper(program.Helper{Op: "funcnamed", Types: e.numbers([]types.Type{sig}), Site: fn})
}

func (e *emitter) addHelper(h program.Helper) string {
	key := fmt.Sprint(h)
	n, ok := e.helpers[key]
	if !ok {
		n = len(e.list)
		e.helpers[key] = n
		e.list = append(e.list, h)
	}
	return fmt.Sprintf("h.H%d", n)
}

// variable gives the name of a pointer to a variable of the notebook.
func (e *emitter) variable(v *types.Var) string {
	n, ok := e.vars[v]
	if !ok {
		n = len(e.globals)
		e.vars[v] = n
		isNew := false
		for _, o := range e.in.NewVars {
			isNew = isNew || o == v
		}
		e.globals = append(e.globals, program.Var{ID: v.Name(), Type: e.types.number(v.Type()), New: isNew})
	}
	return fmt.Sprintf("h.V%d", n)
}

// sortedTypes gives the types with methods whose values meet compiled code.
func (e *emitter) sortedTypes() []types.Type {
	var out []types.Type
	for _, n := range e.types.named {
		if e.boxed[e.types.number(n)] {
			out = append(out, n)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return e.types.number(out[i]) < e.types.number(out[j]) })
	return out
}

// ofCell tells whether the cell's own package declares a function, or what it is
// an instance of.
func (e *emitter) ofCell(fn *ssa.Function) bool {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	if o := fn.Origin(); o != nil {
		fn = o
	}
	return fn.Pkg == e.main
}
