package interp

import (
	"go/token"
	"unsafe"
)

// slow executes the instructions that are not worth a place in the loop. Done
// means that the thread goes on at the frame's pc.
func (t *Thread) slow(in *inst, regs, consts []Value) Status {
	if t.M.watch != nil && t.stopsSlow(in, regs, consts) {
		t.top().pc--
		return t.stop()
	}
	switch in.op {
	case opBin:
		v, st := t.binary(token.Token(in.x.tok), in.x.typ, in.x.to, get(regs, consts, in.a), get(regs, consts, in.b))
		if st != Done {
			return st
		}
		regs[in.dst] = v
	case opNeg, opCompl:
		regs[in.dst] = unary(in.op, in.kind, get(regs, consts, in.a))
	case opConvert:
		if !t.M.Room(converted(in.x.typ, in.x.to, get(regs, consts, in.a))) {
			return t.Throw(OutOfMemory)
		}
		v := t.M.convert(in.x.typ, in.x.to, get(regs, consts, in.a))
		switch {
		case in.x.to.Kind == KString && in.x.typ.Kind != KString:
			t.M.made(int64(v.N), false)
		case in.x.to.Kind == KSlice && in.x.typ.Kind == KString:
			t.M.made(int64(v.Len())*t.M.elem(in.x.to).Bytes, false)
		}
		regs[in.dst] = v
	case opIface:
		t.M.memory.take(1)
		// Small integers have their boxes already.
		// go1.26.8 runtime/iface.go:408 convT64
		if !in.x.typ.Kind.integer() || get(regs, consts, in.a).N >= 256 {
			t.M.madeOf(in.x.typ, int64(in.n))
		}
		regs[in.dst] = t.M.Box(in.x.typ, get(regs, consts, in.a))
	case opAssert:
		if in.n == 1 && get(regs, consts, in.a).N == 0 { // see ssaform.IsNilCheck
			return t.nilDeref()
		}
		return t.assert(in, regs, get(regs, consts, in.a))
	case opClosure:
		t.M.memory.take(int64(len(in.x.args)) + 4)
		if in.n > 0 {
			t.M.made(8*int64(in.n+1), true)
		}
		free := make([]Value, len(in.x.args))
		for i, a := range in.x.args {
			free[i] = get(regs, consts, a)
		}
		regs[in.dst] = FuncValue(&Closure{Fn: in.x.fn, Free: free})
	case opMakeMap:
		if !t.M.Room(mapCells) {
			return t.Throw(OutOfMemory)
		}
		t.M.made(mapBytes, true)
		regs[in.dst] = Value{P: unsafe.Pointer(newMap(t.M, in.x.typ))}
	case opMakeChan:
		n := get(regs, consts, in.a).Int()
		if n < 0 || n > 1<<32 {
			return t.raise(rtPlain, "makechan: size out of range")
		}
		if !t.M.Room(n + mapCells) {
			return t.Throw(OutOfMemory)
		}
		e := t.M.elem(in.x.typ)
		t.M.made(chanBytes+n*e.Bytes, t.M.pointers(e))
		regs[in.dst] = Value{P: t.M.Host.MakeChan(t, int(n))}
	case opMakeSlice:
		return t.makeSlice(in, regs, get(regs, consts, in.a).Int(), get(regs, consts, in.b).Int())
	case opSlice:
		return t.slice(in, regs, consts)
	case opArrayPointer:
		v := get(regs, consts, in.a)
		if want := t.M.elem(in.x.typ); v.Len() < want.Size/max(want.elem.Size, 1) {
			return t.raise(rtBounds, sprintf("cannot convert slice with length %d to array or pointer to array with length %d", v.Len(), want.Size/max(want.elem.Size, 1)))
		}
		regs[in.dst] = Value{P: v.P}
	default:
		return t.slower(in, regs, consts)
	}
	return Done
}

func (t *Thread) slower(in *inst, regs, consts []Value) Status {
	switch in.op {
	case opLookup, opLookupOk:
		return t.lookup(in, regs, get(regs, consts, in.a), get(regs, consts, in.b))
	case opMapUpdate:
		return t.mapUpdate(in.x.typ, get(regs, consts, in.a), get(regs, consts, in.b), get(regs, consts, in.c))
	case opRange:
		regs[in.dst] = Value{P: unsafe.Pointer(t.M.newIter(in.x.typ, get(regs, consts, in.a)))}
		return Done
	case opNext:
		it := (*iter)(get(regs, consts, in.a).P)
		if st := t.walks(it.m); st != Done {
			return st
		}
		it.next(regs[in.dst : in.dst+3])
		return Done
	case opCallValue:
		return t.finish(t.enter(get(regs, consts, in.a).Func(), t.args(in, regs, consts, 0), in.dst), in)
	case opCallMethod:
		fn, recv, st := t.method(in.x, get(regs, consts, in.a))
		if st != Done {
			return st
		}
		args := t.args(in, regs, consts, 1)
		args[0] = recv
		return t.finish(t.enter(&Closure{Fn: fn}, args, in.dst), in)
	case opBuiltin:
		return t.finish(t.builtin(in, t.args(in, regs, consts, 0)), in)
	case opGo, opDefer:
		return t.goOrDefer(in, regs, consts)
	case opRunDefers:
		f := t.top()
		if f.defers == nil || f.defers.head == nil {
			return Done
		}
		d := f.defers.head
		f.defers.head = d.next
		f.pc--
		if st := t.runDeferred(d, nil); st != Done {
			return st
		}
		return Called
	case opPanic:
		return t.Panic(get(regs, consts, in.a))
	case opYieldPanic:
		return t.yieldPanic(get(regs, consts, in.a).Int(), in.ok)
	case opSend:
		return t.M.Host.Send(t, get(regs, consts, in.a).P, get(regs, consts, in.b))
	case opRecv:
		x := in.x
		x.results = 1
		if in.ok {
			x.results = 2
		}
		return t.finish(t.zeroed(t.M.Host.Recv(t, get(regs, consts, in.a).P), x.typ, 0), in)
	case opSelect:
		return t.selects(in, regs, consts)
	}
	panic(sprintf("interp: unknown instruction %d in %s", in.op, t.top().fn.Name))
}

