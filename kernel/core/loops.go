package core

import (
	"fmt"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
	"runnext/kernel/core/program"
)

func intConst(n int) constant.Value { return constant.MakeInt64(int64(n)) }

// maxClosed bounds the instructions of what becomes bytecode.
const maxClosed = 3000

// closedLoop is a loop of an interpreted function that needs nothing but words
// and memory. The function calls it as one host function.
type closedLoop struct {
	head   *ssa.BasicBlock
	body   map[*ssa.BasicBlock]bool
	params []ssa.Value
	outs   []ssa.Value
	exits  []edge
}

// findLoops gives the outermost closed loops of a function by their heads.
func (f *function) findLoops() map[*ssa.BasicBlock]*closedLoop {
	found := map[*ssa.BasicBlock]*closedLoop{}
	covered := map[*ssa.BasicBlock]bool{}
	for _, b := range f.ordered() { // outer loops come before inner ones
		if covered[b] || !isLoopHead(b) {
			continue
		}
		loop := &closedLoop{head: b, body: natural(b)}
		if f.closesOver(loop) {
			found[b] = loop
			for c := range loop.body {
				covered[c] = true
			}
		}
	}
	return found
}

// natural gives the blocks of the loop with a head.
func natural(head *ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	body := map[*ssa.BasicBlock]bool{head: true}
	var todo []*ssa.BasicBlock
	for _, p := range head.Preds {
		if head.Dominates(p) {
			todo = append(todo, p)
		}
	}
	for len(todo) > 0 {
		b := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !body[b] {
			body[b] = true
			todo = append(todo, b.Preds...)
		}
	}
	return body
}

// closesOver tells whether a loop is closed, and learns what goes in and out.
func (f *function) closesOver(loop *closedLoop) bool {
	n := 0
	in, out := map[ssa.Value]bool{}, map[ssa.Value]bool{}
	for _, b := range f.fn.Blocks {
		if !loop.body[b] {
			continue
		}
		if n += len(b.Instrs); n > maxClosed {
			return false
		}
		for _, s := range b.Succs {
			if !loop.body[s] {
				loop.exits = append(loop.exits, edge{b, s})
			}
		}
		for _, i := range b.Instrs {
			if !f.e.lowers(i, nil) {
				return false
			}
			f.reads(loop, i, in)
			if v, ok := i.(ssa.Value); ok && usedOutside(v, loop.body) {
				out[v] = true
			}
		}
	}
	for _, i := range loop.head.Instrs {
		phi, ok := i.(*ssa.Phi)
		if !ok {
			break
		}
		if len(*phi.Referrers()) > 0 {
			in[phi] = true
		}
	}
	var ok bool
	if loop.params, ok = f.handed(in); !ok {
		return false
	}
	loop.outs, ok = f.handed(out)
	return ok
}

// reads collects what an instruction of a loop reads that is made outside.
func (f *function) reads(loop *closedLoop, i ssa.Instruction, in map[ssa.Value]bool) {
	phi, isPhi := i.(*ssa.Phi)
	for k, op := range i.Operands(nil) {
		if *op == nil || isPhi && i.Block() == loop.head && !loop.body[phi.Block().Preds[k]] {
			continue
		}
		switch v := (*op).(type) {
		case *ssa.Const, *ssa.Global, *ssa.Function, *ssa.Builtin:
		case ssa.Instruction:
			if !loop.body[v.Block()] {
				in[*op] = true
			}
		default:
			in[*op] = true
		}
	}
}

func usedOutside(v ssa.Value, body map[*ssa.BasicBlock]bool) bool {
	if v.Referrers() == nil {
		return false
	}
	return slices.ContainsFunc(*v.Referrers(), func(r ssa.Instruction) bool {
		_, debug := r.(*ssa.DebugRef)
		return !body[r.Block()] && !debug
	})
}

// handed puts values that cross the border of a loop in order, if all can.
func (f *function) handed(set map[ssa.Value]bool) ([]ssa.Value, bool) {
	var list []ssa.Value
	for v := range set {
		if classOf(v.Type()) == 0 || f.shape.folded[v] || f.shape.reg(v) == "" {
			return nil, false
		}
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b ssa.Value) int { return strings.Compare(orderKey(a), orderKey(b)) })
	return list, passable(typesOf(list))
}

// orderKey makes the order of values the same in each run.
func orderKey(v ssa.Value) string {
	if i, ok := v.(ssa.Instruction); ok {
		return fmt.Sprintf("%06d %s", i.Block().Index, v.Name())
	}
	return v.Name()
}

