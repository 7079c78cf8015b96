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
	to := uint16(0)
	if op == bytecode.AtomicStore { // which gives nothing
		to = l.fresh(bytecode.Word).w
	} else {
		to = l.w(c)
	}
	l.put(bytecode.Atomic, to, p, x[0], bytecode.AtomicOp(op, kind, x[1]))
}

// elemOfChan gives the type of a channel's elements.
func elemOfChan(ch ssa.Value) types.Type { return ch.Type().Underlying().(*types.Chan).Elem() }

// elemKind gives the kind of a channel's elements: Struct where they have no
// bits, Invalid where they are no words.
func elemKind(ch ssa.Value) reflect.Kind {
	elem := elemOfChan(ch)
	if isSignal(elem) {
		return reflect.Struct
	}
	kind, _ := kindOf(elem)
	return kind
}

// send writes ch <- v.
func (l *lowering) send(i *ssa.Send) {
	kind := elemKind(i.Chan)
	switch kind {
	case reflect.Struct:
		l.put(bytecode.Send, 0, l.p(i.Chan), uint16(kind), l.site(i.Pos()))
	case reflect.Invalid:
		x := l.place(i.X)
		l.put(bytecode.SendV, x.w, l.p(i.Chan), x.p, bytecode.Typed(l.e.types.number(elemOfChan(i.Chan)), l.e.site(i.Pos())))
	default:
		x := l.w(i.X)
		l.put(bytecode.Send, x, l.p(i.Chan), uint16(kind), l.site(i.Pos()))
	}
}

// receive writes <-ch, in either form.
func (l *lowering) receive(v *ssa.UnOp) {
	kind, elem := elemKind(v.X), elemOfChan(v.X)
	var parts [3]ssa.Value
	if v.CommaOk {
		parts = l.parts(v)
	} else if l.shape.reg(v) != "" {
		parts[0] = v
	}
	to := l.placeFor(parts[0], elem)
	ok := l.wordFor(parts[1])
	switch kind {
	case reflect.Invalid:
		l.put(bytecode.RecvV, to.w, l.p(v.X), to.p, bytecode.Typed(l.e.types.number(elem), l.e.site(v.Pos())))
		l.put(bytecode.Data, ok, 0, 0, 0)
	case reflect.Struct:
		l.put(bytecode.Recv, l.fresh(bytecode.Word).w, l.p(v.X), uint16(kind), bytecode.Received(l.e.site(v.Pos()), ok))
		l.put(bytecode.New, to.p, 0, 0, int64(l.e.types.number(elem)))
	default:
		l.put(bytecode.Recv, to.w, l.p(v.X), uint16(kind), bytecode.Received(l.e.site(v.Pos()), ok))
	}
	l.copyAgain(v, parts)
}

// placeFor gives the place of a value of a type, or one that nobody reads for nil.
func (l *lowering) placeFor(v ssa.Value, t types.Type) place {
	if v == nil {
		return l.fresh(classOf(t))
	}
	return l.place(v)
}

// selects tells whether a select statement has a form in bytecode.
func selects(s *ssa.Select) bool {
	if len(s.States) == 0 || len(s.States) > bytecode.MaxCases {
		return false
	}
	for _, c := range s.States {
		if classOf(elemOfChan(c.Chan)) == 0 {
			return false
		}
	}
	return true
}

// selectOf writes a select statement: its channels lie in registers that follow
// each other, and so do the results.
func (l *lowering) selectOf(s *ssa.Select) {
	n := len(s.States)
	base, chans := uint16(l.words), uint16(l.ptrs)
	l.words += n + 2
	l.ptrs += n
	var cases []bytecode.Instr
	at := make([]place, n) // of what is sent and received
	for i, c := range s.States {
		elem := elemOfChan(c.Chan)
		l.copy(place{p: chans + uint16(i)}, l.place(c.Chan), bytecode.Pointer)
		in := bytecode.Instr{Op: bytecode.Data, A: uint16(elemKind(c.Chan))}
		if c.Dir == types.SendOnly {
			in.B = 1
		}
		switch elemKind(c.Chan) {
		case reflect.Struct:
		case reflect.Invalid:
			if c.Dir == types.SendOnly {
				at[i] = l.place(c.Send)
			} else {
				at[i] = l.fresh(classOf(elem))
			}
			in.Imm = bytecode.Cased(l.e.types.number(elem), at[i].w, at[i].p)
		default:
			at[i] = place{w: base + 2 + uint16(i)}
			if c.Dir == types.SendOnly {
				l.copy(at[i], l.place(c.Send), bytecode.Word)
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
		switch {
		case !ok || l.shape.reg(x) == "":
		case x.Index < 2:
			l.copy(l.place(x), place{w: base + uint16(x.Index)}, bytecode.Word)
		case isSignal(x.Type()):
			l.put(bytecode.New, l.p(x), 0, 0, int64(l.e.types.number(x.Type())))
		default:
			l.copy(l.place(x), at[received(s, x.Index-2)], classOf(x.Type()))
		}
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