// finish copies the results of a call that came out at once.
func (t *Thread) finish(st Status, in *inst) Status {
	if st == Done {
		f := t.top()
		copy(t.stack[f.base+in.dst:], t.R[:in.x.results])
	}
	return st
}

func (t *Thread) args(in *inst, regs, consts []Value, skip int) []Value {
	args := make([]Value, skip+len(in.x.args))
	for i, a := range in.x.args {
		args[skip+i] = get(regs, consts, a)
	}
	return args
}

// zeroed gives a struct or array that was not sent its zero value; a host knows
// no types. at is its place in R.
func (t *Thread) zeroed(st Status, typ *Type, at int) Status {
	if !typ.Kind.agg() {
		return st
	}
	switch st {
	case Done:
		if at < len(t.R) && t.R[at].P == nil {
			t.R[at] = t.M.Zero(typ)
		}
	case Parked:
		next := t.await
		t.await = func(t *Thread) Status { return t.zeroed(next(t), typ, at) }
	}
	return st
}

func (t *Thread) goOrDefer(in *inst, regs, consts []Value) Status {
	x := in.x
	var c *Closure
	args := t.args(in, regs, consts, 0)
	switch x.mode {
	case opCall:
		if x.static == nil {
			x.static = &Closure{Fn: x.fn}
		}
		c = x.static
	case opCallValue:
		c = get(regs, consts, in.a).Func()
		if c == nil && in.op == opGo {
			return t.Throw("go of nil func value")
		}
	case opCallMethod:
		fn, recv, st := t.method(x, get(regs, consts, in.a))
		if st != Done {
			return st
		}
		c, args = &Closure{Fn: fn}, append([]Value{recv}, args...)
	case opBuiltin:
		c = NativeFunc(x.name, 0, func(t *Thread, args []Value) Status { return t.builtin(in, args) })
	}
	if in.op == opGo {
		if !t.M.Room(goroutineCells) {
			return t.Throw(OutOfMemory)
		}
		t.M.made(gBytes, true)
		return t.M.Host.Go(t, c, args)
	}
	list := t.deferList()
	if x.stack != noReg {
		list = (*deferList)(get(regs, consts, x.stack).P)
	}
	list.head = &deferred{c: c, args: args, next: list.head}
	return Done
}

func (t *Thread) deferList() *deferList {
	f := t.top()
	if f.defers == nil {
		f.defers = &deferList{}
	}
	return f.defers
}

// selects runs a select statement. Its results are the case, whether a value
// was received, and the value in the register of its case.
func (t *Thread) selects(in *inst, regs, consts []Value) Status {
	x := in.x
	cases := make([]Case, len(x.sel))
	for i, s := range x.sel {
		cases[i] = Case{Chan: get(regs, consts, s.ch).P, Send: s.send}
		if s.send {
			cases[i].Elem = get(regs, consts, s.elem)
		}
	}
	put := func(t *Thread) Status {
		f := t.top()
		r := t.stack[f.base : int(f.base)+f.fn.nregs]
		i := t.R[0].Int()
		r[in.dst], r[in.dst+1] = t.R[0], t.R[1]
		for n, s := range x.sel {
			if s.send {
				continue
			}
			r[s.dst] = Value{}
			if int64(n) == i {
				r[s.dst] = t.R[2]
			}
			if s.typ.Kind.agg() && r[s.dst].P == nil {
				r[s.dst] = t.M.Zero(s.typ)
			}
		}
		return Done
	}
	st := t.M.Host.Select(t, cases, x.block)
	if st == Done {
		return put(t)
	}
	var later func()
	later = func() {
		next := t.await
		t.await = func(t *Thread) Status {
			switch st := next(t); st {
			case Parked:
				later()
				return st
			case Done:
			default:
				return st
			}
			put(t)
			t.R = t.R[:0]
			return Done
		}
	}
	if st == Parked {
		later()
	}
	return st
}