// loop writes the call of a closed loop, and what follows each way out.
func (f *function) loop(loop *closedLoop, next *ssa.BasicBlock) {
	l := newLowering(f.e, f.fn)
	l.params, l.outs, l.exits = loop.params, loop.outs, loop.exits
	for _, b := range f.ordered() {
		if loop.body[b] {
			l.blocks = append(l.blocks, b)
		}
	}
	index := len(f.e.codes)
	f.e.codes = append(f.e.codes, bytecode.Func{})
	code := l.write()
	ints := []types.Type{types.Typ[types.Int]}
	out := append(ints, typesOf(loop.outs)...)
	for _, t := range out {
		code.Out += string(classOf(t))
	}
	f.e.codes[index] = code
	var args []string
	for _, v := range loop.params {
		args = append(args, f.x(v))
	}
	way := f.tempFor("way out", "int")
	results := []string{way}
	copies := map[ssa.Value]string{}
	for _, v := range loop.outs {
		r := f.shape.reg(v)
		if len(loop.exits) > 1 { // a register may hold something else on another way
			r = f.fresh(f.e.types.core(v.Type()))
			copies[v] = r
		}
		results = append(results, r)
	}
	f.line("%s = %s(%s)", strings.Join(results, ", "), f.e.codeHelper(index, typesOf(loop.params), out), strings.Join(args, ", "))
	for k, x := range loop.exits {
		last := k == len(loop.exits)-1
		if !last {
			f.line("if %s == %d {", way, k)
		}
		for _, v := range loop.outs {
			if tmp := copies[v]; tmp != "" && f.neededOn(v, x) {
				f.line("%s = %s", f.shape.reg(v), tmp)
			}
		}
		f.edge(x.from, x.to)
		switch {
		case !last:
			f.line("goto L%d }", x.to.Index)
		case x.to != next:
			f.line("goto L%d", x.to.Index)
		}
	}
}

// neededOn tells whether a value is read after a way out of a loop.
func (f *function) neededOn(v ssa.Value, x edge) bool {
	if f.shape.live.in[x.to][v] {
		return true
	}
	for k, p := range x.to.Preds {
		if p != x.from {
			continue
		}
		for _, i := range x.to.Instrs {
			phi, ok := i.(*ssa.Phi)
			if !ok {
				break
			}
			if phi.Edges[k] == v {
				return true
			}
		}
	}
	return false
}

// codeHelper gives the host function that runs bytecode.
func (e *emitter) codeHelper(index int, in, out []types.Type) string {
	return e.addHelper(program.Helper{Op: "code", Types: e.numbers(append(slices.Clone(in), out...)), Name: fmt.Sprintf("%d %d", index, len(in))})
}

// codeOf gives the number of a closed function's bytecode.
func (e *emitter) codeOf(fn *ssa.Function) int {
	i, ok := e.codeIndex[fn]
	if ok {
		return i
	}
	i = len(e.codes)
	e.codeIndex[fn] = i
	e.codes = append(e.codes, bytecode.Func{})
	n := e.numberOf(fn)
	calls := e.calls
	e.calls = nil
	e.codes[i] = e.lowerFunction(fn, n)
	e.funcs[n].Calls = e.calls
	e.calls = calls
	return i
}

// asCode tells whether interpreted code calls a function's bytecode.
func (e *emitter) asCode(fn *ssa.Function) bool { return e.closed(fn) }

// codeCall gives the host function that runs a closed function.
func (e *emitter) codeCall(fn *ssa.Function) string {
	var out []types.Type
	for v := range fn.Signature.Results().Variables() {
		out = append(out, v.Type())
	}
	var in []types.Type
	for _, p := range fn.Params {
		in = append(in, p.Type())
	}
	return e.codeHelper(e.codeOf(fn), in, out)
}

// codeText writes a function that stands for a closed one where it is named.
func (e *emitter) codeText(fn *ssa.Function, name string) string {
	var params, args, results []string
	for i, p := range fn.Params {
		params = append(params, fmt.Sprintf("p%d %s", i, e.types.core(p.Type())))
		args = append(args, fmt.Sprintf("p%d", i))
	}
	for v := range fn.Signature.Results().Variables() {
		results = append(results, e.types.core(v.Type()))
	}
	ret := ""
	if len(results) > 0 {
		ret = "return "
	}
	return fmt.Sprintf("func %s(%s)%s {\n\t%s%s(%s)\n}\n", name, strings.Join(params, ", "), resultText(results, false), ret, e.codeCall(fn), strings.Join(args, ", "))
}
