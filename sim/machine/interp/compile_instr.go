package interp

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"runnext/sim/ssaform"
)

// instr emits the code of one SSA instruction.
func (c *compiler) instr(b *ssa.BasicBlock, in ssa.Instruction) error {
	switch in := in.(type) {
	case *ssa.Phi, *ssa.DebugRef, *ssa.Extract:
	case *ssa.Jump:
		c.edge(b, b.Succs[0])
	case *ssa.If:
		at := c.emit(inst{op: opIf, a: c.use(in.Cond)})
		c.fixes = append(c.fixes, fix{at: at, from: b, to: b.Succs[0]},
			fix{at: at, alt: true, from: b, to: b.Succs[1]})
	case *ssa.Return:
		c.emit(inst{op: opReturn, x: &extra{args: c.uses(in.Results)}})
	case *ssa.RunDefers:
		c.emit(inst{op: opRunDefers})
	case *ssa.Panic:
		c.panics(b, in)
	case *ssa.BinOp:
		c.binOp(in)
	case *ssa.UnOp:
		return c.unOp(in)
	case *ssa.Call:
		return c.call(&in.Call, c.define(in), opCall, nil)
	case *ssa.Go:
		return c.call(&in.Call, noReg, opGo, nil)
	case *ssa.Defer:
		return c.call(&in.Call, noReg, opDefer, in.DeferStack)
	case *ssa.Send:
		c.emit(inst{op: opSend, a: c.use(in.Chan), b: c.use(in.X)})
	case *ssa.Select:
		c.selects(in)
	case *ssa.ChangeType:
		c.emit(inst{op: opMove, dst: c.define(in), a: c.use(in.X)})
	case *ssa.ChangeInterface:
		c.emit(inst{op: opMove, dst: c.define(in), a: c.use(in.X)})
	case *ssa.Convert:
		c.emit(inst{op: opConvert, dst: c.define(in), a: c.use(in.X), x: &extra{typ: c.typ(in.X), to: c.typ(in)}})
	case *ssa.MakeInterface:
		box := inst{op: opIface, dst: c.define(in), a: c.use(in.X), x: &extra{typ: c.typ(in.X)}}
		if n := boxed(in.X, box.x.typ); n > 0 && c.escapes(in, n, maxStackVar) {
			box.n = 1
		}
		c.emit(box)
	case *ssa.TypeAssert:
		assert := inst{op: opAssert, dst: c.define(in), a: c.use(in.X), ok: in.CommaOk,
			x: &extra{typ: c.m.types.of(in.AssertedType), to: c.typ(in.X)}}
		if ssaform.IsNilCheck(in) {
			assert.n = 1
		}
		c.emit(assert)
	case *ssa.MakeClosure:
		closure := inst{op: opClosure, dst: c.define(in), x: &extra{fn: c.m.Func(in.Fn.(*ssa.Function)), args: c.uses(in.Bindings)}}
		if c.escapes(in, 0, maxStackVar) {
			closure.n = int32(len(in.Bindings))
		}
		c.emit(closure)
	default:
		return c.memory(in)
	}
	return nil
}

