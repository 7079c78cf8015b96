package core

import (
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/ssa"

	"runnext/kernel/core/bytecode"
)

// atomicOps are the operations of package sync/atomic, the longest names first.
var atomicOps = []struct {
	name string
	op   int64
}{
	{"CompareAndSwap", bytecode.AtomicCAS}, {"Store", bytecode.AtomicStore}, {"Load", bytecode.AtomicLoad},
	{"Swap", bytecode.AtomicSwap}, {"Add", bytecode.AtomicAdd},
}

// atomicKinds are the types it works on.
var atomicKinds = map[string]reflect.Kind{
	"Int32": reflect.Int32, "Int64": reflect.Int64, "Uint32": reflect.Uint32, "Uint64": reflect.Uint64,
	"Uintptr": reflect.Uintptr, "Bool": reflect.Bool,
}

// atomicCall gives the operation that a function of package sync/atomic is.
func atomicCall(fn *ssa.Function) (op int64, kind reflect.Kind, ok bool) {
	if fn == nil || packagePath(fn) != "sync/atomic" || fn.Origin() != nil {
		return 0, 0, false
	}
	name := fn.Name()
	recv := fn.Signature.Recv()
	for _, a := range atomicOps {
		of, found := strings.CutPrefix(name, a.name)
		if !found {
			continue
		}
		if recv != nil {
			n := namedOf(recv.Type())
			if of != "" || n == nil {
				return 0, 0, false
			}
			of = n.Obj().Name()
		}
		kind, ok = atomicKinds[of]
		return a.op, kind, ok
	}
	return 0, 0, false
}

// isAtomic tells whether a call is an operation of package sync/atomic that has
// an instruction of its own.
func isAtomic(c *ssa.CallCommon) bool {
	fn, ok := c.Value.(*ssa.Function)
	if ok {
		_, _, ok = atomicCall(fn)
	}
	return ok
}

// atomic writes such a call.
func (l *lowering) atomic(c *ssa.Call) {
	op, kind, _ := atomicCall(c.Call.StaticCallee())
	args := c.Call.Args
	l.checkNil(args[0], c.Pos())
	p := l.p(args[0])
	var x [2]uint16
	for i, a := range args[1:] {
		x[i] = l.w(a)
	}
	l.put(bytecode.Atomic, l.w(c), p, x[0], bytecode.AtomicOp(op, kind, x[1]))
}

// selects tells whether a select statement has a form in bytecode.
func selects(s *ssa.Select) bool {
	if len(s.States) == 0 || len(s.States) > bytecode.MaxCases {
		return false
	}
	for _, c := range s.States {
		elem := c.Chan.Type().Underlying().(*types.Chan).Elem()
		_, word := kindOf(elem)
		_, constant := c.Send.(*ssa.Const)
		if !word && !(isSignal(elem) && (c.Dir == types.RecvOnly || constant)) {
			return false
		}
	}
	for _, r := range *s.Referrers() {
		if x, ok := r.(*ssa.Extract); ok && classOf(x.Type()) == 0 && len(*x.Referrers()) > 0 {
			return false
		}
	}
	return true
}

// selectOf writes a select statement: channels and words to send lie in
// registers that follow each other, and so do the results.
func (l *lowering) selectOf(s *ssa.Select) {
	n := len(s.States)
	base, chans := uint16(l.words), uint16(l.ptrs)
	l.words += n + 2
	l.ptrs += n
	var cases []bytecode.Instr
	for i, c := range s.States {
		l.copy(place{p: chans + uint16(i)}, l.place(c.Chan), bytecode.Pointer)
		in := bytecode.Instr{Op: bytecode.Data, A: uint16(elemKind(c.Chan))}
		if c.Dir == types.SendOnly {
			in.B = 1
			if in.A != uint16(reflect.Struct) {
				l.copy(place{w: base + 2 + uint16(i)}, l.place(c.Send), bytecode.Word)
			}
		}
		cases = append(cases, in)
	}
	how := l.site(s.Pos()) << 32
	if s.Blocking {
		how |= 1
	}
	l.put(bytecode.Select, base, chans, uint16(n), how)
	l.code = append(l.code, cases...)
	for _, r := range *s.Referrers() {
		x, ok := r.(*ssa.Extract)
		if !ok || l.shape.reg(x) == "" || classOf(x.Type()) != bytecode.Word {
			continue
		}
		from := base + uint16(x.Index)
		if x.Index >= 2 {
			from = base + 2 + uint16(received(s, x.Index-2))
		}
		l.copy(l.place(x), place{w: from}, bytecode.Word)
	}
}

// received gives the case whose value the nth one received is.
func received(s *ssa.Select, n int) int {
	for i, c := range s.States {
		if c.Dir != types.RecvOnly {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return 0
}

// chanLen writes len or cap of a channel.
func (l *lowering) chanLen(c *ssa.Call, name string) {
	which := uint16(0)
	if name == "cap" {
		which = 1
	}
	p := l.p(c.Call.Args[0])
	l.put(bytecode.ChanLen, l.w(c), p, which, 0)
}

// ofChan tells whether a builtin is applied to a channel.
func ofChan(c *ssa.Call) bool {
	_, ok := c.Call.Args[0].Type().Underlying().(*types.Chan)
	return ok
}
