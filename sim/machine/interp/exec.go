package interp

import (
	"unsafe"
)

// Run executes at most budget instructions. It returns how many were executed
// and why it stopped: Done for the end of the budget, Parked, or Ended.
func (t *Thread) Run(budget int64) (int64, Status) {
	t.budget, t.left = budget, budget
	if t.writes != nil {
		t.wrote()
	}
	if c := t.start; c != nil {
		args := t.startArgs
		t.start, t.startArgs = nil, nil
		t.occupy()
		if st, ok := t.settle(t.enter(c, args, noReg), noReg, 0); !ok {
			return 1, st
		}
	}
	if f := t.await; f != nil {
		t.await = nil
		st := f(t)
		dst, n := int32(noReg), int32(0)
		if top := t.top(); st == Done && top != nil {
			if top.native != nil {
				st = t.runNative()
			} else {
				dst, n = top.dstOf()
			}
		}
		if st, ok := t.settle(st, dst, n); !ok {
			return 1, st
		}
	}
	for t.left > 0 {
		if len(t.frames) == 0 {
			return budget - t.left, Ended
		}
		st := t.run()
		if st == Done {
			break
		}
		if st, ok := t.settle(st, noReg, 0); !ok {
			return budget - t.left, st
		}
	}
	if len(t.frames) == 0 {
		return budget - t.left, Ended
	}
	return budget - t.left, Done
}

// Spent is the number of instructions executed in this call of Run.
func (t *Thread) Spent() int64 { return t.budget - t.left }

// Quiet tells whether the thread is setting up the standard library, which
// costs no time.
func (t *Thread) Quiet() bool {
	return t.quiet || t.setup > 0
}