// memory emits what makes, reads and writes objects.
func (c *compiler) memory(in ssa.Instruction) error {
	switch in := in.(type) {
	case *ssa.Alloc:
		t := c.m.types.of(in.Type().Underlying().(*types.Pointer).Elem())
		alloc := inst{op: opAlloc, dst: c.define(in), n: int32(t.Size)}
		if in.Heap && c.escapes(in, t.Bytes, maxStackVar) {
			alloc.x = &extra{typ: t}
		}
		c.emit(alloc)
	case *ssa.Store:
		t := c.typ(in.Val)
		op := opStore
		if !t.Kind.agg() {
			op = opStore1
		}
		c.emit(inst{op: op, a: c.use(in.Addr), b: c.use(in.Val), n: int32(t.Size)})
	case *ssa.FieldAddr:
		t := c.m.types.of(in.X.Type().Underlying().(*types.Pointer).Elem())
		c.emit(inst{op: opFieldAddr, dst: c.define(in), a: c.use(in.X), n: int32(t.fields[in.Field].offset)})
	case *ssa.Field:
		f := c.typ(in.X).fields[in.Field]
		c.emit(inst{op: opField, dst: c.define(in), a: c.use(in.X), n: int32(f.offset), agg: f.typ.Kind.agg()})
	case *ssa.IndexAddr:
		return c.indexAddr(in)
	case *ssa.Index:
		t := c.typ(in.X)
		if t.Kind == KString {
			c.emit(inst{op: opIndexString, dst: c.define(in), a: c.use(in.X), b: c.use(in.Index), kind: c.typ(in.Index).Kind})
			return nil
		}
		c.emit(inst{op: opIndex, dst: c.define(in), a: c.use(in.X), b: c.use(in.Index), c: int32(t.elem.Size),
			n: int32(t.T.Underlying().(*types.Array).Len()), agg: t.elem.Kind.agg(), kind: c.typ(in.Index).Kind})
	case *ssa.MakeMap:
		c.emit(inst{op: opMakeMap, dst: c.define(in), x: &extra{typ: c.typ(in)}})
	case *ssa.MakeChan:
		c.emit(inst{op: opMakeChan, dst: c.define(in), a: c.use(in.Size), x: &extra{typ: c.typ(in)}})
	case *ssa.MakeSlice:
		made := inst{op: opMakeSlice, dst: c.define(in), a: c.use(in.Len), b: c.use(in.Cap), x: &extra{typ: c.typ(in)}}
		if k, ok := in.Cap.(*ssa.Const); ok {
			made.ok = !c.escapes(in, k.Int64()*c.m.elem(made.x.typ).Bytes, maxStackMake)
		}
		c.emit(made)
	case *ssa.Slice:
		x := &extra{typ: c.typ(in.X), low: noReg, high: noReg, max: noReg}
		if in.Low != nil {
			x.low = c.use(in.Low)
		}
		if in.High != nil {
			x.high = c.use(in.High)
		}
		if in.Max != nil {
			x.max = c.use(in.Max)
		}
		if x.typ.Kind == KPointer {
			x.to = c.m.elem(x.typ)
		}
		if a, ok := in.X.(*ssa.Alloc); ok {
			x.made = a.Comment == "makeslice"
		}
		c.emit(inst{op: opSlice, dst: c.define(in), a: c.use(in.X), x: x})
	case *ssa.SliceToArrayPointer:
		c.emit(inst{op: opArrayPointer, dst: c.define(in), a: c.use(in.X), x: &extra{typ: c.typ(in)}})
	case *ssa.Lookup:
		op := opLookup
		if in.CommaOk {
			op = opLookupOk
		}
		if t := c.typ(in.X); t.Kind == KString {
			c.emit(inst{op: opIndexString, dst: c.define(in), a: c.use(in.X), b: c.use(in.Index), kind: c.typ(in.Index).Kind})
		} else {
			c.m.elem(t)
			c.emit(inst{op: op, dst: c.define(in), a: c.use(in.X), b: c.use(in.Index), x: &extra{typ: t}})
		}
	case *ssa.MapUpdate:
		t := c.typ(in.Map)
		c.m.elem(t)
		c.emit(inst{op: opMapUpdate, a: c.use(in.Map), b: c.use(in.Key), c: c.use(in.Value), x: &extra{typ: t}})
	case *ssa.Range:
		t := c.typ(in.X)
		c.m.elem(t)
		c.emit(inst{op: opRange, dst: c.define(in), a: c.use(in.X), x: &extra{typ: t}})
	case *ssa.Next:
		c.emit(inst{op: opNext, dst: c.define(in), a: c.use(in.Iter), x: &extra{str: in.IsString}})
	default:
		return fmt.Errorf("the simulator does not know the instruction %T", in)
	}
	return nil
}

func (c *compiler) indexAddr(in *ssa.IndexAddr) error {
	k := c.typ(in.Index).Kind
	if t := c.typ(in.X); t.Kind == KSlice {
		c.emit(inst{op: opIndexAddr, dst: c.define(in), a: c.use(in.X), b: c.use(in.Index), c: int32(c.m.elem(t).Size), kind: k})
		return nil
	}
	arr := c.m.types.of(in.X.Type().Underlying().(*types.Pointer).Elem())
	c.emit(inst{op: opIndexAddrArray, dst: c.define(in), a: c.use(in.X), b: c.use(in.Index), c: int32(arr.elem.Size),
		n: int32(arr.T.Underlying().(*types.Array).Len()), kind: k})
	return nil
}