// run executes the frame on top, and those it calls, until the budget is used
// up (Done) or something else than the next instruction is to be done.
func (t *Thread) run() Status {
	f := t.top()
	code, consts := f.fn.code, f.fn.consts
	regs := t.stack[f.base : int(f.base)+f.fn.nregs]
	pc := f.pc
	n := t.left
	get := func(r int32) Value {
		if r >= 0 {
			return regs[r]
		}
		return consts[^r]
	}
	for ; n > 0; n-- {
		in := &code[pc]
		pc++
		switch in.op {
		case opMove:
			regs[in.dst] = get(in.a)
		case opAlloc:
			f.pc = pc
			if !t.M.Room(int64(in.n)) {
				t.left = n
				return t.Throw(OutOfMemory)
			}
			regs[in.dst] = Value{P: newCells(int(in.n))}
			if in.x != nil {
				if t.M.madeOf(in.x.typ, 1); t.M.memory.full() {
					n = t.stopSoon(n)
				}
			}
		case opLoad1:
			p := get(in.a).P
			if p == nil {
				f.pc, t.left = pc, n
				return t.nilDeref()
			}
			if t.M.watch != nil && t.stops(f.fn, pc, p, 1, false) {
				f.pc, t.left = pc-1, n
				return t.stop()
			}
			regs[in.dst] = *(*Value)(p)
		case opLoad:
			p := get(in.a).P
			if p == nil {
				f.pc, t.left = pc, n
				return t.nilDeref()
			}
			if t.M.watch != nil && t.stops(f.fn, pc, p, int(in.n), false) {
				f.pc, t.left = pc-1, n
				return t.stop()
			}
			f.pc = pc
			if !t.M.Room(int64(in.n)) {
				t.left = n
				return t.Throw(OutOfMemory)
			}
			q := newCells(int(in.n))
			copyCells(q, p, int(in.n))
			regs[in.dst] = Value{P: q}
		case opStore1:
			p := get(in.a).P
			if p == nil {
				f.pc, t.left = pc, n
				return t.nilDeref()
			}
			if t.M.watch != nil && t.stops(f.fn, pc, p, 1, true) {
				f.pc, t.left = pc-1, n
				return t.stop()
			}
			*(*Value)(p) = get(in.b)
		case opStore:
			p := get(in.a).P
			if p == nil {
				f.pc, t.left = pc, n
				return t.nilDeref()
			}
			if t.M.watch != nil && t.stops(f.fn, pc, p, int(in.n), true) {
				f.pc, t.left = pc-1, n
				return t.stop()
			}
			if in.n > wide {
				f.pc = pc
				t.M.Toil(int(in.n))
			}
			copyCells(p, get(in.b).P, int(in.n))
		case opFieldAddr:
			p := get(in.a).P
			if p == nil {
				f.pc, t.left = pc, n
				return t.nilDeref()
			}
			regs[in.dst] = Value{P: unsafe.Add(p, uintptr(in.n)*valueSize)}
		case opField:
			p := unsafe.Add(get(in.a).P, uintptr(in.n)*valueSize)
			if in.agg {
				regs[in.dst] = Value{P: p}
			} else {
				regs[in.dst] = *(*Value)(p)
			}
		case opIndexAddr:
			s, i := get(in.a), get(in.b).N
			if i >= uint64(uint32(s.N)) {
				f.pc, t.left = pc, n
				return t.outOfRange(in.kind, i, s.Len())
			}
			regs[in.dst] = Value{P: unsafe.Add(s.P, uintptr(i)*uintptr(in.c)*valueSize)}
		case opIndexAddrArray:
			p, i := get(in.a).P, get(in.b).N
			if p == nil {
				f.pc, t.left = pc, n
				return t.nilDeref()
			}
			if i >= uint64(in.n) {
				f.pc, t.left = pc, n
				return t.outOfRange(in.kind, i, int(in.n))
			}
			regs[in.dst] = Value{P: unsafe.Add(p, uintptr(i)*uintptr(in.c)*valueSize)}
		case opIndex:
			p, i := get(in.a).P, get(in.b).N
			if i >= uint64(in.n) {
				f.pc, t.left = pc, n
				return t.outOfRange(in.kind, i, int(in.n))
			}
			p = unsafe.Add(p, uintptr(i)*uintptr(in.c)*valueSize)
			if in.agg {
				regs[in.dst] = Value{P: p}
			} else {
				regs[in.dst] = *(*Value)(p)
			}
		case opIndexString:
			s, i := get(in.a), get(in.b).N
			if i >= s.N {
				f.pc, t.left = pc, n
				return t.outOfRange(in.kind, i, int(s.N))
			}
			regs[in.dst] = Value{N: uint64(*(*byte)(unsafe.Add(s.P, i)))}
		case opJump:
			pc = in.n
		case opIf:
			if get(in.a).N != 0 {
				pc = in.n
			} else {
				pc = in.m
			}
		case opAddInt:
			regs[in.dst] = Value{N: get(in.a).N + get(in.b).N}
		case opSubInt:
			regs[in.dst] = Value{N: get(in.a).N - get(in.b).N}
		case opMulInt:
			regs[in.dst] = Value{N: get(in.a).N * get(in.b).N}
		case opEqInt:
			regs[in.dst] = Bool(get(in.a).N == get(in.b).N)
		case opNeInt:
			regs[in.dst] = Bool(get(in.a).N != get(in.b).N)
		case opLtInt:
			regs[in.dst] = Bool(int64(get(in.a).N) < int64(get(in.b).N))
		case opLeInt:
			regs[in.dst] = Bool(int64(get(in.a).N) <= int64(get(in.b).N))
		case opLtUint:
			regs[in.dst] = Bool(get(in.a).N < get(in.b).N)
		case opLeUint:
			regs[in.dst] = Bool(get(in.a).N <= get(in.b).N)
		case opNot:
			regs[in.dst] = Bool(get(in.a).N == 0)
		case opCall:
			fn := in.x.fn
			if fn.native != nil {
				var args []Value
				if n := len(in.x.args); fn.leaf && n <= len(t.scratch) {
					args = t.scratch[:n]
				} else {
					args = make([]Value, n)
				}
				for i, a := range in.x.args {
					args[i] = get(a)
				}
				f.pc, t.left = pc, n
				st := fn.native(t, args)
				if st == Done {
					copy(regs[in.dst:], t.R[:in.x.results])
					if t.M.memory.full() || t.M.Overdue != nil && t.M.Overdue() {
						n = t.stopSoon(n)
					}
					continue
				}
				t.left--
				return st
			}
			f.pc = pc
			callee, st := t.push(fn, in.dst)
			if st != Called {
				t.left = n
				return st
			}
			for i, a := range in.x.args {
				callee[i] = get(a)
			}
			f = t.top()
			code, consts, regs, pc = fn.code, fn.consts, callee, 0
		case opReturn:
			if f.defers != nil && f.defers.head != nil {
				// A loop body that is a function has deferred into this
				// frame, which has no instruction for it.
				d := f.defers.head
				f.defers.head = d.next
				f.pc, t.left = pc-1, n-1
				if st := t.runDeferred(d, nil); st != Done {
					return st
				}
				return Called
			}
			up := t.above()
			if f.raised != nil || up == nil || up.native != nil || up.healing {
				res := make([]Value, len(in.x.args))
				for i, a := range in.x.args {
					res[i] = get(a)
				}
				t.left = n - 1
				return t.leave(res)
			}
			upregs := t.stack[up.base : int(up.base)+up.fn.nregs]
			if dst := f.dst; dst != noReg {
				for i, a := range in.x.args {
					upregs[int(dst)+i] = get(a)
				}
			}
			t.pop()
			f = up
			code, consts, regs, pc = f.fn.code, f.fn.consts, upregs, f.pc
		default:
			f.pc, t.left = pc, n
			st := t.slow(in, regs, consts)
			if st == Done {
				pc = f.pc
				if t.M.memory.full() || t.M.Overdue != nil && t.M.Overdue() {
					n = t.stopSoon(n)
				}
				continue
			}
			t.left--
			return st
		}
	}
	f.pc, t.left = pc, 0
	return Done
}

// stopSoon ends the budget with the instruction that is at work; n is what is
// left of it, and the new n is the result.
func (t *Thread) stopSoon(n int64) int64 {
	if t.quiet {
		return n
	}
	t.budget -= n - 1
	return 1
}

// above is the frame under the one on top.
func (t *Thread) above() *frame {
	if len(t.frames) < 2 {
		return nil
	}
	return &t.frames[len(t.frames)-2]
}

// get reads an operand.
func get(regs, consts []Value, r int32) Value {
	if r >= 0 {
		return regs[r]
	}
	return consts[^r]
}