func (c *compiler) binOp(in *ssa.BinOp) {
	t := c.typ(in.X)
	i := inst{op: opBin, dst: c.define(in), a: c.use(in.X), b: c.use(in.Y), kind: t.Kind,
		x: &extra{tok: int(in.Op), typ: t, to: c.typ(in.Y)}}
	wide := t.Kind == KInt || t.Kind == KUint
	switch {
	case in.Op == token.ADD && wide:
		i.op = opAddInt
	case in.Op == token.SUB && wide:
		i.op = opSubInt
	case in.Op == token.MUL && wide:
		i.op = opMulInt
	case t.Kind.integer() || t.Kind == KBool:
		c.compare(in.Op, &i, t.Kind.signed())
	}
	c.emit(i)
}

func (c *compiler) compare(tok token.Token, i *inst, signed bool) {
	lt, le := opLtUint, opLeUint
	if signed {
		lt, le = opLtInt, opLeInt
	}
	switch tok {
	case token.EQL:
		i.op = opEqInt
	case token.NEQ:
		i.op = opNeInt
	case token.LSS:
		i.op = lt
	case token.LEQ:
		i.op = le
	case token.GTR:
		i.op, i.a, i.b = lt, i.b, i.a
	case token.GEQ:
		i.op, i.a, i.b = le, i.b, i.a
	}
}

func (c *compiler) unOp(in *ssa.UnOp) error {
	i := inst{dst: c.define(in), a: c.use(in.X)}
	t := c.typ(in.X)
	switch in.Op {
	case token.MUL:
		e := c.m.types.of(in.X.Type().Underlying().(*types.Pointer).Elem())
		i.op, i.n, i.agg = opLoad1, int32(e.Size), e.Kind.agg()
		if i.agg {
			i.op = opLoad
		}
	case token.ARROW:
		i.op, i.ok = opRecv, in.CommaOk
		i.x = &extra{typ: c.m.elem(t)}
	case token.NOT:
		i.op = opNot
	case token.SUB:
		i.op, i.kind = opNeg, t.Kind
	case token.XOR:
		i.op, i.kind = opCompl, t.Kind
	default:
		return fmt.Errorf("the simulator does not know the operator %v", in.Op)
	}
	c.emit(i)
	return nil
}

// call emits a call, a go statement or a deferred call.
func (c *compiler) call(call *ssa.CallCommon, dst int32, op op, stack ssa.Value) error {
	x := &extra{call: call, args: c.uses(call.Args), stack: noReg,
		results: call.Signature().Results().Len()}
	i := inst{op: op, dst: dst, x: x}
	if stack != nil {
		x.stack = c.use(stack)
	}
	switch {
	case call.IsInvoke():
		x.mode, x.name = opCallMethod, types.Id(call.Method.Pkg(), call.Method.Name())
		i.a = c.use(call.Value)
	default:
		switch f := call.Value.(type) {
		case *ssa.Builtin:
			x.mode, x.name = opBuiltin, f.Name()
			for _, a := range call.Args {
				x.sel = append(x.sel, selCase{typ: c.typ(a)})
			}
			if r := call.Signature().Results(); r.Len() == 1 {
				x.to = c.m.types.of(r.At(0).Type())
			}
			x.tok = builtins[f.Name()]
		case *ssa.Function:
			x.mode, x.fn = opCall, c.m.Func(f)
		default:
			x.mode = opCallValue
			i.a = c.use(call.Value)
		}
	}
	if op == opCall {
		i.op = x.mode
	}
	c.emit(i)
	return nil
}

func (c *compiler) selects(in *ssa.Select) {
	x := &extra{block: in.Blocking}
	dst := c.define(in)
	next := dst + 2
	for _, s := range in.States {
		k := selCase{ch: c.use(s.Chan), send: s.Dir == types.SendOnly, dst: noReg, elem: noReg}
		if k.send {
			k.elem = c.use(s.Send)
		} else {
			k.dst, k.typ = next, c.m.elem(c.typ(s.Chan))
			next++
		}
		x.sel = append(x.sel, k)
	}
	c.emit(inst{op: opSelect, dst: dst, x: x})
}
